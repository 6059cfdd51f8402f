/**
 * The interval between two order statistics that covers a distribution's median, whatever the distribution: each launch lies below the
 * median with probability ½, so that the number below is binomial. David and Nagaraja, Order Statistics, 3rd ed., 2003, ch. 7.1; Conover,
 * Practical Nonparametric Statistics, 3rd ed., 1999, ch. 3.2. For values with ties it covers at least as often.
 */
import type { Interval } from "./bca.ts";
import { cannotSay, percentText, type Said, tooFew, whyNotPositive } from "./cannot-say.ts";
import { ascending } from "./quantile.ts";
import { blocksForTwoSided, signedSums } from "./signed-rank.ts";

export interface MedianInterval extends Interval {
  /** Rank of the lower end from the least value, and of the upper end from the greatest, from 1. */
  readonly rank: number;
  /** The probability that such an interval covers the median: at least what was asked for, since ranks are whole. */
  readonly coverage: number;
}

/** The narrowest symmetric interval by rank that covers at least as often as asked for. */
export function medianInterval(values: readonly number[], confidence: number): Said<MedianInterval> {
  const wrong = whyNotPositive(values);
  if (wrong !== null) return cannotSay(wrong);
  const needed = blocksForTwoSided(1 - confidence);
  if (values.length < needed) {
    return tooFew(`a median's interval at ${percentText(confidence)}`, "launches", needed, values.length);
  }
  const { rank, coverage } = medianRank(values.length, confidence);
  const sorted = ascending(values);
  return { lower: sorted[rank - 1] as number, upper: sorted[sorted.length - rank] as number, rank, coverage };
}

/** The greatest rank r with 1 − 2·P(at most r − 1 of the launches below the median) ≥ confidence. */
function medianRank(launches: number, confidence: number): { rank: number; coverage: number } {
  const below = signedSums(new Array<number>(launches).fill(1));
  let rank = 1;
  let outside = below[0] as number;
  while (1 - 2 * (outside + (below[rank] as number)) >= confidence) outside += below[rank++] as number;
  return { rank, coverage: 1 - 2 * outside };
}
