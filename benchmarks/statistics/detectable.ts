/**
 * How large a difference would have had to be to be found: what "no difference" is worth. For the signed-rank test that found none,
 * under normal noise of the spread seen.
 */
import { cannotSay, type Said } from "./cannot-say.ts";
import { RandomNumbers, randomStream } from "./generator.ts";
import { normalQuantile } from "./normal.ts";
import { ascending, quantileSorted } from "./quantile.ts";
import { blocksForTwoSided, signedSums } from "./signed-rank.ts";

export interface MinimumDetectable {
  /** Above 1: this ratio or its inverse would have been found. */
  readonly ratio: number;
  /** How likely it would have been found. */
  readonly power: number;
  /** The level of the one test: the figure's, divided by its tests, as Holm's first step is. */
  readonly level: number;
}

/** Up to as many blocks the shift is simulated; beyond, the test's normal limit is as close. */
const simulatedBlocks = 30;
const simulations = 4000;
/** Efficiency of the signed-rank test against Student's t under normal noise: Lehmann, Nonparametrics, 1975, ch. 4.3. */
const efficiency = 3 / Math.PI;
const shifts = new Map<string, number>();

/** @param logRatios of the blocks, enough of them for the level */
export function minimumDetectable(
  logRatios: readonly number[],
  level: number,
  power: number,
): Said<MinimumDetectable> {
  const mean = logRatios.reduce((sum, value) => sum + value, 0) / logRatios.length;
  const squares = logRatios.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (squares === 0)
    return cannotSay("all blocks give the same ratio: launches differ by less than the tool prints");
  const spread = Math.sqrt(squares / (logRatios.length - 1));
  return { ratio: Math.exp(detectableShift(logRatios.length, level, power) * spread), power, level };
}

/** The shift in standard deviations of normal noise that the test finds with that power. */
export function detectableShift(blocks: number, level: number, power: number): number {
  if (blocks < blocksForTwoSided(level)) return Number.POSITIVE_INFINITY;
  if (blocks > simulatedBlocks) {
    return (normalQuantile(1 - level / 2) + normalQuantile(power)) / Math.sqrt(blocks * efficiency);
  }
  const key = `${blocks} ${level} ${power}`;
  const known = shifts.get(key) ?? simulatedShift(blocks, level, power);
  shifts.set(key, known);
  return known;
}

/**
 * The rank sum of positive values is the number of their pairwise means above 0 (Tukey; Lehmann, Nonparametrics, ch. 2.4), and a shift
 * moves each of these means alike. So each simulated set tells by one order statistic which shift would have been found in it.
 */
function simulatedShift(blocks: number, level: number, power: number): number {
  const below = meansAllowedBelow(blocks, level);
  const random = new RandomNumbers(randomStream(0, "minimum detectable difference"));
  const needed = Float64Array.from({ length: simulations }, () => {
    const noise = Array.from({ length: blocks }, () => normalQuantile(random.fraction()));
    const means = noise.flatMap((a, index) => noise.slice(index).map((b) => (a + b) / 2));
    return -(ascending(means)[below] as number);
  });
  return quantileSorted(needed.sort(), power);
}

/** How many pairwise means may be below 0 where the two-sided test still finds a difference. */
function meansAllowedBelow(blocks: number, level: number): number {
  const distribution = signedSums(Array.from({ length: blocks }, (_, index) => index + 1));
  let count = 0;
  let tail = distribution[0] as number;
  while (2 * (tail + (distribution[count + 1] as number)) <= level) tail += distribution[++count] as number;
  return count;
}
