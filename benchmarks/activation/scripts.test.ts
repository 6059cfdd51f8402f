/** The scripts as they are sent, run here by the shell that runs them there. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { adapterScript, guestDeviceScript, guestFabricScript } from "./scripts.ts";

const run = (input: string, ...words: string[]) =>
  execa("sh", ["-s", "--", ...words], { input, reject: false, stripFinalNewline: false });

test.each([
  ["adapter.sh", adapterScript, ["ffff:ff:1f.7", "/nonexistent"]],
  ["guest-device.sh", guestDeviceScript, ["no-such-domain"]],
])("%s ends with one sentence", async (name, script, words) => {
  expect(await run(script, "dance", ...words)).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: `${name} knows no dance\n`,
  });
});

test("guest-fabric.sh is understood whole, and does nothing unless it is told to", async () => {
  expect(await run(guestFabricScript, "dance")).toMatchObject({ exitCode: 2, stdout: "", stderr: "" });
  expect((await execa("sh", ["-n"], { input: guestFabricScript, reject: false })).stderr).toBe("");
});

test("a virtual function that udev renames while it is set up is found again by its new name", async () => {
  const text = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
  const folder = mkdtempSync(join(tmpdir(), "testbed-network-"));
  try {
    mkdirSync(join(folder, "net/eth0"), { recursive: true });
    const result = await run(text("common.sh") + text("testing/take-up.sh"), folder);
    expect(result).toMatchObject({ exitCode: 0, stdout: "link set dev enp1s16 mtu 9000 up\n" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
