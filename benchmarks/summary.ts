/** From plan, ledger and measurements to results. Pure. */
import { join } from "node:path";
import { type EnvironmentName, environmentNameSchema, type Inventory } from "../infra/inventory.ts";
import { benchmarkNamed } from "./catalogue/catalogue.ts";
import { compareEnvironments, findDifferences, type PlacedEvidence } from "./evidence/compare.ts";
import { usedPrograms } from "./evidence/programs.ts";
import type { Measurement } from "./measurement.ts";
import type { CellResult, Ending, Results } from "./results.ts";
import { endingAssessment, minutesOf } from "./runner/assessment.ts";
import { type LaunchState, launchStates } from "./runner/launch-states.ts";
import type { LedgerEvent } from "./runner/ledger.ts";
import { runFiles } from "./runner/run-directory.ts";
import { type Cell, cellKey, cellsOf, type Plan } from "./runner/schedule.ts";
import { fewestForInterval } from "./statistics/design.ts";

/** What a run's folder holds, read. */
export interface RunData {
  readonly runId: string;
  readonly path: string;
  readonly sha256: string | null;
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly events: readonly LedgerEvent[];
  readonly measurements: readonly Measurement[];
}

/** The results of a run, complete or not. */
export function summariseRun(run: RunData): Results {
  const lastBlock = endingAssessment(run.events)?.block ?? Number.POSITIVE_INFINITY;
  const states = launchStates(run.plan.launches, run.events).filter(
    ({ launch }) => !launch.warmUp && launch.block <= lastBlock,
  );
  const cells = summariseCells(states, run.measurements);
  const finished = run.events.find((event) => event.event === "finished")?.time ?? null;
  const evidences = run.events.filter((event) => event.event === "evidence");
  const environments = inPaperOrder(run.plan.suite.environments);
  const withStatus = (status: CellResult["status"]): number =>
    cells.filter((cell) => cell.status === status).length;
  return {
    schemaVersion: 1,
    runId: run.runId,
    stack: run.inventory.stack,
    path: run.path,
    sha256: run.sha256,
    report: run.sha256 === null ? null : join(run.path, runFiles.report),
    fidelity: run.inventory.fidelity,
    planDigest: run.plan.planDigest,
    seed: run.plan.suite.seed,
    started: run.events.find((event) => event.event === "session")?.time ?? null,
    finished,
    complete: finished !== null,
    ending: finished === null ? leaseEnding(run, cells) : endingOf(run),
    warnings: warningsOf(run),
    cells,
    cellsOmitted: 0,
    programs: usedPrograms(sortedByPlace(evidences)),
    differences: findDifferences(sortedByPlace(evidences)),
    differencesOmitted: 0,
    comparisons: compareEnvironments(environments, evidences),
    activeEnvironment: activeEnvironment(run.events, run.inventory),
    counts: {
      cells: cells.length,
      valid: withStatus("valid"),
      refused: withStatus("refused"),
      notAvailable: withStatus("not-available"),
      missing: withStatus("missing"),
      launchesPlanned: states.length,
      launchesValid: states.filter((state) => state.valid !== null).length,
      launchesProven: states.filter(isProven).length,
      attempts: states.reduce((sum, state) => sum + state.attemptsStarted, 0),
      attemptsRefused: states.reduce((sum, state) => sum + state.refusals.length, 0),
    },
  };
}

/** Widths of intervals where none was looked at. */
const noWidths = { relativeWidth: null, wideCells: 0, widest: [] };

/** The ending of a run that stopped for the end of its lease, until it goes on. */
function leaseEnding({ events }: RunData, cells: readonly CellResult[]): Ending | null {
  if (events.at(-1)?.event !== "lease-ended") return null;
  const launches = Math.min(...cells.map((cell) => cell.launches));
  return { reason: "lease", launches, minutesSpent: minutesOf(events), ...noWidths };
}

function endingOf({ plan, events }: RunData): Ending {
  const { stop, launches } = plan.suite;
  const assessment = endingAssessment(events);
  if (stop === undefined || assessment === null) {
    return { reason: "planned", launches, minutesSpent: minutesOf(events), ...noWidths };
  }
  const { decision, wideCells, widest } = assessment;
  return {
    reason: decision,
    launches: assessment.launches,
    minutesSpent: minutesOf(events),
    relativeWidth: stop.relativeWidth,
    wideCells,
    widest,
  };
}

