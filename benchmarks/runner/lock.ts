/** One runner at a time on a stack: its environments share adapters, and a ledger has one writer. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { UserError } from "../input.ts";

const lockSchema = z.strictObject({
  processId: z.int(),
  startTime: z
    .string()
    .describe("of the process, in ticks since boot: tells it from a later one of the same id"),
  bootId: z.string(),
});
type Lock = z.infer<typeof lockSchema>;

/** Start time of a process (field 22 of proc(5)'s stat); null when there is no such process. */
function processStartTime(processId: number): string | null {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "utf8");
    // The second field is the name in brackets and may itself hold blanks and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function isHeld(lock: Lock): boolean {
  return lock.bootId === bootId() && processStartTime(lock.processId) === lock.startTime;
}

function readLock(path: string): Lock | null {
  try {
    return lockSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

/**
 * Takes the lock and gives the function that lets it go. The lock of a process that is gone is taken over.
 * Throws UserError when another runner holds it.
 */
export function takeLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const own: Lock = {
    processId: process.pid,
    startTime: processStartTime(process.pid) ?? "",
    bootId: bootId(),
  };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    // A link either makes the whole file or fails: nobody ever reads half a lock.
    for (let tries = 0; tries < 3; tries++) {
      try {
        linkSync(draft, path);
        return () => {
          if (readLock(path)?.processId === process.pid) rmSync(path, { force: true });
        };
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      }
      const held = readLock(path);
      if (held !== null && isHeld(held)) {
        throw new UserError(
          `another runner (process ${held.processId}) is measuring this stack; wait for it or end it`,
        );
      }
      removeStale(path, `${draft}.stale`);
    }
    throw new UserError(`the lock ${path} could not be taken; another runner began at the same moment`);
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeStale(path: string, aside: string): void {
  try {
    renameSync(path, aside);
    const moved = readLock(aside);
    // Between our reading and our renaming another runner may have taken the lock over: give it back.
    if (moved !== null && isHeld(moved)) linkSync(aside, path);
  } catch (error) {
    if (
      !(error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EEXIST"))
    ) {
      throw error;
    }
  } finally {
    rmSync(aside, { force: true });
  }
}
