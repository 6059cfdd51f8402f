/**
 * Brings a guest image to this machine and checks it: from a URL or a path, always against its checksum.
 * Run as `guest-image.ts fetch` with the request as JSON in TESTBED_REQUEST; prints what guestImageSchema says.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { bringChecked, CheckedFileError, hasChecksum } from "../checked-file.ts";
import { cacheDirectory } from "../paths.ts";

const requestSchema = z.strictObject({ source: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type GuestImageRequest = z.infer<typeof requestSchema>;

/** The image can't be had, or is not the one that was asked for. */
export class GuestImageError extends Error {}

/** Bytes of a qcow2 header up to and with its virtual size, the place of that, and the first four bytes. */
const headerBytes = 32;
const virtualSizeOffset = 24;
const qcow2Magic = 0x514649fb;

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
  if (!(await hasChecksum(path, sha256))) {
    process.stderr.write(`bringing the guest image ${source}\n`);
    await bringChecked(source, sha256, path).catch((error: Error) => {
      if (!(error instanceof CheckedFileError)) throw error;
      throw new GuestImageError(`The guest image ${source} (guest.image) ${error.message}`);
    });
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