/** On emulated nodes nobody takes an interval for a finding about hardware, and one launch is all that most runs need. */
function warningsOf({ plan, inventory }: RunData): string[] {
  const { launches, stop } = plan.suite;
  if (inventory.fidelity === "emulated" || stop !== undefined || launches >= fewestForInterval) return [];
  return [
    `The suite asks for ${launches} launches of each cell: a median of fewer than ${fewestForInterval} has no 95 % interval, and no difference between two environments can be found (suite.launches).`,
  ];
}

function summariseCells(states: readonly LaunchState[], measurements: readonly Measurement[]): CellResult[] {
  const cells = new Map<string, { cell: Cell; states: LaunchState[] }>();
  for (const state of states) {
    for (const cell of cellsOf(state.launch)) {
      const entry = cells.get(cellKey(cell)) ?? { cell, states: [] };
      entry.states.push(state);
      cells.set(cellKey(cell), entry);
    }
  }
  const byAttempt = Map.groupBy(measurements, (measurement) => measurement.attempt);
  return [...cells.values()]
    .map((entry) => summariseCell(entry.cell, entry.states, byAttempt))
    .sort(
      (a, b) =>
        compare(a.benchmark, b.benchmark) ||
        (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0) ||
        environmentRank(a.environment) - environmentRank(b.environment),
    );
}

function isProven({ valid }: LaunchState): boolean {
  return valid?.event === "valid" && valid.transport !== null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function summariseCell(
  cell: Cell,
  states: readonly LaunchState[],
  byAttempt: ReadonlyMap<string, readonly Measurement[]>,
): CellResult {
  const { statistic, unit } = benchmarkNamed(cell.benchmark).metric;
  const values = states.flatMap((state) =>
    (state.valid === null ? [] : (byAttempt.get(state.valid.attempt) ?? []))
      .filter(
        (measurement) =>
          measurement.statistic === statistic &&
          measurement.unit === unit &&
          measurement.sizeBytes === cell.sizeBytes,
      )
      .map((measurement) => measurement.value),
  );
  values.sort((a, b) => a - b);
  const refusals = states.flatMap((state) => state.refusals);
  const notAvailable = states.find((state) => state.notAvailable !== null)?.notAvailable ?? null;
  const notStarted = states.findLast((state) => state.notStarted !== null)?.notStarted ?? null;
  const status =
    values.length > 0
      ? "valid"
      : refusals.length > 0 || notStarted !== null
        ? "refused"
        : notAvailable !== null
          ? "not-available"
          : "missing";
  const reason = refusals.at(-1)?.reason ?? notStarted ?? notAvailable;
  return {
    ...cell,
    status,
    launches: values.length,
    launchesPlanned: states.length,
    launchesProven: states.filter(isProven).length,
    attemptsRefused: refusals.length,
    statistic,
    unit,
    median: median(values),
    minimum: values[0] ?? null,
    maximum: values.at(-1) ?? null,
    ...(reason === null ? {} : { reason }),
  };
}

/** The middle of sorted values, or the mean of the two in the middle; null of none. */
export function median(sorted: readonly number[]): number | null {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/** The order of the paper, the environments that it lacks last: that of the schema. */
function environmentRank(name: EnvironmentName): number {
  return environmentNameSchema.options.indexOf(name);
}

/** Environments as tables and pairs show them. */
export function inPaperOrder(names: readonly EnvironmentName[]): EnvironmentName[] {
  return [...names].sort((a, b) => environmentRank(a) - environmentRank(b));
}

function sortedByPlace(evidences: readonly PlacedEvidence[]): PlacedEvidence[] {
  return [...evidences].sort(
    (a, b) =>
      environmentRank(a.environment) - environmentRank(b.environment) ||
      compare(a.node, b.node) ||
      compare(a.guest ?? "", b.guest ?? ""),
  );
}

/** Who has the adapters now, by the last thing that was done to them. Null: none of the inventory's, or not known. */
export function activeEnvironment(
  events: readonly LedgerEvent[],
  inventory: Inventory,
): EnvironmentName | null {
  for (const event of [...events].reverse()) {
    if (event.event === "activated") return event.environment;
    if (event.event === "activation-failed" || event.event === "release-failed") return null;
    if (event.event !== "released") continue;
    const onHost = inventory.environments.filter(({ ownership }) => ownership === "host");
    return (onHost.find(({ name }) => name === "native") ?? onHost[0])?.name ?? null;
  }
  return null;
}
