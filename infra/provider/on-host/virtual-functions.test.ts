/** The script that makes virtual functions, run on folders that stand in for sysfs. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "testbed-functions-"));
afterAll(() => rmSync(folder, { recursive: true }));
const pci = join(folder, "pci");
const address = "0000:3b:00.0";
const device = join(pci, "devices", address);
const ipCalls = join(folder, "ip-calls");
const script = readFileSync(join(import.meta.dirname, "virtual-functions.sh"), "utf8").replaceAll(
  "/sys/bus/pci",
  pci,
);
const guids = ["ba:3f:d2:00:01:45:ab:cd", "ba:3f:d2:00:02:45:ab:cd"];

/** @param driverOfFunctions that has bound the functions; undefined: none */
function adapter(hasSysfs: boolean, driverOfFunctions?: string): void {
  for (const path of ["net/ib0", "driver"]) mkdirSync(join(device, path), { recursive: true });
  for (const [name, value] of [
    ["sriov_numvfs", "2"],
    ["sriov_drivers_autoprobe", "0"],
  ] as const) {
    writeFileSync(join(device, name), `${value}\n`);
  }
  for (const index of [0, 1]) {
    const target = join(pci, "devices", `0000:3b:00.${index + 1}`);
    mkdirSync(target, { recursive: true });
    symlinkSync(target, join(device, `virtfn${index}`));
    if (driverOfFunctions !== undefined) {
      const driver = join(pci, "drivers", driverOfFunctions);
      mkdirSync(driver, { recursive: true });
      symlinkSync(driver, join(target, "driver"));
    }
    if (!hasSysfs) continue;
    mkdirSync(join(device, "sriov", String(index)), { recursive: true });
    writeFileSync(join(device, "sriov", String(index), "node"), "00:00:00:00:00:00:00:00\n");
  }
}

beforeEach(() => {
  rmSync(pci, { recursive: true, force: true });
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "ip"), `#!/bin/sh\necho "$*" >>${ipCalls}\n`);
  chmodSync(join(bin, "ip"), 0o755);
  writeFileSync(ipCalls, "");
});

function run(...words: string[]) {
  const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
  const { status, stderr } = spawnSync("sh", ["-s", "--", ...words], {
    input: script,
    encoding: "utf8",
    env,
  });
  return { status, stderr, ip: readFileSync(ipCalls, "utf8").split("\n").filter(Boolean) };
}
const content = (...path: string[]): string => readFileSync(join(pci, ...path), "utf8");
const up = "link set dev ib0 up";

test("without GUIDs a right count is left alone", () => {
  adapter(false);
  expect(run(address, "2", "0")).toEqual({ status: 0, stderr: "", ip: [up] });
  expect(content("devices", address, "sriov_numvfs")).toBe("2\n");
});

test("GUIDs and policy go to NVIDIA's sysfs where it is", () => {
  adapter(true);
  expect(run(address, "2", "0", ...guids)).toEqual({ status: 0, stderr: "", ip: [up] });
  guids.forEach((guid, index) => {
    const of = (name: string) => content("devices", address, "sriov", String(index), name);
    expect([of("node"), of("port"), of("policy")]).toEqual([`${guid}\n`, `${guid}\n`, "Follow\n"]);
  });
  expect(existsSync(join(pci, "drivers_probe"))).toBe(false);
});

test("else to the kernel by the adapter's IPoIB device", () => {
  adapter(false);
  expect(run(address, "2", "0", ...guids).ip).toEqual([
    up,
    ...guids.flatMap((guid, index) => [
      `link set dev ib0 vf ${index} node_guid ${guid}`,
      `link set dev ib0 vf ${index} port_guid ${guid}`,
      `link set dev ib0 vf ${index} state auto`,
    ]),
  ]);
  rmSync(join(device, "net"), { recursive: true });
  expect(run(address, "2", "0", ...guids)).toMatchObject({
    status: 1,
    stderr: `${address} has no IPoIB device to give its functions GUIDs by; load ib_ipoib\n`,
  });
});

test("a function that the host's driver has is bound anew, and a guest's is not", () => {
  adapter(true, "mlx5_core");
  writeFileSync(join(device, "sriov_drivers_autoprobe"), "1\n");
  expect(run(address, "2", "1", ...guids).status).toBe(0);
  expect(content("drivers", "mlx5_core", "unbind")).toBe("0000:3b:00.2\n");
  expect(content("drivers_probe")).toBe("0000:3b:00.2\n");

  rmSync(pci, { recursive: true });
  adapter(true, "vfio-pci");
  expect(run(address, "2", "0", ...guids).status).toBe(0);
  expect(existsSync(join(pci, "drivers", "vfio-pci", "unbind"))).toBe(false);
});
