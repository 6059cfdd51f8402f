/** The installer of RDMA drivers, run with stand-ins for the programs that would change this machine. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "testbed-drivers-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = join(import.meta.dirname, "rdma-drivers.sh");
const stubs = join(folder, "bin");
const calls = join(folder, "calls");
const installed = join(folder, "installed");
const packages = join(folder, "packages");

/** A program that notes how it was called. */
function stub(path: string, body = ""): void {
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "\${0##*/} $*" >>${calls}\n${body}\n`);
  chmodSync(path, 0o755);
}

beforeEach(() => {
  rmSync(packages, { force: true });
  mkdirSync(stubs, { recursive: true });
  writeFileSync(calls, "");
  writeFileSync(installed, "installed libibverbs1\ninstalled rdma-core\nnot-installed opensm\n");
  for (const name of ["apt-get", "dpkg", "modprobe"]) stub(join(stubs, name));
  stub(join(stubs, "dpkg-query"), `cat ${installed}`);
});

function run(...words: string[]) {
  const env = { ...process.env, PATH: `${stubs}:${process.env.PATH}` };
  const { status, stderr } = spawnSync("sh", [script, ...words], { encoding: "utf8", env });
  const lines = readFileSync(calls, "utf8").split("\n");
  return { status, stderr, calls: lines.filter((line) => line !== "" && !line.startsWith("dpkg-query")) };
}

function archive(withInstaller: boolean): { path: string; sha256: string } {
  const top = join(folder, "MLNX_OFED");
  rmSync(top, { recursive: true, force: true });
  mkdirSync(top);
  writeFileSync(join(top, "distro"), "ubuntu22.04\n");
  if (withInstaller) stub(join(top, "mlnxofedinstall"));
  const path = join(folder, "ofed.tgz");
  spawnSync("tar", ["-czf", path, "-C", folder, "MLNX_OFED"]);
  return { path, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}

describe("MLNX_OFED", () => {
  test("is installed from its archive, and what was there is noted before", () => {
    const { path, sha256 } = archive(true);
    const { status, stderr, calls: made } = run("install", "mlnx-ofed", path, sha256, "yes", packages);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(made).toEqual(["mlnxofedinstall --force --without-fw-update --add-kernel-support"]);
    expect(readFileSync(packages, "utf8")).toBe("libibverbs1\nrdma-core\n");

    // A second installation keeps the first list: what is there now is not what was there before.
    writeFileSync(installed, "installed mlnx-ofed-kernel-dkms\n");
    expect(run("install", "mlnx-ofed", path, sha256, "no", packages).calls.at(-1)).toBe(
      "mlnxofedinstall --force --without-fw-update",
    );
    expect(readFileSync(packages, "utf8")).toBe("libibverbs1\nrdma-core\n");
  });

  test("with another digest is refused, and nothing of it is run", () => {
    const { path } = archive(true);
    const { status, stderr, calls: made } = run("install", "mlnx-ofed", path, "0".repeat(64), "no", packages);
    expect(status).toBe(1);
    expect(stderr).toBe(`${path} has not the SHA-256 ${"0".repeat(64)}\n`);
    expect(made).toEqual([]);
  });

  test("without an installer is told", () => {
    const { path, sha256 } = archive(false);
    const { status, stderr } = run("install", "mlnx-ofed", path, sha256, "no", packages);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "the archive has no mlnxofedinstall: it is none of MLNX_OFED\n",
    });
  });
});

test("DOCA-OFED is installed from the repository that its package brings", () => {
  const { path, sha256 } = archive(true);
  expect(run("install", "doca-ofed", path, sha256, "no", packages).calls).toEqual([
    expect.stringMatching(/^dpkg -i .*\/ofed\.tgz$/),
    "apt-get update",
    "apt-get install -y --no-install-recommends doca-ofed",
  ]);
});

test("what was there before comes back, and packages of others stay", () => {
  writeFileSync(packages, "libibverbs1\nrdma-core\nvim\n");
  writeFileSync(
    installed,
    "installed doca-host\ninstalled doca-ofed\ninstalled vim\ninstalled docanything\n",
  );
  const removed = run("remove", "doca-ofed", packages);
  expect(removed.status).toBe(0);
  expect(removed.calls).toEqual([
    "apt-get remove -y --purge doca-host",
    "apt-get remove -y --purge doca-ofed",
    "apt-get install -y --no-install-recommends libibverbs1 rdma-core",
    "modprobe -a mlx4_core mlx5_core",
  ]);
  expect(existsSync(packages)).toBe(true);
});

test("anything else is refused", () => {
  expect(run("install", "ofed").status).toBe(2);
});
