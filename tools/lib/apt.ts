/** Installs the missing Debian packages, or tells the command that would. */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import {
  backportsOf,
  installArguments,
  type NeededPackage,
  parseInstalled,
  parsePackageList,
  sourceFor,
} from "./debian.ts";
import { SetupFailure } from "./failure.ts";
import { say, timed } from "./progress.ts";

/** What `parseInstalled` reads of a package. */
const FIELDS = ["Package", "db:Status-Status", "Version"];
const SOURCES = "/etc/apt/sources.list.d";
const OUR_SOURCE = "hpc-virtualization-testbed.sources";
/** Another apt may be at work, for instance a machine's own updates. */
const WAIT_FOR_LOCK = "-oDPkg::Lock::Timeout=300";

/** Sees to the packages of a list; `privateFolder` takes the apt source that a user is asked to install. */
export async function setUpDebian(list: string, privateFolder: string): Promise<void> {
  if (!existsSync("/usr/bin/dpkg-query")) return;
  const needed = parsePackageList(list);
  const missing = await missingNow(needed);
  if (missing.length === 0) return;

  const suite = backportsOf(await readFile("/etc/os-release", "utf8"));
  const wanted = suite !== undefined && missing.some(({ least }) => least !== undefined) ? suite : undefined;
  const source = wanted === undefined ? undefined : await missingSource(wanted);
  if (process.getuid?.() !== 0) {
    throw new SetupFailure(await instructions(missing, suite, source, privateFolder));
  }
  say(`installing Debian packages with apt-get: ${missing.map(({ name }) => name).join(" ")}`);
  if (source !== undefined) await writeFile(join(SOURCES, OUR_SOURCE), source);
  await timed("reading the package lists", () => apt(["update"]));
  await timed("installing Debian packages", () => apt(installArguments(missing, suite)));
  const left = await missingNow(missing);
  if (left.length === 0) return;
  const names = left.map(({ name, least }) => (least === undefined ? name : `${name} (${least} or newer)`));
  throw new SetupFailure(`this system's package sources do not offer ${names.join(", ")}`);
}

async function missingNow(needed: NeededPackage[]): Promise<NeededPackage[]> {
  const format = `--showformat=${FIELDS.map((field) => `\${${field}}`).join(" ")}\n`;
  // It ends with an error where a package is unknown; that package is then missing from what it prints.
  const query = await execa("dpkg-query", ["--show", format, ...needed.map(({ name }) => name)], {
    reject: false,
  });
  const installed = parseInstalled(query.stdout);
  const tooOld = new Set<string>();
  for (const { name, least } of needed) {
    const version = installed.get(name);
    if (version === undefined || least === undefined) continue;
    const compared = await execa("dpkg", ["--compare-versions", version, "ge", least], { reject: false });
    if (compared.exitCode !== 0) tooOld.add(name);
  }
  return needed.filter(({ name }) => !installed.has(name) || tooOld.has(name));
}

/** The apt source to add for a suite, unless the machine has one already. */
async function missingSource(suite: string): Promise<string | undefined> {
  const names = existsSync(SOURCES) ? await readdir(SOURCES) : [];
  const paths = ["/etc/apt/sources.list", ...names.map((name) => join(SOURCES, name))].filter((path) =>
    existsSync(path),
  );
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const active = texts.map((text) => text.replace(/^\s*#.*$/gm, ""));
  return active.some((text) => text.includes(suite)) ? undefined : sourceFor(suite, active);
}

async function instructions(
  missing: NeededPackage[],
  suite: string | undefined,
  source: string | undefined,
  privateFolder: string,
): Promise<string> {
  const prepared = join(privateFolder, OUR_SOURCE);
  if (source !== undefined) await writeFile(prepared, source);
  return [
    "Debian packages are missing, and installing them takes root. Run this, then the same command again:",
    ...(source === undefined ? [] : [`  sudo install -m 644 '${prepared}' ${SOURCES}/`]),
    "  sudo apt-get update",
    `  sudo apt-get ${installArguments(missing, suite).join(" ")}`,
  ].join("\n");
}

async function apt(args: string[]): Promise<void> {
  const result = await execa("apt-get", [WAIT_FOR_LOCK, ...args], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "ignore",
    all: true,
    reject: false,
  });
  if (result.exitCode === 0) return;
  const tail = result.all.trim().split("\n").slice(-15).join("\n");
  throw new SetupFailure(`apt-get ${args[0]} failed:\n${tail}`);
}
