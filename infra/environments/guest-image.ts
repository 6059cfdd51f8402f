/**
 * Brings a guest image to this machine and checks it: from a URL or a path, always against its checksum.
 * Run as `guest-image.ts fetch` with the request as JSON in TESTBED_REQUEST; prints what guestImageSchema says.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import * as z from "zod";
import { cacheDirectory } from "../paths.ts";

const requestSchema = z.strictObject({ source: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type GuestImageRequest = z.infer<typeof requestSchema>;

/** The image can't be had, or is not the one that was asked for. */
export class GuestImageError extends Error {}

/** Bytes of a qcow2 header up to and with its virtual size, the place of that, and the first four bytes. */
const headerBytes = 32;
const virtualSizeOffset = 24;
const qcow2Magic = 0x514649fb;

async function sha256Of(path: string): Promise<string> {
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

/** The size of the disk that the image is of. */
async function readVirtualSize(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    if (bytesRead < headerBytes || buffer.readUInt32BE(0) !== qcow2Magic) {
      throw new GuestImageError("The guest image (guest.image) is no qcow2 file.");
    }
    return Number(buffer.readBigUInt64BE(virtualSizeOffset));
  } finally {
    await file.close();
  }
}

/**
 * The image's path in the folder, after its checksum was seen to be right. What the folder has already is checked again.
 * @throws GuestImageError when the image can't be had or is another one; then nothing of it is kept
 */
export async function fetchGuestImage(
  { source, sha256 }: GuestImageRequest,
  folder: string,
): Promise<{ path: string; virtualSizeBytes: number }> {
  const path = join(folder, `${sha256}.qcow2`);
  if (!existsSync(path) || (await sha256Of(path)) !== sha256) {
    mkdirSync(folder, { recursive: true });
    const partial = `${path}.${process.pid}.partial`;
    try {
      process.stderr.write(`bringing the guest image ${source}\n`);
      await bring(source, partial).catch((error: Error) => {
        throw new GuestImageError(`The guest image ${source} (guest.image) can't be had: ${error.message}`);
      });
      const found = await sha256Of(partial);
      if (found !== sha256) {
        throw new GuestImageError(
          `The guest image ${source} (guest.image) has the SHA-256 ${found} and not ${sha256}; it was thrown away.`,
        );
      }
      renameSync(partial, path);
    } finally {
      rmSync(partial, { force: true });
    }
  }
  return { path, virtualSizeBytes: await readVirtualSize(path) };
}

if (import.meta.main) {
  try {
    if (process.argv[2] !== "fetch") throw new GuestImageError("usage: guest-image.ts fetch");
    const request = requestSchema.parse(JSON.parse(process.env.TESTBED_REQUEST ?? "null"));
    const image = await fetchGuestImage(request, join(cacheDirectory(), "guest-images"));
    process.stdout.write(`${JSON.stringify(image)}\n`);
  } catch (error) {
    if (!(error instanceof GuestImageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
