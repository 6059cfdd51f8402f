/** The recipe of the images: its files, their digest, and what building needs on this machine. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { checkoutDirectory } from "../paths.ts";
import { hasProgram, searchPath } from "../programs.ts";

export const recipeDirectory = dirname(fileURLToPath(import.meta.url));

/** Debian release of nodes, containers and guests. */
export const debianRelease = "trixie";
/** Bytes that a build needs at its worst: archive, unpacked system, raw disks and qcow2. */
export const neededBytes = 5e9;

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
  gcc: "gcc",
  strip: "binutils",
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

/** A C program that is compiled into the userland. */
export interface UserlandSource {
  /** Absolute path of the C file. */
  readonly source: string;
  /** Absolute path of the program in node, container and guest. */
  readonly program: string;
}

/** The C programs of a list whose lines are `SOURCE PROGRAM`, SOURCE in the checkout. Pure. */
export function parseSources(text: string): UserlandSource[] {
  return parseList(text).map((line) => {
    const [source, program, ...rest] = line.split(/\s+/);
    if (source === undefined || program === undefined || !program.startsWith("/usr/") || rest.length > 0) {
      throw new Error(`a line of userland.sources must be SOURCE /usr/PATH: ${line}`);
    }
    return { source: join(checkoutDirectory, source), program };
  });
}

/** The C programs of the recipe. */
export function userlandSources(): UserlandSource[] {
  return parseSources(readFileSync(join(recipeDirectory, "userland.sources"), "utf8"));
}

/** Paths of all programs that node, container and guest have the same. */
export function userlandPrograms(): string[] {
  return [...recipeList("userland.programs"), ...userlandSources().map(({ program }) => program)];
}

/** The header files in the folder of a C file. */
function headersBeside(source: string): string[] {
  const folder = dirname(source);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".h"))
    .map((name) => join(folder, name));
}

/** Hex SHA-256 over names and contents of all files that the images are made from and by. */
export function recipeDigest(): string {
  const files = readdirSync(recipeDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  const sources = userlandSources().flatMap(({ source }) => [source, ...headersBeside(source)]);
  const hash = createHash("sha256");
  for (const file of [...new Set([...files, ...sources])].sort()) {
    const content = createHash("sha256").update(readFileSync(file)).digest("hex");
    hash.update(`${relative(checkoutDirectory, file)}\0${content}\n`);
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
