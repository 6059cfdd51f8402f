/** The kernel proper inside a bzImage: QEMU starts it by PVH without the detour through the loader that unpacks it. */
import { zstdDecompressSync } from "node:zlib";

/** Offsets in the setup header: Linux Documentation/arch/x86/boot.rst. */
const setupSectors = 0x1f1;
const headerMagic = 0x202;
const payloadOffset = 0x248;
const payloadLength = 0x24c;
const sectorBytes = 512;
/** The build appends the unpacked size (arch/x86/boot/compressed/Makefile, zstd22_with_size). */
const sizeBytes = 4;

/** The uncompressed vmlinux of a bzImage whose payload is compressed with zstd, as Debian's is. Pure. */
export function unpackKernel(image: Buffer): Buffer {
  if (image.toString("latin1", headerMagic, headerMagic + 4) !== "HdrS") {
    throw new Error("the kernel is no bzImage: it has no setup header");
  }
  const start = (image.readUInt8(setupSectors) + 1) * sectorBytes + image.readUInt32LE(payloadOffset);
  const end = start + image.readUInt32LE(payloadLength);
  const kernel = zstdDecompressSync(image.subarray(start, end - sizeBytes));
  if (kernel.toString("latin1", 1, 4) !== "ELF") throw new Error("the kernel's payload is no ELF file");
  return kernel;
}
