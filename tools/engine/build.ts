/**
 * Builds the engine into a cache outside the checkout. Each piece has a folder named after the digest of what it is
 * built from, and is put there whole by a rename: being killed in the middle leaves nothing half-made in place.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { SetupFailure } from "../lib/failure.ts";
import { say, timed } from "../lib/progress.ts";
import { buildArguments, PIECES, type Piece } from "./pieces.ts";

const DIGEST_LENGTH = 16;
const HALF_MADE = "half-made-";

/** A piece with the place in the cache where it is, or will be. */
interface Placed {
  piece: Piece;
  folder: string;
  program: string;
}

/** Builds the pieces that are missing from the cache, and gives the program of each with its place in an engine. */
export async function buildPieces(modules: string, cache: string): Promise<Map<string, string>> {
  const go = await goVersion(modules);
  const placed = await Promise.all(PIECES.map((piece) => placeOf(piece, modules, cache, go)));
  await removeHalfMade(join(cache, "pieces"));
  const due = placed.filter(({ program }) => !existsSync(program));
  if (due.length > 0) {
    say(`building from Go modules, once, into ${cache}: ${due.map(({ piece }) => piece.title).join(", ")}`);
  }
  // One after another: each build takes all cores by itself.
  for (const one of due) {
    await timed(`building ${one.piece.title}`, () => build(one, modules));
  }
  return new Map(placed.map(({ piece, program }) => [piece.place, program]));
}

/** Removes what a set-up that was killed has left; the caller holds the lock, so no other one is at work. */
async function removeHalfMade(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const left = (await readdir(folder)).filter((name) => name.startsWith(HALF_MADE));
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** The version of Go that the modules are built with. */
async function goVersion(modules: string): Promise<string> {
  const needed = await Promise.all(PIECES.map(({ module }) => leastGo(join(modules, module, "go.mod"))));
  const least = needed.reduce((a, b) => (a.localeCompare(b, "en", { numeric: true }) < 0 ? b : a));
  // Asked in a module's folder: a Go that may fetch a newer toolchain for it answers with that one's version.
  const asked = await execa("go", ["env", "GOVERSION"], { cwd: join(modules, "pulumi"), reject: false });
  const version = asked.stdout.replace(/^go/, "");
  if (asked.exitCode !== 0 || version.localeCompare(least, "en", { numeric: true }) < 0) {
    const found = asked.code === "ENOENT" ? "there is none on the PATH" : version || asked.stderr.trim();
    throw new SetupFailure(
      `building the engine needs Go ${least} or newer, found: ${found}. Install it from Debian (golang) or go.dev, or install the official pulumi.`,
    );
  }
  return version;
}

async function leastGo(path: string): Promise<string> {
  return (await readFile(path, "utf8")).match(/^go (\S+)$/m)?.[1] ?? "1";
}

async function placeOf(piece: Piece, modules: string, cache: string, go: string): Promise<Placed> {
  const sources = await readdir(join(modules, piece.module), { recursive: true, withFileTypes: true });
  const files = sources
    .filter((entry) => entry.isFile() && /^go\.(mod|sum)$|\.go$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const digest = digestOf([go, ...buildArguments(piece, ""), ...texts]);
  const folder = join(cache, "pieces", `${piece.module}-${digest}`);
  return { piece, folder, program: join(folder, basename(piece.place)) };
}

async function build({ piece, folder, program }: Placed, modules: string): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const half = await mkdtemp(join(parent, HALF_MADE));
  try {
    const built = await execa("go", buildArguments(piece, join(half, basename(program))), {
      cwd: join(modules, piece.module),
      env: { CGO_ENABLED: "0" },
      reject: false,
    });
    if (built.exitCode !== 0) {
      throw new SetupFailure(
        `${piece.title} could not be built: ${tail(built.stderr) || built.shortMessage}`,
      );
    }
    await rename(half, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

function digestOf(parts: string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, DIGEST_LENGTH);
}

function tail(text: string): string {
  return text.trim().split("\n").slice(-15).join("\n");
}
