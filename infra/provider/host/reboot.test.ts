import { expect, test } from "vitest";
import { FakeHost } from "../fixtures/fake-host.ts";
import { reboot } from "./reboot.ts";

const bootIdPath = "/proc/sys/kernel/random/boot_id";
const pace = { intervalMs: 1 };

test("only another boot id ends the wait", async () => {
  const host = new FakeHost({ [bootIdPath]: "first\n" });
  setTimeout(() => host.contents.set(bootIdPath, "second\n"), 20);
  await reboot(host, 10, new AbortController().signal, pace);
  expect(host.contents.get(bootIdPath)).toBe("second\n");
});

test("a host that stays away is an error with its time", async () => {
  const host = new FakeHost({ [bootIdPath]: "first\n" });
  await expect(reboot(host, 0.05, new AbortController().signal, pace)).rejects.toThrow(
    /did not come back within 0.05 s/,
  );
});

test("Ctrl-C ends the wait for a host that does not come back", async () => {
  const host = new FakeHost({ [bootIdPath]: "first\n" });
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(), 20);
  await expect(reboot(host, 600, interruption.signal, pace)).rejects.toThrow(
    /interrupted while waiting for n1/,
  );
});
