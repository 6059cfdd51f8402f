/** A statement's quantity in a run: its estimates, or why there are none. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { Interval } from "../statistics/bca.ts";
import type { PairedBlock } from "../statistics/blocks.ts";
import { cannotSay, isAnswer, isCannotSay, type Said, tooFew } from "../statistics/cannot-say.ts";
import type { ComparisonSettings } from "../statistics/comparison.ts";
import { randomStream } from "../statistics/generator.ts";
import { medianInterval } from "../statistics/median-interval.ts";
import { medianOf } from "../statistics/quantile.ts";
import { type Ratio, ratioOfMedians, relativeChange } from "../statistics/ratio.ts";
import type { Quantity, Series, Statement } from "./claim.ts";
import type { Estimate } from "./decide.ts";
import { isObstacle, type Obstacle, obstaclesText } from "./obstacle.ts";
import { type FoundSeries, quotientBlocks, type SeriesIndex, type Term } from "./series.ts";
import { type SizeRange, sizesIn } from "./sizes.ts";

/** A number with its interval at a confidence. */
interface Answer {
  readonly value: number | null;
  readonly interval: Said<Interval>;
}

/** A number that waits for the confidence at which its interval is wanted, which depends on how many there are. */
export interface Pending {
  readonly sizeBytes: number | null;
  readonly at: (confidence: number) => Answer;
}

/** What a statement's estimates will be made of, and the parts of its quantity that are not in the results. */
export interface Prepared {
  readonly pending: readonly Pending[];
  readonly sizesBytes: readonly (number | null)[];
  readonly missing: readonly Obstacle[];
}

/** Prepares a statement, or says why it can't be tested. */
export function prepare(
  statement: Statement,
  index: SeriesIndex,
  settings: ComparisonSettings,
  needsCoverage: boolean,
): Prepared | Obstacle {
  const { quantity } = statement;
  if (quantity.kind === "overall") return prepareOverall(quantity, statement, index, settings, needsCoverage);
  const found = seriesOf(quantity).map((series) => index.find(series));
  const missing = found.find(isObstacle);
  if (missing !== undefined) return missing;
  const series = found as FoundSeries[];
  const refused = index.whyNotComparable(series.map(({ environment }) => environment));
  if (refused !== null) return refused;
  const sizesBytes = commonSizes(series, statement.sizes, needsCoverage);
  if (isObstacle(sizesBytes)) return sizesBytes;
  const groups = statement.extent === "typical" ? [sizesBytes] : sizesBytes.map((sizeBytes) => [sizeBytes]);
  const pending = groups.map((group) => ({
    sizeBytes: group.length === 1 ? (group[0] as number | null) : null,
    at: answerOf(quantity, series, group, settings),
  }));
  return { pending, sizesBytes, missing: [] };
}

/** All series of a quantity, those above the line first. */
function seriesOf(quantity: Exclude<Quantity, { kind: "overall" }>): Series[] {
  if (quantity.kind === "value") return [quantity.subject];
  return [quantity.subject, quantity.reference].flat();
}

/** The sizes at which all series have launches, or what the range needs and has none of. */
function commonSizes(
  series: readonly FoundSeries[],
  range: SizeRange,
  needsCoverage: boolean,
): (number | null)[] | Obstacle {
  const common = [...(series[0]?.bySize.keys() ?? [])].filter((sizeBytes) =>
    series.every(({ bySize }) => bySize.has(sizeBytes)),
  );
  const needed = needsCoverage ? [range, ...range.needs] : [range];
  const empty = needed.find((part) => sizesIn(common, part).length === 0);
  if (empty !== undefined) {
    const about = [...new Set(series.map(({ benchmark }) => benchmark.name))].join(" and ");
    return { about, problem: `no results at ${empty.words}` };
  }
  return sizesIn(common, range);
}

function terms({ bySize }: FoundSeries, sizesBytes: readonly (number | null)[], share = 1): Term[] {
  return sizesBytes.flatMap((sizeBytes) => {
    const sample = bySize.get(sizeBytes);
    return sample === undefined ? [] : [{ sample, weight: share / sizesBytes.length }];
  });
}

function answerOf(
  quantity: Exclude<Quantity, { kind: "overall" }>,
  series: readonly FoundSeries[],
  sizesBytes: readonly (number | null)[],
  settings: ComparisonSettings,
): Pending["at"] {
  const [first] = series as [FoundSeries];
  if (quantity.kind === "value") return valueAnswer(first, sizesBytes, quantity.unit);
  const all = series.map((one) => terms(one, sizesBytes));
  // (a/b)/(c/d) = (a·d)/(b·c).
  const [subject = [], reference = []] =
    quantity.kind === "ratio of ratios"
      ? [
          [...(all[0] ?? []), ...(all[3] ?? [])],
          [...(all[1] ?? []), ...(all[2] ?? [])],
        ]
      : all;
  const { kind } = quantity;
  const { better } = first.benchmark.metric;
  const names = series.map(({ benchmark, environment }) => `${benchmark.name} ${environment}`);
  const ratioAt = ratioAnswer(
    quotientBlocks(subject, reference),
    { numerator: first.environment, denominator: (series[1] ?? first).environment },
    [...names, ...sizesBytes].join(" "),
    settings,
  );
  return (confidence) => {
    const ratio = ratioAt(confidence);
    if (isCannotSay(ratio)) return { value: null, interval: ratio };
    if (kind !== "overhead" && kind !== "improvement") return ratio;
    const { fraction, interval } = relativeChange(ratio, better, kind);
    return { value: fraction, interval };
  };
}

