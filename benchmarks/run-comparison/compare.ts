/** Two runs of one stack, or runs of two stacks: each cell that both have, how its median changed, and how sure that is. Pure. */
import type { Fidelity } from "../../infra/inventory.ts";
import { UserError } from "../input.ts";
import type { DescribedBenchmark, ResultSet } from "../result-set/result-set.ts";
import { type CannotSay, cannotSay, percentText, type Said } from "../statistics/cannot-say.ts";
import type { ComparisonSettings } from "../statistics/comparison.ts";
import { randomStream } from "../statistics/generator.ts";
import { holmAdjusted } from "../statistics/holm.ts";
import {
  type IndependentRatio,
  independentUnits,
  ratioOfIndependentMedians,
} from "../statistics/independent-ratio.ts";
import { medianOf } from "../statistics/quantile.ts";
import { leastRankSumPValue, rankSum } from "../statistics/rank-sum.ts";
import { type Sample, samplesOf } from "../statistics/sample.ts";
import { inPaperOrder } from "../summary.ts";
import { type EnvironmentDifference, environmentDifferences } from "./differences.ts";
import { type NotCompared, unlikeWork } from "./problems.ts";

/** One run's side of a cell. */
export interface RunSide {
  readonly launches: number;
  /** Blocks, or groups of blocks under one activation of the environment: what is resampled and ranked. */
  readonly units: number;
  readonly median: number;
}

/** What the rank-sum test says after Holm's adjustment over the benchmark's cells. */
export interface RunDifference {
  readonly pValue: number;
  readonly adjustedPValue: number;
  readonly found: boolean;
}

/** A cell that both runs have. */
export interface ComparedCell extends Pick<Sample, "environment" | "sizeBytes"> {
  readonly first: RunSide;
  readonly second: RunSide;
  /** The second run's median over the first's. */
  readonly ratio: Said<IndependentRatio>;
  readonly difference: Said<RunDifference>;
}

/** The cells of one benchmark: what is adjusted together. */
export interface ComparedBenchmark {
  readonly benchmark: string;
  readonly statistic: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
  readonly cells: readonly ComparedCell[];
}

/** A cell of one run that the other has no number for. */
export type LoneCell = Pick<Sample, "benchmark" | "environment" | "sizeBytes" | "statistic" | "unit">;

export interface RunComparison<Kind extends Fidelity = Fidelity> {
  readonly fidelity: Kind;
  readonly first: RunName;
  readonly second: RunName;
  readonly settings: RunComparisonSettings;
  readonly benchmarks: readonly ComparedBenchmark[];
  readonly notCompared: readonly NotCompared[];
  readonly onlyInFirst: readonly LoneCell[];
  readonly onlyInSecond: readonly LoneCell[];
  readonly environmentDifferences: readonly EnvironmentDifference[];
  /** Sentences: what the reader should know before any number. */
  readonly warnings: readonly string[];
}

export interface RunName {
  readonly runId: string;
  readonly stack: string;
  readonly directory: string;
}

export type RunComparisonSettings = Pick<ComparisonSettings, "confidence" | "resamples" | "level" | "seed">;

/**
 * Compares the second run with the first. Throws UserError where no number may be made of the two: other fidelity, or measured beside
 * invented.
 */
export function compareRuns(
  first: ResultSet,
  second: ResultSet,
  settings: RunComparisonSettings,
): RunComparison {
  for (const what of ["fidelity", "origin"] as const) {
    if (first[what] !== second[what]) {
      throw new UserError(
        `${first.directory} is ${first[what]} and ${second.directory} is ${second[what]}: they can't be compared`,
      );
    }
  }
  const [ofFirst, ofSecond] = [metricSamples(first), metricSamples(second)];
  const benchmarks: ComparedBenchmark[] = [];
  const notCompared: NotCompared[] = [];
  for (const benchmark of first.benchmarks) {
    const pairs = [...ofFirst].flatMap(([key, sample]): Pair[] => {
      const other = ofSecond.get(key);
      return sample.benchmark !== benchmark.name || other === undefined ? [] : [[sample, other]];
    });
    if (pairs.length === 0) continue;
    const reason = unlikeWork(benchmark, first, second);
    if (reason === null) benchmarks.push(comparedBenchmark(benchmark, pairs, settings));
    else notCompared.push({ benchmark: benchmark.name, reason });
  }
  const differences = environmentDifferences(first, second);
  return {
    fidelity: first.fidelity,
    first: nameOf(first),
    second: nameOf(second),
    settings,
    benchmarks,
    notCompared,
    onlyInFirst: loneCells(ofFirst, ofSecond),
    onlyInSecond: loneCells(ofSecond, ofFirst),
    environmentDifferences: differences,
    warnings: warningsOf(first, second, differences),
  };
}

type Pair = readonly [Sample, Sample];

