/** Ratios between environments, named with what they are divided by. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import { acceleration, bcaInterval, expandedConfidence, type Interval } from "./bca.ts";
import { logRatioOfMedians, type PairedBlock } from "./blocks.ts";
import { isCannotSay, percentText, type Said, tooFew } from "./cannot-say.ts";
import type { RandomStream } from "./generator.ts";
import { resampledLogRatios } from "./resample.ts";
import { blocksForTwoSided } from "./signed-rank.ts";

/** The median of one environment over that of another. */
export interface Ratio {
  readonly numerator: EnvironmentName;
  readonly denominator: EnvironmentName;
  readonly value: number;
  readonly confidence: number;
  readonly interval: Said<Interval>;
}

/** How the bootstrap is to be done. */
export interface BootstrapSettings {
  readonly confidence: number;
  readonly resamples: number;
}

/**
 * The ratio of medians with its interval: BCa at the level that covers with so few blocks, on logarithms, so that the interval of the
 * inverse is the inverse interval. Where even a test free of assumptions can't reach the level there is no interval: with fewer blocks
 * the bootstrap would give one, and it would be wrong.
 * @param blocks at least one
 */
export function ratioOfMedians(
  blocks: readonly PairedBlock[],
  environments: Pick<Ratio, "numerator" | "denominator">,
  { confidence, resamples }: BootstrapSettings,
  stream: RandomStream,
): Ratio {
  const estimate = logRatioOfMedians(blocks);
  const ratio = { ...environments, value: Math.exp(estimate), confidence };
  const needed = blocksForTwoSided(1 - confidence);
  if (blocks.length < needed) {
    const what = `a ratio's interval at ${percentText(confidence)}`;
    return { ...ratio, interval: tooFew(what, "complete blocks", needed, blocks.length) };
  }
  const leaveOneOut = blocks.map((_, left) => logRatioOfMedians(blocks.toSpliced(left, 1)));
  const distribution = resampledLogRatios(blocks, resamples, stream);
  const interval = bcaInterval(
    distribution,
    estimate,
    acceleration([leaveOneOut]),
    expandedConfidence(confidence, blocks.length),
  );
  return { ...ratio, interval: mapped(interval, Math.exp) };
}

/** How much worse or better an environment is than the one it is compared with, as a fraction of the latter's value. */
export interface RelativeChange {
  /** Overhead is above 0 where the environment is worse, improvement where it is better. */
  readonly quantity: "overhead" | "improvement";
  readonly subject: EnvironmentName;
  readonly denominator: EnvironmentName;
  readonly fraction: number;
  readonly interval: Said<Interval>;
}

/**
 * Overhead or improvement of the numerator, always as a fraction of the denominator's value: 0.91 µs against 1.20 µs is 24 % better, and
 * not 32 %, which is how much worse 1.20 µs is than 0.91 µs. For rates a higher value is the better one, and the same holds.
 */
export function relativeChange(
  { numerator, denominator, value, interval }: Ratio,
  better: "lower" | "higher",
  quantity: RelativeChange["quantity"],
): RelativeChange {
  const growthIsMeant = (better === "lower") === (quantity === "overhead");
  const fractionOf = (ratio: number): number => (growthIsMeant ? ratio - 1 : 1 - ratio);
  return {
    quantity,
    subject: numerator,
    denominator,
    fraction: fractionOf(value),
    interval: mapped(interval, fractionOf),
  };
}

/** Both ends through a function that keeps or turns their order. */
function mapped(interval: Said<Interval>, map: (value: number) => number): Said<Interval> {
  if (isCannotSay(interval)) return interval;
  const [a, b] = [map(interval.lower), map(interval.upper)];
  return { lower: Math.min(a, b), upper: Math.max(a, b) };
}
