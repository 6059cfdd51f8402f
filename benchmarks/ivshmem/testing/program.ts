/** The program built for tests, and shared memory that is a plain file. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../ivshmem_latency.c", import.meta.url));

/** Whether tests of the program can't run. */
export const noCompiler = spawnSync("gcc", ["--version"]).status !== 0;

/** The title of tests of the program; says why they are skipped when they are. */
export function titled(title: string): string {
  return noCompiler ? `${title} (skipped: gcc is not installed, which builds ivshmem_latency)` : title;
}

/** A folder with the program, and with PCI devices that are made of files. */
export interface TestBed {
  readonly folder: string;
  readonly program: string;
  readonly devices: string;
}

/** Builds the program as the images do, but for where it looks for devices. */
export function buildProgram(): TestBed {
  const folder = mkdtempSync(join(tmpdir(), "testbed-ivshmem-"));
  const devices = join(folder, "devices");
  mkdirSync(devices);
  const program = join(folder, "ivshmem_latency");
  const { status, stderr } = spawnSync(
    "gcc",
    [
      ...["-O2", "-static", "-std=c11", "-Wall", "-Wextra", "-Werror"],
      ...[`-DPCI_DEVICES="${devices}"`, "-o", program, source],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`gcc did not build ${source}:\n${stderr}`);
  return { folder, program, devices };
}

/** Makes an empty file of a size. */
export function makeMemory(path: string, bytes = 65536): string {
  writeFileSync(path, "");
  truncateSync(path, bytes);
  return path;
}

/** Makes a PCI device with a BAR 2 and gives the path of that memory. */
export function makeDevice(bed: TestBed, address: string, deviceId = "0x1110", enabled = "1"): string {
  const device = join(bed.devices, address);
  mkdirSync(device);
  writeFileSync(join(device, "vendor"), "0x1af4\n");
  writeFileSync(join(device, "device"), `${deviceId}\n`);
  writeFileSync(join(device, "enable"), `${enabled}\n`);
  return makeMemory(join(device, "resource2"));
}
