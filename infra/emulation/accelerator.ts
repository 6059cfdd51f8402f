/**
 * Which accelerator emulated nodes use. `/dev/kvm` proves nothing: there are machines on which it opens and a stock kernel hangs under
 * it. So a stock kernel is booted under KVM with a time limit, once for each boot of this machine.
 * Run as `node infra/emulation/accelerator.ts`: prints one JSON document (AcceleratorChoice).
 */
import { accessSync, constants } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import * as z from "zod";
import { ensureImages } from "../images/build.ts";
import { findFirmware } from "../nodes/firmware.ts";
import { cacheDirectory } from "../paths.ts";
import { searchPath } from "../programs.ts";
import { type AcceleratorChoice, acceleratorChoiceSchema } from "./accelerator-choice.ts";

const cachedSchema = z.strictObject({ bootId: z.string(), choice: acceleratorChoiceSchema });

/** Milliseconds in which the node image must reach its own user space under KVM; a working KVM needs 5 to 15 s. */
const probeLimitMs = 30_000;
/** What images/node-root/usr/local/sbin/testbed-seed writes to the serial console. */
const userSpaceMark = "testbed-seed: user space is up";

/** QEMU's words for a boot of a node image that leaves the image as it is. Pure. */
export function probeArguments(code: string, variables: string, nodeImage: string): string[] {
  return [
    ...["-accel", "kvm", "-machine", "q35", "-cpu", "host", "-smp", "2", "-m", "512"],
    ...["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot", "-snapshot"],
    ...["-drive", `if=pflash,format=raw,readonly=on,file=${code}`],
    ...["-drive", `if=pflash,format=raw,file=${variables}`],
    ...["-drive", `if=virtio,format=qcow2,file=${nodeImage}`],
  ];
}

/** Boots a node image under KVM until its own programs run or the limit is over. */
async function bootUnderKvm(nodeImage: string): Promise<AcceleratorChoice> {
  const firmware = findFirmware();
  const words = probeArguments(firmware.code, firmware.variables, nodeImage);
  const begin = performance.now();
  const child = execa("setpriv", ["--pdeathsig", "KILL", "--", "qemu-system-x86_64", ...words], {
    env: { ...process.env, PATH: searchPath() },
    stdin: "ignore",
    reject: false,
    timeout: probeLimitMs,
    forceKillAfterDelay: 2000,
  });
  let console = "";
  let up = false;
  child.stdout.on("data", (chunk: Buffer) => {
    console += chunk.toString("latin1");
    if (up || !console.includes(userSpaceMark)) return;
    up = true;
    child.kill("SIGTERM");
  });
  const result = await child;
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  if (up) return { accelerator: "kvm", reason: `a node booted under KVM in ${seconds} s` };
  if (result.timedOut) {
    return {
      accelerator: "tcg",
      reason: `/dev/kvm is there, but a node did not boot under it within ${seconds} s: software emulation`,
    };
  }
  const said = result.stderr.trim().split("\n").at(-1) ?? "";
  return { accelerator: "tcg", reason: `QEMU can't run under KVM (${said}): software emulation` };
}

/** The accelerator for this machine: the cached choice of this boot, or a fresh probe. */
export async function chooseAccelerator(): Promise<AcceleratorChoice> {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return { accelerator: "tcg", reason: "/dev/kvm is absent or not for this user: software emulation" };
  }
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const folder = cacheDirectory();
  const path = join(folder, "accelerator.json");
  try {
    const cached = cachedSchema.parse(JSON.parse(await readFile(path, "utf8")));
    if (cached.bootId === bootId) return cached.choice;
  } catch {
    // No choice yet, or one of another version: probe.
  }
  const { nodeImage } = await ensureImages();
  process.stderr.write(
    "trying KVM by booting a node under it (at most 30 s, once for each boot of this machine)\n",
  );
  const choice = await bootUnderKvm(nodeImage);
  await mkdir(folder, { recursive: true });
  await writeFile(`${path}.${process.pid}`, JSON.stringify({ bootId, choice }));
  await rename(`${path}.${process.pid}`, path);
  return choice;
}

if (import.meta.main) {
  try {
    const choice = await chooseAccelerator();
    process.stderr.write(`nodes run under ${choice.accelerator.toUpperCase()}: ${choice.reason}\n`);
    process.stdout.write(`${JSON.stringify(choice, null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
