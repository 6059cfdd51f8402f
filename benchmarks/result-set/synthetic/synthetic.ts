/**
 * A result set from figures in words: every launch is the model's value times noise that is declared as invented. It is typed as hardware,
 * since it is there to run what judges hardware, and says in `origin` that nothing was measured.
 */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import { findBenchmark } from "../../catalogue/catalogue.ts";
import type { HardwareMeasurement } from "../../measurement.ts";
import { type HardwareResults, sha256 } from "../../results.ts";
import type { LedgerEvent } from "../../runner/ledger.ts";
import { canonicalJson, type Launch, type Plan } from "../../runner/schedule.ts";
import { RandomNumbers, randomStream } from "../../statistics/generator.ts";
import { normalQuantile } from "../../statistics/normal.ts";
import { suiteSchema } from "../../suite.ts";
import { median } from "../../summary.ts";
import {
  type BenchmarkDescription,
  type DescribedBenchmark,
  processesOf,
  type ResultSet,
} from "../result-set.ts";
import type { Figures, NativeFigure } from "./figures.ts";
import { paperEnvironments, syntheticInventory } from "./machines.ts";
import { hasSizes, modelValue } from "./model.ts";

const time = "1970-01-01T00:00:00.000Z";
const logs = "figures.json";
/** Of applications that the catalogue lacks. */
const applicationProcesses = 128;

/** The result set of figures. The same figures give the same launches. */
export function syntheticResultSet(figures: Figures, directory: string): ResultSet<"hardware"> {
  const inventory = syntheticInventory(figures.nodes);
  const benchmarks = figures.native
    .filter(({ statistic }) => statistic === undefined)
    .map((native): DescribedBenchmark => {
      const known = findBenchmark(native.benchmark);
      return known === undefined
        ? { ...applicationNamed(native.benchmark), processes: applicationProcesses }
        : { ...known, processes: processesOf(known, "paper", inventory) };
    });
  const plan = syntheticPlan(figures, benchmarks);
  const measurements = plan.launches.flatMap(measurementsOf(figures, benchmarks));
  return {
    fidelity: "hardware",
    origin: "synthetic",
    directory,
    results: resultsOf(figures, plan, measurements, directory),
    plan,
    inventory,
    events: eventsOf(plan),
    measurements,
    benchmarks,
  };
}

function applicationNamed(name: string): BenchmarkDescription {
  const family = name.startsWith("spec-") ? "spec-mpi" : name.replace(/-.*/, "");
  return { name, family, title: name, metric: { statistic: "time", unit: "s", better: "lower" } };
}

function syntheticPlan(figures: Figures, benchmarks: readonly DescribedBenchmark[]): Plan {
  const { seed, blocks, sizesBytes } = figures;
  const withSizes = new Set(figures.native.filter(hasSizes).map(({ benchmark }) => benchmark));
  const contents = benchmarks.flatMap(({ name: benchmark }) =>
    paperEnvironments.map((environment) => ({
      benchmark,
      environment,
      sizesBytes: withSizes.has(benchmark) ? sizesBytes : [],
    })),
  );
  const launches = Array.from({ length: blocks }, (_, index) => index + 1).flatMap((block) =>
    contents.map((content, place): Launch => {
      const launch = (block - 1) * contents.length + place + 1;
      return { ...content, sizesBytes: [...content.sizesBytes], launch, block, warmUp: false };
    }),
  );
  const suite = suiteSchema.parse({ sizesBytes, launches: blocks, seed });
  return {
    schemaVersion: 1,
    planDigest: sha256(canonicalJson(figures)),
    suite: {
      ...suite,
      benchmarks: benchmarks.map(({ name }) => name),
      environments: [...paperEnvironments],
      profile: "paper",
    },
    launches,
  };
}

function attemptOf({ launch }: Launch): string {
  return `${String(launch).padStart(4, "0")}.1`;
}

