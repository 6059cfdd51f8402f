import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { unpackKernel } from "./kernel-payload.ts";

/** A file laid out as a bzImage with one setup sector and a payload 16 bytes into the code after it. */
function imageOf(content: Buffer): Buffer {
  const payload = zstdCompressSync(content);
  const image = Buffer.alloc(1024 + 16 + payload.length + 4 + 8);
  image.writeUInt8(1, 0x1f1);
  image.write("HdrS", 0x202, "latin1");
  image.writeUInt32LE(16, 0x248);
  image.writeUInt32LE(payload.length + 4, 0x24c);
  payload.copy(image, 1024 + 16);
  image.writeUInt32LE(content.length, 1024 + 16 + payload.length);
  return image;
}

test("unpacks the payload between the setup sectors and what follows it", () => {
  const kernel = Buffer.from(`\x7fELF${"kernel".repeat(1000)}`, "latin1");
  expect(unpackKernel(imageOf(kernel))).toEqual(kernel);
});

test("refuses a file that is no bzImage, and a payload that is no kernel", () => {
  expect(() => unpackKernel(Buffer.alloc(2048))).toThrow("no setup header");
  expect(() => unpackKernel(imageOf(Buffer.from("text")))).toThrow("no ELF file");
});
