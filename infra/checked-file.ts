/** Brings a file to this machine, from a URL or a path, and always against its checksum. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

/** A file can't be had, or is another one; the message goes on from the file's name, as in "can't be had: …". */
export class CheckedFileError extends Error {}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function bring(source: string, path: string): Promise<void> {
  if (!/^https?:\/\//.test(source)) return pipeline(createReadStream(source), createWriteStream(path));
  const response = await fetch(source);
  if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(path));
}

/** Whether the file is there and has the checksum. */
export async function hasChecksum(path: string, sha256: string): Promise<boolean> {
  return existsSync(path) && (await sha256OfFile(path)) === sha256;
}

/**
 * Puts what the source has at `path` after its checksum was seen to be right.
 * @throws CheckedFileError when it can't be had or is another file; then nothing of it is kept
 */
export async function bringChecked(source: string, sha256: string, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  try {
    await bring(source, partial).catch((error: Error) => {
      throw new CheckedFileError(`can't be had: ${error.message}`);
    });
    const found = await sha256OfFile(partial);
    if (found !== sha256) {
      throw new CheckedFileError(`has the SHA-256 ${found} and not ${sha256}; it was thrown away.`);
    }
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}
