/** A lock between processes as a folder: making it is atomic, and its owner can be told dead from alive. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const ownerSchema = z.strictObject({ pid: z.int().min(1), startTime: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Milliseconds between two attempts. */
const retryMs = 500;

/**
 * When a process began, in clock ticks since boot (field 22 of /proc/PID/stat), or null when there is none. Together with the
 * process id it names one process for as long as the machine is up.
 */
export function processStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the program's name, may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function readOwner(path: string): Owner | null {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(join(path, "owner.json"), "utf8")));
  } catch {
    return null;
  }
}

/** Takes the lock if it is free; its owner if it is not. A lock whose owner has died is free. */
function tryLock(path: string): Owner | null | "taken" {
  const mine = `${path}.${process.pid}`;
  rmSync(mine, { recursive: true, force: true });
  mkdirSync(mine, { recursive: true });
  const owner: Owner = { pid: process.pid, startTime: processStartTime(process.pid) ?? "" };
  writeFileSync(join(mine, "owner.json"), JSON.stringify(owner));
  try {
    // rename() onto a folder that is not empty fails, so that a lock never appears without its owner.
    renameSync(mine, path);
    return "taken";
  } catch {
    rmSync(mine, { recursive: true, force: true });
  }
  const other = readOwner(path);
  if (other !== null && processStartTime(other.pid) !== other.startTime) {
    const dead = `${path}.dead-${other.pid}-${process.pid}`;
    try {
      renameSync(path, dead);
      rmSync(dead, { recursive: true, force: true });
    } catch {
      // Another process was faster.
    }
  }
  return other;
}

/** Runs an action while holding the lock at `path`. `onWait` is told once when another process holds it. */
export async function withLock<T>(
  path: string,
  onWait: (pid: number) => void,
  action: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  for (;;) {
    const outcome = tryLock(path);
    if (outcome === "taken") break;
    if (outcome !== null && !told) {
      told = true;
      onWait(outcome.pid);
    }
    await sleep(retryMs);
  }
  try {
    return await action();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
