/** Steps in which a testbed's nodes stand for hosts of the user's own, with a mistake in what a stack says of them. */
import { expect, test } from "vitest";
import { type HostConfiguration, previewExisting } from "./previews.ts";
import type { Testbed } from "./testbed.ts";

/** Adds the steps to the run. They only preview: the testbed stays as it is. */
export function refusedHostSteps(testbed: Testbed): void {
  const host = (index: number): HostConfiguration => {
    const { hostKey = "", privateKeyPath = "", port = 0 } = testbed.nodeAt(index).connection;
    return {
      name: `h${index}`,
      address: "127.0.0.1",
      port,
      user: "root",
      hostKey,
      privateKeyPath,
      fabricAddress: `198.18.0.${index + 1}`,
    };
  };
  test.each<[string, (good: HostConfiguration) => HostConfiguration, RegExp]>([
    ["that does not answer", (good) => ({ ...good, port: 9 }), /h1 .*does not answer/],
    [
      "that shows another host key",
      (good) => ({ ...good, hostKey: String(host(0).hostKey) }),
      /h1 .*host key/,
    ],
    [
      "that refuses the key",
      (good) => ({ ...good, privateKeyPath: `${good.privateKeyPath}`.replace("user", "n1-host") }),
      /h1 .*refuses the login/,
    ],
    ["without the adapter asked for", (good) => ({ ...good, adapter: "0000:7f:00.0" }), /0000:7f:00\.0/],
  ])("a host %s", async (_, change, sentence) => {
    const outcome = await previewExisting([host(0), change(host(1))]);
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toMatch(sentence);
  });

  test("more virtual functions than the adapter offers", async () => {
    const outcome = await previewExisting([host(0), host(1)], { virtualFunctions: 8 });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toMatch(/offers at most 7 virtual functions/);
  });

  test("good hosts are not refused, and the preview says what would change", async () => {
    const outcome = await previewExisting([host(0), host(1)], { virtualFunctions: 3 });
    expect(outcome.exitCode).toBe(0);
  });
}
