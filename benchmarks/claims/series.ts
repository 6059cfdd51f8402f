/** The launches behind a quantity: one number a block for what is above the line, and one for what is below it. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { BenchmarkDescription } from "../result-set/result-set.ts";
import { type LaunchValue, type PairedBlock, pairBlocks } from "../statistics/blocks.ts";
import { isCannotSay, type Said } from "../statistics/cannot-say.ts";
import { medianOf } from "../statistics/quantile.ts";
import type { Sample } from "../statistics/sample.ts";
import type { Series } from "./claim.ts";
import type { Grounds } from "./grounds.ts";
import type { Obstacle } from "./obstacle.ts";

/** A series in the results: what it is of, and its launches by size. */
export interface FoundSeries {
  readonly benchmark: BenchmarkDescription;
  readonly environment: EnvironmentName;
  readonly bySize: ReadonlyMap<number | null, Sample>;
}

/** The series of a result set, found by what claims say of them. */
export class SeriesIndex {
  readonly #grounds: Grounds;
  readonly #samples: ReadonlyMap<string, readonly Sample[]>;

  constructor(grounds: Grounds) {
    this.#grounds = grounds;
    this.#samples = Map.groupBy(grounds.samples, ({ benchmark, environment, statistic, unit }) =>
      [benchmark, environment, statistic, unit].join(" "),
    );
  }

  /** The launches of a series, or why there are none. */
  find({ benchmark: name, environment, metric }: Series): FoundSeries | Obstacle {
    const benchmark = this.benchmark(name);
    if (benchmark === undefined) return { about: name, problem: "not in the results" };
    const { plan } = this.#grounds.set;
    if (!plan.suite.environments.includes(environment)) {
      return { about: environment, problem: "not in the results" };
    }
    const { statistic, unit } = metric ?? benchmark.metric;
    const samples = this.#samples.get([name, environment, statistic, unit].join(" ")) ?? [];
    if (samples.length === 0) {
      const part = metric === undefined ? "" : ` with ${statistic}`;
      return { about: name, problem: `no valid launch in ${environment}${part}` };
    }
    return {
      benchmark,
      environment,
      bySize: new Map(samples.map((sample) => [sample.sizeBytes, sample])),
    };
  }

  /** The benchmark of a name with its processes; undefined when the run did not have it. */
  benchmark(name: string) {
    return this.#grounds.set.benchmarks.find((benchmark) => benchmark.name === name);
  }

  /** Why two of the environments may not be held against each other; null when all may. */
  whyNotComparable(environments: readonly EnvironmentName[]): Obstacle | null {
    const refused = this.#grounds.set.results.comparisons.find(
      (comparison) =>
        !comparison.comparable && comparison.environments.every((name) => environments.includes(name)),
    );
    if (refused === undefined) return null;
    return {
      about: refused.environments.join(" and "),
      problem: `not comparable (${refused.reasons.join("; ")})`,
    };
  }
}

/** One sample above or below the line, and with which weight its logarithm counts. */
export interface Term {
  readonly sample: Sample;
  readonly weight: number;
}

/**
 * The blocks that have launches of every term, each with the weighted geometric means of its terms' medians: the ratio of their medians
 * is the quantity's, and what drifts over the blocks leaves it. Blocks that share an activation of any term are joined, as in a ratio of
 * two environments.
 */
export function quotientBlocks(
  subject: readonly Term[],
  reference: readonly Term[],
): Said<readonly PairedBlock[]> {
  const [above, below] = [subject, reference].map((terms) => terms.map(byBlock)) as [
    WeightedBlocks[],
    WeightedBlocks[],
  ];
  const all = [...above, ...below];
  const complete = [...(all[0]?.blocks.keys() ?? [])].filter((block) =>
    all.every(({ blocks }) => blocks.has(block)),
  );
  const pairing = pairBlocks(
    complete.flatMap((block) => combined(above, block)),
    complete.flatMap((block) => combined(below, block)),
  );
  return isCannotSay(pairing) ? pairing : pairing.blocks;
}

interface WeightedBlocks {
  readonly weight: number;
  readonly blocks: ReadonlyMap<number, readonly LaunchValue[]>;
}

function byBlock({ sample, weight }: Term): WeightedBlocks {
  return { weight, blocks: Map.groupBy(sample.launches, ({ block }) => block) };
}

/** The terms of one block as one number, told once for each activation that is in it. */
function combined(terms: readonly WeightedBlocks[], block: number): LaunchValue[] {
  const launches = terms.flatMap(({ blocks }) => blocks.get(block) ?? []);
  const value = geometricMean(terms, block);
  const position = launches[0]?.position ?? 0;
  const activations = new Set(launches.map(({ activation }) => activation));
  return [...activations].map((activation) => ({ block, position, activation, value }));
}

function geometricMean(terms: readonly WeightedBlocks[], block: number): number {
  const medians = terms.map(({ weight, blocks }) => ({
    weight,
    median: medianOf((blocks.get(block) ?? []).map(({ value }) => value)),
  }));
  // A single term stays as it was measured: no logarithm's rounding on the way.
  const [only, ...others] = medians;
  if (only?.weight === 1 && others.length === 0) return only.median;
  return Math.exp(medians.reduce((sum, { weight, median }) => sum + weight * Math.log(median), 0));
}
