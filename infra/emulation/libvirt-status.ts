/** What is known of a stack's libvirt without asking it: its places, the record of its process, and what clients are told. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { processStartTime } from "../images/lock.ts";
import { socketDirectory, stackDirectory } from "../paths.ts";

/** libvirt's own name for the machine's libvirt. */
export const systemUri = "qemu:///system";

/** What clients need to know about a stack's libvirt. */
export const libvirtStatusSchema = z.strictObject({
  uri: z.string().nullable().describe("for virsh and for the libvirt provider; null: none runs"),
  private: z.boolean().describe("whether the project started it and will stop it"),
  pid: z.int().nullable().describe("of the private libvirtd"),
  poolDirectory: z.string().describe("the pool's folder as libvirtd and QEMU see it"),
  logDirectory: z.string().describe("where QEMU's logs and the consoles lie, as libvirtd and QEMU see it"),
  filesDirectory: z
    .string()
    .nullable()
    .describe("private libvirtd: the folder that has etc, lib, log as everybody else sees them"),
});
export type LibvirtStatus = z.infer<typeof libvirtStatusSchema>;

/** The record of the private libvirtd, so that exactly it is stopped. */
const recordSchema = z.strictObject({ pid: z.int().min(1), startTime: z.string(), bootId: z.string() });
export type ProcessRecord = z.infer<typeof recordSchema>;

/** Places of a stack's private libvirtd. */
export function places(stack: string) {
  const files = join(stackDirectory(stack), "libvirt");
  const sockets = join(socketDirectory(stack), "libvirt");
  return {
    files,
    sockets,
    record: join(files, "process.json"),
    lock: join(stackDirectory(stack), ".libvirt-lock"),
    uri: `${systemUri}?socket=${join(sockets, "libvirt-sock")}`,
  };
}

export function currentBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

export function readRecord(path: string): ProcessRecord | null {
  if (!existsSync(path)) return null;
  const parsed = recordSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return parsed.success ? parsed.data : null;
}

/** Whether the recorded process is still that process: ids are used again, start times within one boot are not. */
export function isAlive(record: ProcessRecord): boolean {
  return record.bootId === currentBootId() && processStartTime(record.pid) === record.startTime;
}

/** Whether the stack has a private libvirtd that is gone, as after a restart of this machine. */
export function isLibvirtGone(stack: string): boolean {
  const { files, record: recordPath } = places(stack);
  const record = readRecord(recordPath);
  return existsSync(files) && (record === null || !isAlive(record));
}
