/** Sets up everything beyond the npm packages: Debian packages, the engine, and this checkout's private folder. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { buildPieces } from "../engine/build.ts";
import { chooseEngine } from "../engine/choice.ts";
import { composeEngine } from "../engine/compose.ts";
import { findOfficial } from "../engine/official.ts";
import { setUpDebian } from "./apt.ts";
import { SetupFailure } from "./failure.ts";
import { say } from "./progress.ts";

const ROOT = join(import.meta.dirname, "../..");
const PRIVATE = join(ROOT, ".testbed");
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "hpc-virtualization-testbed");

/** Makes the folder for state, passphrase and keys, which git ignores. */
async function setUpPrivateFolder(): Promise<void> {
  await mkdir(join(PRIVATE, "pulumi"), { recursive: true, mode: 0o700 });
  const passphrase = join(PRIVATE, "passphrase");
  if (existsSync(passphrase)) return;
  await writeFile(passphrase, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
}

/**
 * Pulumi writes a stack's salt into the stack's configuration file. It belongs to the user's own passphrase, so git is
 * told to leave that one line out of what it compares and commits.
 */
async function setUpGitFilter(): Promise<void> {
  if (!existsSync(join(ROOT, ".git"))) return;
  const key = "filter.pulumi-salt.clean";
  const clean = "sed -e /^encryptionsalt:/d";
  const { stdout } = await execa("git", ["config", "--local", key], { cwd: ROOT, reject: false });
  if (stdout !== clean) await execa("git", ["config", "--local", key, clean], { cwd: ROOT });
}

/** Puts a built engine into .testbed/engine; without that folder, tools/env leaves the official one in place. */
async function setUpEngine(): Promise<void> {
  const choice = chooseEngine(await findOfficial(process.env));
  const engine = join(PRIVATE, "engine");
  if (choice.engine === "official") {
    await rm(engine, { recursive: true, force: true });
    return;
  }
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SetupFailure(
      `${choice.reason}, and an engine can be built only on x86-64 Linux: install the official pulumi`,
    );
  }
  if (!existsSync(engine)) say(`using an engine built from Go modules, as ${choice.reason}`);
  await composeEngine(engine, await buildPieces(join(ROOT, "tools/engine/go"), CACHE));
}

try {
  await setUpPrivateFolder();
  await setUpGitFilter();
  const lists = [
    "debian-packages.txt",
    ...(process.argv[2] === "tests" ? ["debian-packages-tests.txt"] : []),
  ];
  const texts = await Promise.all(lists.map((list) => readFile(join(ROOT, "tools", list), "utf8")));
  await setUpDebian(texts.join(""), PRIVATE);
  await setUpEngine();
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
