/** The recipe of the images: its files, their digest, and what building needs on this machine. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildCommand,
  type MpiCompiler,
  type MpiProgram,
  mpiPrograms,
} from "../../benchmarks/mpi/programs.ts";
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

/** A file of the checkout that is brought into the userland: a C program is compiled, all else is copied. */
export interface UserlandSource {
  /** Absolute path in the checkout. */
  readonly source: string;
  /** Absolute path in node, container and guest. */
  readonly target: string;
}

/** The files of a list whose lines are `SOURCE TARGET`, SOURCE in the checkout. Pure. */
export function parseSources(text: string): UserlandSource[] {
  return parseList(text).map((line) => {
    const [source, target, ...rest] = line.split(/\s+/);
    if (source === undefined || target === undefined || !target.startsWith("/usr/") || rest.length > 0) {
      throw new Error(`a line of userland.sources must be SOURCE /usr/PATH: ${line}`);
    }
    return { source: join(checkoutDirectory, source), target };
  });
}

/** The files of the checkout that the recipe lists. */
export function userlandSources(): UserlandSource[] {
  return parseSources(readFileSync(join(recipeDirectory, "userland.sources"), "utf8"));
}

const mpiFolder = join(checkoutDirectory, "benchmarks/mpi");

function mpiTarget(program: MpiProgram): string {
  return `/usr/bin/${program.name}`;
}

/** Where download-mpi-headers.sh unpacks Open MPI's headers in the installed system. */
const mpiHeaders = "mpi-headers";
const libraries = "usr/lib/x86_64-linux-gnu";

/** Members of the installed system's archive that MPI programs are compiled against: patterns of tar. */
export const mpiDevelopmentMembers: readonly string[] = [
  `./${mpiHeaders}/${libraries}/openmpi/include`,
  `./${libraries}/libmpi.so.40*`,
];

/**
 * The compiler for MPI programs of the userland: this machine's gcc with the userland's Open MPI, whose files lie in `folder`.
 * That library's own libraries are left to the images, where the program is tried (assemble.sh).
 */
function mpiCompiler(folder: string): MpiCompiler {
  return {
    command: ["gcc", "-isystem", join(folder, mpiHeaders, libraries, "openmpi/include")],
    libraries: [`-L${join(folder, libraries)}`, "-l:libmpi.so.40", "-Wl,--allow-shlib-undefined"],
  };
}

/** A file that is made for the userland, and the command that makes it. */
export interface UserlandStep {
  readonly file: string;
  readonly command: readonly string[];
}

/**
 * How the project's own files of the userland are made below the folder `userland`; `development` has the members that
 * MPI programs are compiled against. Pure.
 */
export function userlandSteps(
  sources: readonly UserlandSource[],
  userland: string,
  development: string,
): UserlandStep[] {
  const own = sources.map(({ source, target }) => {
    const file = join(userland, target);
    return source.endsWith(".c")
      ? { file, command: ["gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-o", file, source] }
      : { file, command: ["cp", source, file] };
  });
  const mpi = mpiPrograms.map((program) => {
    const file = join(userland, mpiTarget(program));
    return { file, command: buildCommand(program, mpiFolder, file, mpiCompiler(development)) };
  });
  return [...own, ...mpi];
}

/** Paths of all programs, and of the project's own files, that node, container and guest have the same. */
export function userlandPrograms(): string[] {
  return [
    ...recipeList("userland.programs"),
    ...userlandSources().map(({ target }) => target),
    ...mpiPrograms.map(mpiTarget),
  ];
}

/** The files directly in a folder whose names end in one of the endings. */
function filesIn(folder: string, ...endings: readonly string[]): string[] {
  return readdirSync(folder)
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => join(folder, name));
}

/** The project's own files that the userland is made from. */
function sourceFiles(): string[] {
  const own = userlandSources().flatMap(({ source }) =>
    source.endsWith(".c") ? [source, ...filesIn(dirname(source), ".h")] : [source],
  );
  return [...own, ...filesIn(mpiFolder, ".c", ".h"), join(mpiFolder, "programs.ts")];
}

/** All files that the images are made from and by. */
export function recipeFiles(): string[] {
  const recipe = readdirSync(recipeDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  return [...new Set([...recipe, ...sourceFiles()])].sort();
}

/** Hex SHA-256 over names and contents of all files that the images are made from and by. */
export function recipeDigest(): string {
  const hash = createHash("sha256");
  for (const file of recipeFiles()) {
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
