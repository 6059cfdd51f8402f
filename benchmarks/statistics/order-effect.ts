/**
 * Whether launches that came later gave other values: Spearman's rank correlation of position and value ("The proof and measurement of
 * association between two things", American Journal of Psychology 15(1), 1904), with the p-value of a permutation test.
 */
import { shuffled } from "../random.ts";
import type { LaunchValue } from "./blocks.ts";
import { cannotSay, type Said, tooFew } from "./cannot-say.ts";
import { RandomNumbers, type RandomStream } from "./generator.ts";
import { midranks } from "./signed-rank.ts";

export interface OrderEffect {
  /** From −1 (later launches give smaller values) to 1. */
  readonly correlation: number;
  readonly pValue: number;
  /** All orders were tried, not some at random. */
  readonly exact: boolean;
}

/** With fewer, even a perfect order comes by chance in more than one of twenty runs: 2/4! = 0.083. */
const fewestLaunches = 5;
/** Up to as many, all orders are tried: 7! = 5,040. */
const exactLaunches = 7;
const permutations = 9999;
/** Sums of half ranks are exact; only the last rounding of equal correlations may differ. */
const tolerance = 1e-12;

/** The effect of a cell's order. */
export function orderEffect(launches: readonly LaunchValue[], stream: RandomStream): Said<OrderEffect> {
  if (launches.length < fewestLaunches) {
    return tooFew("a test of the order's effect", "launches", fewestLaunches, launches.length);
  }
  const positions = centred(midranks(launches.map(({ position }) => position)));
  const values = centred(midranks(launches.map(({ value }) => value)));
  const scale = Math.sqrt(product(positions, positions) * product(values, values));
  if (scale === 0)
    return cannotSay("all launches gave the same value: there is nothing that an order could change");
  const correlation = product(positions, values) / scale;
  const isAsFar = (order: readonly number[]): boolean =>
    Math.abs(product(positions, order) / scale) >= Math.abs(correlation) - tolerance;
  if (launches.length <= exactLaunches) {
    const orders = [...ordersOf(values)];
    return { correlation, pValue: orders.filter(isAsFar).length / orders.length, exact: true };
  }
  const random = new RandomNumbers(stream);
  let asFar = 0;
  for (let tried = 0; tried < permutations; tried++) if (isAsFar(shuffled(values, random.below))) asFar++;
  // The order seen counts as one of those tried: Phipson and Smyth, "Permutation p-values should never be zero", Statistical
  // Applications in Genetics and Molecular Biology 9(1), 2010.
  return { correlation, pValue: (asFar + 1) / (permutations + 1), exact: false };
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

/** Every order of the items. */
function* ordersOf(items: readonly number[]): Generator<number[]> {
  if (items.length <= 1) yield [...items];
  for (const [index, item] of items.length > 1 ? items.entries() : []) {
    for (const rest of ordersOf(items.toSpliced(index, 1))) yield [item, ...rest];
  }
}