function measurementsOf(figures: Figures, benchmarks: readonly DescribedBenchmark[]) {
  const described = new Map(benchmarks.map((benchmark) => [benchmark.name, benchmark]));
  return (launch: Launch): HardwareMeasurement[] => {
    const { metric } = described.get(launch.benchmark) as DescribedBenchmark;
    const sizes = launch.sizesBytes.length === 0 ? [null] : launch.sizesBytes;
    const ofBenchmark = figures.native.filter(({ benchmark }) => benchmark === launch.benchmark);
    return ofBenchmark.flatMap((native) =>
      sizes.map((sizeBytes) => ({
        fidelity: "hardware",
        environment: launch.environment,
        benchmark: launch.benchmark,
        block: launch.block,
        attempt: attemptOf(launch),
        sizeBytes,
        statistic: native.statistic ?? metric.statistic,
        unit: native.statistic === undefined ? metric.unit : "s",
        value:
          inUnit(modelValue(figures, native, launch.environment, sizeBytes), native, metric.unit) *
          noise(figures, launch, native, sizeBytes),
        tool: "synthetic",
        source: { file: logs, line: 1 },
      })),
    );
  };
}

/** The model has bandwidths in GB/s, tools in units of their own. */
function inUnit(value: number, native: NativeFigure, unit: string): number {
  if (!("peakGigabytesPerSecond" in native)) return value;
  return unit === "MiB/s" ? (value * 1e9) / 2 ** 20 : value * 1e3;
}

/** What all environments share in a block, times what only this number has. */
function noise(
  { seed, spreadPercent }: Figures,
  { block, benchmark, environment }: Launch,
  { statistic }: NativeFigure,
  sizeBytes: number | null,
): number {
  const ofBlock = deviate(seed, [block, benchmark, sizeBytes, statistic]);
  const ofLaunch = deviate(seed, [block, benchmark, sizeBytes, statistic, environment]);
  return Math.exp((spreadPercent.block * ofBlock + spreadPercent.launch * ofLaunch) / 100);
}

/** Standard normal, the same for the same purpose whatever else was drawn. */
function deviate(seed: number, purpose: readonly unknown[]): number {
  return normalQuantile(new RandomNumbers(randomStream(seed, `synthetic ${purpose.join(" ")}`)).fraction());
}

function eventsOf({ launches }: Plan): LedgerEvent[] {
  const valid = launches.map((launch) => ({
    event: "valid" as const,
    time,
    attempt: attemptOf(launch),
    launch: launch.launch,
    seconds: 0,
    exitCodes: { client: 0, servers: [0] },
    logs: [],
    transport: null,
  }));
  return [...valid, { event: "finished", time }];
}

function resultsOf(
  { seed, blocks }: Figures,
  plan: Plan,
  measurements: readonly HardwareMeasurement[],
  path: string,
): HardwareResults {
  const groups = Map.groupBy(measurements, ({ benchmark, environment, sizeBytes, statistic }) =>
    [benchmark, environment, sizeBytes, statistic].join(" "),
  );
  const cells = [...groups.values()].map((group) => cellOf(group, blocks));
  const pairs = paperEnvironments.flatMap((first, index) =>
    paperEnvironments.slice(index + 1).map((second): [EnvironmentName, EnvironmentName] => [first, second]),
  );
  const launches = plan.launches.length;
  return {
    schemaVersion: 1,
    fidelity: "hardware",
    runId: "synthetic",
    stack: "synthetic",
    path,
    sha256: null,
    report: null,
    planDigest: plan.planDigest,
    seed,
    started: time,
    finished: time,
    complete: true,
    ending: {
      reason: "planned",
      launches: blocks,
      minutesSpent: 0,
      relativeWidth: null,
      wideCells: 0,
      widest: [],
    },
    warnings: [],
    programs: [],
    cells,
    cellsOmitted: 0,
    differences: [],
    differencesOmitted: 0,
    comparisons: pairs.map((environments) => ({ environments, comparable: true, reasons: [] })),
    activeEnvironment: null,
    counts: {
      cells: cells.length,
      valid: cells.length,
      refused: 0,
      notAvailable: 0,
      missing: 0,
      launchesPlanned: launches,
      launchesValid: launches,
      launchesProven: 0,
      attempts: launches,
      attemptsRefused: 0,
    },
  };
}

function cellOf(group: readonly HardwareMeasurement[], blocks: number): HardwareResults["cells"][number] {
  const [{ benchmark, environment, sizeBytes, statistic, unit }] = group as [HardwareMeasurement];
  const values = group.map(({ value }) => value).sort((a, b) => a - b);
  return {
    ...{ benchmark, environment, sizeBytes, statistic, unit },
    status: "valid",
    launches: values.length,
    launchesPlanned: blocks,
    launchesProven: 0,
    attemptsRefused: 0,
    median: median(values),
    minimum: values[0] as number,
    maximum: values.at(-1) as number,
  };
}
