/** Reads a run's folder back: measurements come from the raw logs of valid launches, results from those and the ledger. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { wantedProgram } from "../catalogue/sources.ts";
import { UserError } from "../input.ts";
import { type Measurement, withFidelity } from "../measurement.ts";
import { type Results, sha256 } from "../results.ts";
import { summariseRun } from "../summary.ts";
import { activationsOfAttempts } from "./activations.ts";
import { launchStates } from "./launch-states.ts";
import { type LedgerEvent, readLedger } from "./ledger.ts";
import {
  checksumText,
  publishedPath,
  readInventory,
  readPlan,
  runFiles,
  runIdOf,
  writeDurably,
} from "./run-directory.ts";

/** The raw log that a launch's measurements are read from. */
export function clientLog(attempt: string): string {
  return `${runFiles.raw}/${attempt}.client.stdout.txt`;
}

/** The measurements of a run's valid launches without the warm-ups, in the plan's order. */
export function collectMeasurements(directory: string, events: readonly LedgerEvent[]): Measurement[] {
  const { fidelity } = readInventory(directory);
  const versions = new Map<string, string>();
  for (const event of events) {
    if (event.event !== "evidence") continue;
    for (const { name, version } of event.evidence.programs) {
      if (version !== null) versions.set(`${event.environment} ${name}`, version);
    }
  }
  const activations = activationsOfAttempts(events);
  const { launches, suite } = readPlan(directory);
  return launchStates(launches, events).flatMap(({ launch, valid }) => {
    if (valid === null || launch.warmUp) return [];
    const file = clientLog(valid.attempt);
    const benchmark = benchmarkNamed(launch.benchmark);
    const path = join(directory, file);
    if (!existsSync(path)) throw new UserError(`${path} has the numbers of a valid launch, and is gone`);
    const outcome = benchmark.parse(readFileSync(path, "utf8"));
    if (outcome.problems.length > 0) {
      throw new UserError(`${path} counted as valid and can't be read any more; was it changed?`);
    }
    const activation = activations.get(valid.attempt);
    const wanted = wantedProgram(benchmark, suite.sources);
    const tool = "reason" in wanted ? benchmark.name : wanted.program.name;
    const toolVersion = outcome.version ?? versions.get(`${launch.environment} ${tool}`);
    return outcome.measurements.map(({ statistic, unit, sizeBytes, value, line }) =>
      withFidelity(fidelity, {
        environment: launch.environment,
        benchmark: launch.benchmark,
        block: launch.block,
        ...(activation === undefined ? {} : { activation }),
        attempt: valid.attempt,
        sizeBytes,
        statistic,
        unit,
        value: Number(value),
        tool,
        ...(toolVersion === undefined ? {} : { toolVersion }),
        source: { file, line },
      }),
    );
  });
}

/** The results of a run's folder as it is now, complete or not. */
export function collectResults(directory: string): Results {
  const { events } = readLedger(join(directory, runFiles.ledger));
  const sums = join(directory, runFiles.sums);
  return summariseRun({
    runId: runIdOf(directory),
    path: publishedPath(directory),
    sha256: existsSync(sums) ? sha256(readFileSync(sums)) : null,
    plan: readPlan(directory),
    inventory: readInventory(directory),
    events,
    measurements: collectMeasurements(directory, events),
  });
}

/** Writes results.json of a run that goes on later. The rest is exported when it is finished. */
export function writePartialResults(directory: string): Results {
  const results = collectResults(directory);
  writeDurably(join(directory, runFiles.results), resultsText(results));
  return results;
}

function resultsText(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`;
}

/** Writes measurements.jsonl, SHA256SUMS and results.json of a run whose ledger says that it is finished. */
export function exportRun(directory: string): Results {
  const { events } = readLedger(join(directory, runFiles.ledger));
  const lines = collectMeasurements(directory, events).map(
    (measurement) => `${JSON.stringify(measurement)}\n`,
  );
  writeDurably(join(directory, runFiles.measurements), lines.join(""));
  writeDurably(join(directory, runFiles.sums), checksumText(directory));
  const results = collectResults(directory);
  writeDurably(join(directory, runFiles.results), resultsText(results));
  return results;
}
