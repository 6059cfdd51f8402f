import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fetchGuestImage } from "./guest-image.ts";

/** The head of a qcow2 file for a disk of 3 GiB. */
const image = Buffer.alloc(512);
image.writeUInt32BE(0x514649fb, 0);
image.writeUInt32BE(3, 4);
image.writeBigUInt64BE(3n * 2n ** 30n, 24);
const sha256 = createHash("sha256").update(image).digest("hex");

let folder = "";
let cache = "";
let server: Server;
let served = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    served += 1;
    response.statusCode = request.url === "/image" ? 200 : 404;
    response.end(image);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), "guest-image-"));
  cache = join(folder, "cache");
});
afterAll(() => rmSync(folder, { recursive: true }));

const url = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

test("an image from a URL and one from a path are kept under their checksum", async () => {
  const path = join(folder, "own.qcow2");
  writeFileSync(path, image);
  for (const source of [url("/image"), path]) {
    rmSync(cache, { recursive: true, force: true });
    const fetched = await fetchGuestImage({ source, sha256 }, cache);
    expect(fetched).toEqual({ path: join(cache, `${sha256}.qcow2`), virtualSizeBytes: 3 * 2 ** 30 });
    expect(readFileSync(fetched.path)).toEqual(image);
  }
});

test("what is there is not fetched again, unless it has changed", async () => {
  const { path } = await fetchGuestImage({ source: url("/image"), sha256 }, cache);
  const before = served;
  await fetchGuestImage({ source: url("/image"), sha256 }, cache);
  expect(served).toBe(before);
  writeFileSync(path, "broken");
  await fetchGuestImage({ source: url("/image"), sha256 }, cache);
  expect(readFileSync(path)).toEqual(image);
});

test("an image with another checksum is refused, and nothing of it is kept", async () => {
  const wanted = "0".repeat(64);
  await expect(fetchGuestImage({ source: url("/image"), sha256: wanted }, cache)).rejects.toThrow(
    `has the SHA-256 ${sha256} and not ${wanted}`,
  );
  expect(readdirSync(cache)).toEqual([]);
});

test("an image that can't be had is told with its key", async () => {
  await expect(fetchGuestImage({ source: url("/other"), sha256 }, cache)).rejects.toThrow(
    "(guest.image) can't be had: the server answered 404",
  );
  await expect(fetchGuestImage({ source: join(folder, "none"), sha256 }, cache)).rejects.toThrow("ENOENT");
});

test("a file that is no qcow2 is refused", async () => {
  const path = join(folder, "text");
  writeFileSync(path, "x".repeat(100));
  const digest = createHash("sha256").update("x".repeat(100)).digest("hex");
  await expect(fetchGuestImage({ source: path, sha256: digest }, cache)).rejects.toThrow("no qcow2");
  expect(existsSync(path)).toBe(true);
});
