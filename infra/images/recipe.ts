/** The recipe of the images: its files, their digest, and what building needs on this machine. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { hasProgram, searchPath } from "../programs.ts";

export const recipeDirectory = dirname(fileURLToPath(import.meta.url));

/** Debian release of nodes and containers. */
export const debianRelease = "trixie";
/** Bytes that a build needs at its worst: archive, unpacked system, raw disk and qcow2. */
export const neededBytes = 4e9;

/** Every program that a build runs, with the Debian package that has it. */
const programs: Readonly<Record<string, string>> = {
  mmdebstrap: "mmdebstrap",
  tar: "tar",
  xz: "xz-utils",
  sfdisk: "fdisk",
  "mkfs.vfat": "dosfstools",
  mmd: "mtools",
  mcopy: "mtools",
  "mkfs.ext4": "e2fsprogs",
  debugfs: "e2fsprogs",
  "qemu-img": "qemu-utils",
  setpriv: "util-linux",
};

/** Words of a list file: one a line, `#` begins a comment line. Pure. */
export function parseList(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The list in a file of the recipe. */
export function recipeList(name: string): string[] {
  return parseList(readFileSync(join(recipeDirectory, name), "utf8"));
}

/** Hex SHA-256 over names and contents of all files that the images are made from and by. */
export function recipeDigest(): string {
  const files = readdirSync(recipeDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const content = createHash("sha256").update(readFileSync(file)).digest("hex");
    hash.update(`${relative(recipeDirectory, file)}\0${content}\n`);
  }
  return hash.digest("hex");
}

/** Packages with programs that are missing here, each once, sorted. */
export function missingPackages(path: string = searchPath()): string[] {
  const missing = Object.entries(programs)
    .filter(([program]) => !hasProgram(program, path))
    .map(([, packageName]) => packageName);
  return [...new Set(missing)].sort();
}
