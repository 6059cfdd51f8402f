import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "testbed-probe-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = join(import.meta.dirname, "probe-kvm.sh");
const result = join(folder, "result");

function probe(mode: string, accelerator: string, path = process.env.PATH ?? "") {
  return spawnSync("sh", [script, result, "6.1.0", mode, accelerator], {
    encoding: "utf8",
    env: { ...process.env, PATH: path },
  });
}

describe("the probe for KVM", () => {
  const hasQemu = spawnSync("qemu-system-x86_64", ["--version"]).status === 0;

  test.runIf(hasQemu)("boots its guest into 64-bit mode, where QEMU alone is tried", () => {
    expect(probe("auto", "tcg")).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(result, "utf8")).toBe(
      "kernel 6.1.0\naccelerator tcg\nreason a guest booted under tcg\n",
    );
  });

  test("needs the guest's word: a QEMU that ends well without it does not count", () => {
    const fake = join(folder, "qemu-system-x86_64");
    writeFileSync(fake, "#!/bin/sh\necho 'SeaBIOS'\necho 'no such machine' >&2\n", { mode: 0o755 });
    const path = `${folder}:${process.env.PATH}`;
    expect(probe("auto", "kvm", path).status).toBe(0);
    expect(readFileSync(result, "utf8")).toBe(
      "kernel 6.1.0\naccelerator tcg\nreason QEMU can't run under kvm (no such machine)\n",
    );
    expect(probe("kvm", "kvm", path)).toMatchObject({
      status: 1,
      stderr: "QEMU can't run under kvm (no such machine)\n",
    });
  });
});
