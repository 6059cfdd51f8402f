/**
 * A run's folder, results/STACK/RUN/: plan.json, inventory.json, ledger.jsonl, raw/, and at the end measurements.jsonl,
 * SHA256SUMS over all of these, results.json with the digest of SHA256SUMS, and report.html, which is made from all of them.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { basename, isAbsolute, join, relative } from "node:path";
import * as z from "zod";
import { type Inventory, inventorySchema } from "../../infra/inventory.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { parseJson, UserError } from "../input.ts";
import { sha256 } from "../results.ts";
import { type Plan, planSchema } from "./schedule.ts";

/** The files of a run. */
export const runFiles = {
  plan: "plan.json",
  inventory: "inventory.json",
  ledger: "ledger.jsonl",
  measurements: "measurements.jsonl",
  results: "results.json",
  sums: "SHA256SUMS",
  report: "report.html",
  raw: "raw",
} as const;

/** Writes a whole file that is there at once or not at all, also after a power cut. */
export function writeDurably(path: string, text: string): void {
  const draft = `${path}.new`;
  const descriptor = openSync(draft, "w");
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(draft, path);
}

/** Makes the folder of a new run and points `latest` at it. The name: UTC time and the beginning of the plan's digest. */
export function createRun(stackDirectory: string, plan: Plan, inventory: Inventory, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
  const base = `${stamp}-${shortDigest(plan.planDigest)}`;
  let name = base;
  for (let next = 2; existsSync(join(stackDirectory, name)); next++) name = `${base}-${next}`;
  const directory = join(stackDirectory, name);
  mkdirSync(join(directory, runFiles.raw), { recursive: true });
  writeDurably(join(directory, runFiles.inventory), `${JSON.stringify(inventory, null, 2)}\n`);
  writeDurably(join(directory, runFiles.plan), `${JSON.stringify(plan, null, 2)}\n`);
  const link = join(stackDirectory, "latest");
  rmSync(`${link}.new`, { force: true });
  symlinkSync(name, `${link}.new`);
  renameSync(`${link}.new`, link);
  return directory;
}

/** The folders of a stack's runs that have a plan, newest first. */
export function listRuns(stackDirectory: string): string[] {
  if (!existsSync(stackDirectory)) return [];
  return readdirSync(stackDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(stackDirectory, entry.name, runFiles.plan)))
    .map((entry) => join(stackDirectory, entry.name))
    .sort()
    .reverse();
}

/** The newest run of a plan; null when there is none. */
export function newestRunOf(stackDirectory: string, planDigest: string): string | null {
  const newest = listRuns(stackDirectory).find(
    (directory) =>
      runIdOf(directory).includes(shortDigest(planDigest)) && readPlan(directory).planDigest === planDigest,
  );
  return newest ?? null;
}

/** The newest run of a plan when its results are not written yet, or are those of a part of it; null when there is none. */
export function findUnfinished(stackDirectory: string, planDigest: string): string | null {
  const newest = newestRunOf(stackDirectory, planDigest);
  if (newest === null) return null;
  const results = join(newest, runFiles.results);
  if (!existsSync(results)) return newest;
  const { complete } = parseJson(z.object({ complete: z.boolean() }), readFileSync(results, "utf8"), results);
  return complete ? null : newest;
}

/** The part of a plan's digest that stands in a run's name. */
function shortDigest(planDigest: string): string {
  return planDigest.slice(0, 8);
}

/** The plan of a run. Throws UserError when the folder is no run's. */
export function readPlan(directory: string): Plan {
  return readChecked(directory, runFiles.plan, (text, what) => parseJson(planSchema, text, what));
}

/** The inventory that a run was made with. */
export function readInventory(directory: string): Inventory {
  return readChecked(directory, runFiles.inventory, (text, what) => parseJson(inventorySchema, text, what));
}

function readChecked<Value>(
  directory: string,
  file: string,
  parse: (text: string, what: string) => Value,
): Value {
  const path = join(directory, file);
  if (!existsSync(path)) throw new UserError(`${directory} is no run's folder: it has no ${file}`);
  return parse(readFileSync(path, "utf8"), path);
}

/** The lines of SHA256SUMS, as sha256sum prints them and `sha256sum -c` reads them. */
export function checksumText(directory: string): string {
  const raw = readdirSync(join(directory, runFiles.raw)).map((name) => `${runFiles.raw}/${name}`);
  return [runFiles.plan, runFiles.inventory, runFiles.ledger, runFiles.measurements, ...raw]
    .sort()
    .map((name) => `${sha256(readFileSync(join(directory, name)))}  ${name}\n`)
    .join("");
}

/** A run's folder as results name it: relative to the checkout when it lies in it, so that it means the same elsewhere. */
export function publishedPath(directory: string): string {
  const inside = relative(checkoutDirectory, directory);
  return inside.startsWith("..") || isAbsolute(inside) ? directory : inside;
}

/** A run's name. */
export function runIdOf(directory: string): string {
  return basename(directory);
}
