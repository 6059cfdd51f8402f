import { expect, test } from "vitest";
import { guestKernelArguments, kernelCommandLine } from "./guest-kernel.ts";

/** What the provider makes of `cmdlines` (setCmdlineArgs of its version 0.8.3): the arguments, sorted as bytes. */
function providerCommandLine(maps: readonly Record<string, string>[]): string {
  return maps
    .flatMap((map) => Object.entries(map).map(([key, value]) => (key === "_" ? value : `${key}=${value}`)))
    .sort()
    .join(" ");
}

/** What it reads back from that (splitKernelCmdLine). */
function readBack(commandLine: string): Record<string, string>[] {
  const maps: Record<string, string>[] = [];
  let current: Record<string, string> = {};
  const plain: string[] = [];
  for (const argument of commandLine.split(" ")) {
    const [key = "", ...value] = argument.split("=");
    if (value.length === 0) {
      plain.push(argument);
      continue;
    }
    if (key in current) {
      maps.push(current);
      current = {};
    }
    current[key] = value.join("=");
  }
  return [...maps, current, { _: plain.join(" ") }];
}

test("the provider reads back the kernel arguments that it was given, so that nothing is made anew", () => {
  const given = kernelCommandLine(guestKernelArguments);
  expect(readBack(providerCommandLine(given))).toEqual(given);
});

test("every argument arrives", () => {
  const words = providerCommandLine(kernelCommandLine(guestKernelArguments)).split(" ");
  expect(words.sort()).toEqual([...guestKernelArguments].sort());
  expect(kernelCommandLine(["root=UUID=1", "quiet", "rw"])).toEqual([{ root: "UUID=1" }, { _: "quiet rw" }]);
});