function nameOf({ results, directory }: ResultSet): RunName {
  return { runId: results.runId, stack: results.stack, directory };
}

/** The samples of the benchmarks' own metrics by what must be the same in both runs, sizes ascending. */
function metricSamples({ measurements, benchmarks, plan }: ResultSet): Map<string, Sample> {
  const environments = inPaperOrder(plan.suite.environments);
  const metrics = new Map(benchmarks.map(({ name, metric }) => [name, metric]));
  const samples = samplesOf(measurements)
    .filter(({ benchmark, statistic, unit }) => {
      const metric = metrics.get(benchmark);
      return metric?.statistic === statistic && metric.unit === unit;
    })
    .sort(
      (a, b) =>
        (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0) ||
        environments.indexOf(a.environment) - environments.indexOf(b.environment),
    );
  return new Map(samples.map((sample) => [JSON.stringify(cellOf(sample)), sample]));
}

function cellOf({ benchmark, environment, sizeBytes, statistic, unit }: Sample): LoneCell {
  return { benchmark, environment, sizeBytes, statistic, unit };
}

function loneCells(here: ReadonlyMap<string, Sample>, there: ReadonlyMap<string, Sample>): LoneCell[] {
  return [...here].flatMap(([key, sample]) => (there.has(key) ? [] : [cellOf(sample)]));
}

function comparedBenchmark(
  { name, metric }: DescribedBenchmark,
  pairs: readonly Pair[],
  settings: RunComparisonSettings,
): ComparedBenchmark {
  const units = pairs.map(
    ([first, second]) => [independentUnits(first.launches), independentUnits(second.launches)] as const,
  );
  const differences = testDifferences(
    units.map(([first, second]) => [first.map(medianOf), second.map(medianOf)] as const),
    settings.level,
  );
  const cells = pairs.map(([first, second], index): ComparedCell => {
    const { environment, sizeBytes } = first;
    const [ofFirst = [], ofSecond = []] = units[index] ?? [];
    const purpose = `runs ${name} ${environment} ${sizeBytes}`;
    return {
      environment,
      sizeBytes,
      first: sideOf(first, ofFirst.length),
      second: sideOf(second, ofSecond.length),
      ratio: ratioOfIndependentMedians(ofSecond, ofFirst, settings, randomStream(settings.seed, purpose)),
      difference: differences[index] ?? cannotSay("there is no pair"),
    };
  });
  return { benchmark: name, ...metric, cells };
}

function sideOf({ launches }: Sample, units: number): RunSide {
  return { launches: launches.length, units, median: medianOf(launches.map(({ value }) => value)) };
}

type Units = readonly [readonly number[], readonly number[]];

/** Tests that could be significant at all; the others say what they lack. Only counts of launches decide which, so that Holm holds. */
function testDifferences(pairs: readonly Units[], level: number): Said<RunDifference>[] {
  const alone = pairs.map((pair) => tooFewFor(pair, level, 1));
  const tested = pairs.filter((_, index) => alone[index] === null);
  const pValues = tested.map(([first, second]) => rankSum(first, second).twoSidedPValue);
  const adjusted = holmAdjusted(pValues);
  return pairs.map((pair, index) => {
    const why = alone[index];
    if (why != null) return why;
    const place = tested.indexOf(pair);
    const [pValue, adjustedPValue] = [pValues[place] as number, adjusted[place] as number];
    const found = adjustedPValue <= level;
    return (found ? null : tooFewFor(pair, level, tested.length)) ?? { pValue, adjustedPValue, found };
  });
}

/** Why a test at a level among so many can't find anything; null: it can. */
function tooFewFor([first, second]: Units, level: number, family: number): CannotSay | null {
  if (leastRankSumPValue(first.length, second.length) <= level / family) return null;
  let needed = Math.max(first.length, second.length, 1);
  while (leastRankSumPValue(needed, needed) > level / family) needed++;
  const among = family === 1 ? "" : ` among ${family} comparisons`;
  const reason = `a difference at ${percentText(level)}${among} needs about ${needed} launches in each run, there are ${first.length} and ${second.length}`;
  return { kind: "cannot say", reason, needed };
}

function warningsOf(
  first: ResultSet,
  second: ResultSet,
  differences: readonly EnvironmentDifference[],
): string[] {
  const sentences: string[] = [];
  if (first.results.sha256 === second.results.sha256) {
    sentences.push("Both are the same run: every ratio is 1 by itself.");
  }
  const unfair = differences.filter(({ fairness }) => fairness === "unfair");
  for (const [environment, ofEnvironment] of Map.groupBy(unfair, (difference) => difference.environment)) {
    const facts = ofEnvironment.map(({ what }) => what).join(", ");
    sentences.push(
      `The runs differ in ${facts} of ${environment}: its ratios are no ratios of the stacks alone.`,
    );
  }
  return sentences;
}
