/**
 * The rank-sum test of two independent samples (Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945;
 * Mann and Whitney, Annals of Mathematical Statistics 18(1), 1947), exact with any ties: without a difference each choice of so many
 * of the ranks that there are is equally likely to be the first sample's. Nothing is assumed of how values are distributed.
 */
import { midranks } from "./signed-rank.ts";

/** Probabilities of a rank sum at least as extreme as the one seen. */
export interface RankSum {
  /** Small when the first sample's values are the greater ones. */
  readonly greaterPValue: number;
  /** Small when they are the lesser ones. */
  readonly lessPValue: number;
  readonly twoSidedPValue: number;
}

/** The test of the first sample against the second, each with at least one value. */
export function rankSum(first: readonly number[], second: readonly number[]): RankSum {
  const ranks = midranks([...first, ...second]);
  // Midranks are whole or half: doubled where any is half, they index an array.
  const scale = ranks.every(Number.isInteger) ? 1 : 2;
  const whole = ranks.map((rank) => rank * scale);
  const seen = sumOf(whole.slice(0, first.length));
  const ways = waysToSum(whole, first.length);
  const all = sumOf(ways);
  const greaterPValue = sumOf(ways.subarray(seen)) / all;
  const lessPValue = sumOf(ways.subarray(0, seen + 1)) / all;
  return { greaterPValue, lessPValue, twoSidedPValue: Math.min(1, 2 * Math.min(greaterPValue, lessPValue)) };
}

/** For each sum, how many choices of `size` of the numbers give it. Doubles hold them for up to 1000 numbers. */
function waysToSum(numbers: readonly number[], size: number): Float64Array {
  const sums = sumOf(numbers) + 1;
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(sums));
  (ways[0] as Float64Array)[0] = 1;
  let greatest = 0;
  for (const number of numbers) {
    greatest += number;
    for (let chosen = size; chosen >= 1; chosen--) {
      const [without, within] = [ways[chosen - 1], ways[chosen]] as [Float64Array, Float64Array];
      for (let sum = greatest; sum >= number; sum--) {
        within[sum] = (within[sum] as number) + (without[sum - number] as number);
      }
    }
  }
  return ways[size] as Float64Array;
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The least two-sided p-value that samples of these sizes can give: when one lies wholly above the other. */
export function leastRankSumPValue(first: number, second: number): number {
  let choices = 1;
  for (let taken = 1; taken <= first; taken++) choices *= (second + taken) / taken;
  return Math.min(1, 2 / choices);
}
