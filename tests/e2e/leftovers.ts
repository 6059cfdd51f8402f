/** What a destroyed stack must not leave on this machine: processes, sockets, bridges, network devices, files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkoutDirectory, socketDirectory, stackDirectory } from "../../infra/paths.ts";

/** Everything that is still there of a stack; empty when the machine is clean. */
export function findLeftovers(stack: string): string[] {
  return [...processes(stack), ...unixSockets(stack), ...networkDevices(), ...files(stack)];
}

function processes(stack: string): string[] {
  const marks = [`testbed-${stack}`, stackDirectory(stack), socketDirectory(stack)];
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((entry) => {
      const words = readOrEmpty(`/proc/${entry}/cmdline`).replaceAll("\0", " ").trim();
      return marks.some((mark) => words.includes(mark)) ? [`process ${entry}: ${words.slice(0, 200)}`] : [];
    });
}

function unixSockets(stack: string): string[] {
  const marks = [`testbed-${stack}`, stackDirectory(stack), socketDirectory(stack)];
  return readOrEmpty("/proc/net/unix")
    .split("\n")
    .filter((line) => marks.some((mark) => line.includes(mark)))
    .map((line) => `socket: ${line.split(" ").at(-1)}`);
}

function networkDevices(): string[] {
  return readdirSync("/sys/class/net")
    .filter((name) => name.startsWith("tb-") || name.startsWith("vnet"))
    .map((name) => `network device: ${name}`);
}

function files(stack: string): string[] {
  const found: string[] = [];
  if (existsSync(socketDirectory(stack))) found.push(`folder: ${socketDirectory(stack)}`);
  const folder = stackDirectory(stack);
  if (existsSync(folder)) {
    for (const name of readdirSync(folder, { recursive: true }))
      found.push(`file: ${join(folder, String(name))}`);
  }
  const systemPool = `/var/lib/libvirt/images/testbed-${stack}`;
  if (existsSync(systemPool)) found.push(`folder: ${systemPool}`);
  return found.filter((path) => !path.includes(join(checkoutDirectory, "results")));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