/** The same stream at every confidence, so that the wider interval holds the narrower. */
function ratioAnswer(
  blocks: Said<readonly PairedBlock[]>,
  environments: Pick<Ratio, "numerator" | "denominator">,
  purpose: string,
  { seed, resamples }: ComparisonSettings,
): (confidence: number) => Said<Ratio> {
  if (isCannotSay(blocks)) return () => blocks;
  if (blocks.length === 0) return () => tooFew("a ratio", "complete blocks", 1, 0);
  return (confidence) => {
    const stream = randomStream(seed, `claims ${purpose}`);
    return ratioOfMedians(blocks, environments, { confidence, resamples }, stream);
  };
}

/** What a value in a tool's unit is to be multiplied by. */
const factors: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  us: { us: 1 },
  "GB/s": { "MB/s": 1e-3, "MiB/s": 2 ** 20 / 1e9, "GB/s": 1 },
};

function valueAnswer(
  { benchmark, bySize }: FoundSeries,
  sizesBytes: readonly (number | null)[],
  unit: string,
): Pending["at"] {
  const [sizeBytes = null] = sizesBytes;
  const factor = factors[unit]?.[benchmark.metric.unit];
  const values = (bySize.get(sizeBytes)?.launches ?? []).map(({ value }) => value);
  if (factor === undefined) {
    return () => ({ value: null, interval: cannotSay(`${benchmark.metric.unit} is not ${unit}`) });
  }
  return (confidence) => {
    const interval = medianInterval(values, confidence);
    return {
      value: medianOf(values) * factor,
      interval: isCannotSay(interval)
        ? interval
        : { lower: interval.lower * factor, upper: interval.upper * factor },
    };
  };
}

/** Improvement in the geometric mean over the benchmarks that are there, each in all of its sizes and each with the same weight. */
function prepareOverall(
  { benchmarks, subject, reference }: Extract<Quantity, { kind: "overall" }>,
  { sizes }: Statement,
  index: SeriesIndex,
  settings: ComparisonSettings,
  needsCoverage: boolean,
): Prepared | Obstacle {
  const refused = index.whyNotComparable([subject, reference]);
  if (refused !== null) return refused;
  const missing: Obstacle[] = [];
  const pairs = benchmarks.flatMap((benchmark) => {
    const pair = [subject, reference].map((environment) => index.find({ benchmark, environment }));
    const wrong = pair.find(isObstacle);
    const found = pair.flatMap((series) => (isObstacle(series) ? [] : [series]));
    const sizesBytes = wrong ?? commonSizes(found, sizes, needsCoverage);
    if (isObstacle(sizesBytes)) {
      missing.push(sizesBytes);
      return [];
    }
    return [{ found, sizesBytes }];
  });
  if (pairs.length < benchmarks.length / 2) {
    return {
      about: `${benchmarks.length} benchmarks`,
      problem: `only ${pairs.length} of them can be tested (${obstaclesText(missing)})`,
    };
  }
  const share = 1 / pairs.length;
  const weighted = pairs.map(({ found, sizesBytes }) => {
    const [above, below] = found as [FoundSeries, FoundSeries];
    const costs = [above, below].map((series) => terms(series, sizesBytes, share)) as [Term[], Term[]];
    // A rate's cost is its inverse: what is above the line goes below it.
    return above.benchmark.metric.better === "lower" ? costs : costs.toReversed();
  });
  const at = costAnswer(weighted as [Term[], Term[]][], { subject, reference }, settings);
  return { pending: [{ sizeBytes: null, at }], sizesBytes: [], missing };
}

function costAnswer(
  costs: readonly (readonly [readonly Term[], readonly Term[]])[],
  { subject, reference }: Readonly<Record<"subject" | "reference", EnvironmentName>>,
  settings: ComparisonSettings,
): Pending["at"] {
  const blocks = quotientBlocks(
    costs.flatMap(([above]) => above),
    costs.flatMap(([, below]) => below),
  );
  const environments = { numerator: subject, denominator: reference };
  const ratioAt = ratioAnswer(blocks, environments, `overall ${subject} ${reference}`, settings);
  return (confidence) => {
    const ratio = ratioAt(confidence);
    if (!isAnswer(ratio)) return { value: null, interval: ratio };
    const { fraction, interval } = relativeChange(ratio, "lower", "improvement");
    return { value: fraction, interval };
  };
}

/** The estimates of prepared numbers. @param family how many estimates its claim has in all */
export function estimate(
  pending: readonly Pending[],
  family: number,
  { confidence }: Pick<ComparisonSettings, "confidence">,
): Estimate[] {
  return pending.map(({ sizeBytes, at }) => {
    const { value, interval } = at(confidence);
    const simultaneous = family === 1 ? interval : at(1 - (1 - confidence) / family).interval;
    return { sizeBytes, value, interval, simultaneous };
  });
}
