/** Tarballs of compiled programs on this machine: brought against their checksum, unpacked once, searched by name. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { bringChecked, CheckedFileError, hasChecksum, sha256OfFile } from "../../infra/checked-file.ts";
import { cacheDirectory } from "../../infra/paths.ts";
import type { Tarball } from "../catalogue/sources.ts";

/** A tarball can't be had, or holds no such program; the message is one sentence. */
export class TarballError extends Error {}

/** A program of a tarball, on this machine. */
export interface LocalProgram {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
}

/** The folder of what was brought, named after checksums. */
export function tarballDirectory(): string {
  return join(cacheDirectory(), "sources");
}

/**
 * The folder with a tarball's files. What was unpacked before is used again.
 * @throws TarballError when no location has it, or tar can't read it
 */
export async function unpackTarball(
  { locations, sha256 }: Pick<Tarball, "locations" | "sha256">,
  directory: string = tarballDirectory(),
): Promise<string> {
  const unpacked = join(directory, sha256);
  if (statSync(unpacked, { throwIfNoEntry: false }) !== undefined) return unpacked;
  const archive = join(directory, `${sha256}.tar`);
  await bringFromAny(locations, sha256, archive);
  mkdirSync(directory, { recursive: true });
  const draft = mkdtempSync(join(directory, "unpacking-"));
  try {
    const tar = await execa(
      "tar",
      ["--extract", "--file", archive, "--directory", draft, "--no-same-owner"],
      {
        reject: false,
        stdin: "ignore",
      },
    );
    if (tar.failed) {
      throw new TarballError(`tar can't unpack ${locations[0]}: ${tar.stderr.trim().split("\n")[0]}`);
    }
    renameSync(draft, unpacked);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return unpacked;
}

async function bringFromAny(locations: readonly string[], sha256: string, path: string): Promise<void> {
  if (await hasChecksum(path, sha256)) return;
  const failures: string[] = [];
  for (const location of locations) {
    try {
      await bringChecked(location, sha256, path);
      return;
    } catch (error) {
      if (!(error instanceof CheckedFileError)) throw error;
      failures.push(`${location} ${error.message}`);
    }
  }
  throw new TarballError(failures.join("; "));
}

/**
 * The program of an unpacked tarball with one of the names, the first name before the others.
 * @throws TarballError when there is none, or several that differ
 */
export async function findProgram(folder: string, names: readonly string[]): Promise<LocalProgram> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const name of names) {
    const paths = files
      .filter((file) => file.name === name)
      .map(({ parentPath }) => join(parentPath, name))
      .filter((path) => (statSync(path).mode & 0o111) !== 0);
    const programs = await Promise.all(
      paths.map(async (path) => ({ name, path, sha256: await sha256OfFile(path) })),
    );
    const [program] = programs;
    if (program === undefined) continue;
    if (programs.some(({ sha256 }) => sha256 !== program.sha256)) {
      throw new TarballError(`the tarball has several programs ${name} that differ`);
    }
    return program;
  }
  throw new TarballError(`the tarball has no program ${names.join(" or ")}`);
}
