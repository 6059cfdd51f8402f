/** Reads a result set and refuses one that no number should be taken from, each time with one sentence. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Fidelity, inventorySchema } from "../../infra/inventory.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { UserError } from "../input.ts";
import type { Measurement } from "../measurement.ts";
import { type Results, resultsSchema } from "../results.ts";
import { type LedgerEvent, parseLedger } from "../runner/ledger.ts";
import { runFiles } from "../runner/run-directory.ts";
import { canonicalJson, planSchema } from "../runner/schedule.ts";
import { summariseRun } from "../summary.ts";
import { parseDocument } from "./documents.ts";
import { parseMeasurements } from "./measurements.ts";
import { type AnyResultSet, processesOf } from "./result-set.ts";
import { changedFiles } from "./sums.ts";
import { figuresFile, readFigures } from "./synthetic/figures.ts";
import { syntheticResultSet } from "./synthetic/synthetic.ts";

/**
 * Reads the result set in a run's folder, or behind a stack's `latest` link; of results/paper it makes the synthetic one. Throws UserError for a folder that is none, that another
 * version wrote, that was changed after the run, that is not complete, or that holds what can't be measured.
 */
export function readResultSet(path: string): AnyResultSet {
  const directory = existingDirectory(path);
  const read = (file: string): string => readFileSync(join(directory, file), "utf8");
  const whereIs = (file: string): string => join(directory, file);
  if (existsSync(whereIs(figuresFile))) return syntheticResultSet(readFigures(directory), directory);
  requireComplete(directory);
  const results = parseDocument(resultsSchema, read(runFiles.results), whereIs(runFiles.results));
  const changed = changedFiles(directory, results.sha256);
  if (changed.length > 0) {
    throw new UserError(`${directory} was changed after it was exported: ${changed.join(", ")}`);
  }
  const plan = parseDocument(planSchema, read(runFiles.plan), whereIs(runFiles.plan));
  const inventory = parseDocument(inventorySchema, read(runFiles.inventory), whereIs(runFiles.inventory));
  const { events } = parseLedger(read(runFiles.ledger), whereIs(runFiles.ledger));
  requireFinished(directory, results, events);
  const measurements = parseMeasurements(read(runFiles.measurements), whereIs(runFiles.measurements), {
    fidelity: results.fidelity,
    launches: plan.launches,
    events,
  });
  requireOneFidelity(directory, results.fidelity, inventory.fidelity);
  const { runId, path: publishedPath, sha256: digest } = results;
  const again = summariseRun({
    ...{ runId, path: publishedPath, sha256: digest },
    ...{ plan, inventory, events, measurements },
  });
  requireSame(whereIs(runFiles.results), results, again);
  const benchmarks = plan.suite.benchmarks.map((name) => {
    const benchmark = benchmarkNamed(name);
    return { ...benchmark, processes: processesOf(benchmark, plan.suite.profile, inventory) };
  });
  const common = { origin: "measured", directory, plan, inventory, events, benchmarks } as const;
  // Which fidelity all of them have was checked above.
  return results.fidelity === "emulated"
    ? { ...common, fidelity: "emulated", results, measurements: ofKind(measurements, "emulated") }
    : { ...common, fidelity: "hardware", results, measurements: ofKind(measurements, "hardware") };
}

function ofKind<Kind extends Fidelity>(measurements: readonly Measurement[], kind: Kind) {
  return measurements.filter(
    (measurement): measurement is Extract<Measurement, { fidelity: Kind }> => measurement.fidelity === kind,
  );
}

function existingDirectory(path: string): string {
  if (!existsSync(path)) throw new UserError(`there is no result set at ${path}: nothing is there`);
  if (!statSync(path).isDirectory()) {
    throw new UserError(`${path} is no result set: it is a file, and a result set is a run's folder`);
  }
  return realpathSync(path);
}

/** The results are written last: where only they and what comes before them are missing, the run has not ended. */
function requireComplete(directory: string): void {
  const { plan, inventory, ledger, measurements, sums, results, raw } = runFiles;
  const missing = (files: readonly string[]): string[] =>
    files.filter((file) => !existsSync(join(directory, file)));
  const ofRun = missing([plan, inventory, ledger, raw]);
  if (ofRun.includes(plan) && existsSync(join(directory, "latest"))) {
    throw new UserError(
      `${directory} is no result set but a stack's folder; its newest run is ${join(directory, "latest")}`,
    );
  }
  if (ofRun.length > 0)
    throw new UserError(`${directory} is no result set: it has no ${ofRun.join(", no ")}`);
  const exported = missing([measurements, sums, results]);
  if (exported.length > 0) throw new UserError(notComplete(directory, `it has no ${exported.join(", no ")}`));
}

function notComplete(directory: string, why: string): string {
  return `the run in ${directory} is not complete: ${why}; the same run command continues it`;
}

function requireFinished(directory: string, results: Results, events: readonly LedgerEvent[]): void {
  if (!results.complete || !events.some(({ event }) => event === "finished")) {
    throw new UserError(notComplete(directory, "its ledger does not say that it finished"));
  }
}

function requireOneFidelity(directory: string, ofResults: Fidelity, ofInventory: Fidelity): void {
  if (ofResults !== ofInventory) {
    throw new UserError(
      `${directory} mixes fidelities: ${runFiles.results} says ${ofResults}, ${runFiles.inventory} says ${ofInventory}`,
    );
  }
}

/** No digest covers results.json, but all that it says follows from the files that are covered. */
function requireSame(path: string, found: Results, expected: Results): void {
  const keys = Object.keys(expected) as (keyof Results)[];
  const different = keys.filter((key) => canonicalJson(found[key]) !== canonicalJson(expected[key]));
  if (different.length > 0) {
    throw new UserError(
      `${path} does not follow from the files beside it (${different.join(", ")}): it was changed after it was exported, or another release wrote it`,
    );
  }
}
