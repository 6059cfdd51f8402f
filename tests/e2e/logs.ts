/** Keeps what the emulated nodes printed on their consoles, for a run that failed. */
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stackDirectory } from "../../infra/paths.ts";

/** Copies the console and libvirt logs of a stack into the folder that TESTBED_LOGS names; nothing without it. */
export function keepLogs(stack: string): void {
  const target = process.env.TESTBED_LOGS;
  const source = stackDirectory(stack);
  if (target === undefined || !existsSync(source)) return;
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source, { recursive: true })) {
    const path = String(name);
    if (path.endsWith(".log")) cpSync(join(source, path), join(target, path.replaceAll("/", "-")));
  }
}
