/** From a result set to what it says: each cell by itself, and each pair of environments at each size. Pure. */
import type { EnvironmentName, Fidelity } from "../../infra/inventory.ts";
import type { Measurement } from "../measurement.ts";
import type { DescribedBenchmark, ResultSet } from "../result-set/result-set.ts";
import { type ComparisonSettings, usualSettings } from "../statistics/comparison.ts";
import { type Description, describeSample, type Sample, samplesOf } from "../statistics/sample.ts";
import { inPaperOrder } from "../summary.ts";
import { type PairAnalysis, pairAnalyses } from "./pairs.ts";
import { warningsOf } from "./warnings.ts";

/** The launches of one benchmark in one environment at one size. */
export interface CellAnalysis<Kind extends Fidelity = Fidelity> {
  readonly environment: EnvironmentName;
  readonly sizeBytes: number | null;
  /** Of the benchmark's metric. */
  readonly sample: Sample<Kind>;
  readonly description: Description;
}

/** One benchmark: what the paper has as a figure. Comparisons are adjusted for how many of them it has. */
export interface BenchmarkAnalysis<Kind extends Fidelity = Fidelity> {
  readonly benchmark: DescribedBenchmark;
  readonly statistic: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  /** Sizes ascending, and environments in the paper's order within a size. Only cells with launches. */
  readonly cells: readonly CellAnalysis<Kind>[];
  /** In the same order. */
  readonly pairs: readonly PairAnalysis<Kind>[];
}

export interface Analysis<out Kind extends Fidelity = Fidelity> {
  readonly fidelity: Kind;
  readonly set: ResultSet<Kind>;
  readonly settings: ComparisonSettings;
  readonly benchmarks: readonly BenchmarkAnalysis<Kind>[];
  /** Of all statistics, those beside the metrics too. */
  readonly samples: readonly Sample<Kind>[];
  /** Sentences: what the reader should know before any number. */
  readonly warnings: readonly string[];
}

/** 95 % intervals, 5 % false differences in a figure, and "near native" where neither is more than 10 % above the other. */
export const defaultSettings: ComparisonSettings = { ...usualSettings, margin: 0.1, seed: 1 };

/** Analyses a result set. The same set and settings give the same analysis. */
export function analyse<Kind extends Fidelity>(
  set: ResultSet<Kind>,
  settings: ComparisonSettings = defaultSettings,
): Analysis<Kind> {
  // Both types are the same for either fidelity; for a `Kind` still open the compiler can't see it.
  const measurements = set.measurements as readonly Extract<Measurement, { fidelity: Kind }>[];
  const samples = samplesOf<Kind>(measurements);
  const byBenchmark = Map.groupBy(samples, ({ benchmark }) => benchmark);
  const benchmarks = set.benchmarks.map((benchmark) =>
    analyseBenchmark(benchmark, byBenchmark.get(benchmark.name) ?? [], set, settings),
  );
  return {
    fidelity: set.fidelity,
    set,
    settings,
    benchmarks,
    samples,
    warnings: warningsOf(set.results, benchmarks, settings),
  };
}

/** One benchmark of a set, by the metric that it is described with. */
export function analyseBenchmark<Kind extends Fidelity>(
  benchmark: DescribedBenchmark,
  samples: readonly Sample<Kind>[],
  { results, plan }: ResultSet<Kind>,
  settings: ComparisonSettings,
): BenchmarkAnalysis<Kind> {
  const { statistic, unit, better } = benchmark.metric;
  const environments = inPaperOrder(plan.suite.environments);
  const cells = samples
    .filter((sample) => sample.statistic === statistic && sample.unit === unit)
    .sort(
      (a, b) =>
        (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0) ||
        environments.indexOf(a.environment) - environments.indexOf(b.environment),
    )
    .map((sample) => ({
      environment: sample.environment,
      sizeBytes: sample.sizeBytes,
      sample,
      description: describeSample(sample, settings.confidence, settings.seed),
    }));
  const pairs = pairAnalyses(cells, results.comparisons, better, settings);
  return { benchmark, statistic, unit, better, cells, pairs };
}
