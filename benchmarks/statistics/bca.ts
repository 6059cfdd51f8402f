/**
 * The bias-corrected and accelerated bootstrap interval: Efron, "Better bootstrap confidence intervals", Journal of the American
 * Statistical Association 82(397), 1987; as in Efron and Tibshirani, An Introduction to the Bootstrap, 1993, ch. 14.3.
 */
import { cannotSay, type Said } from "./cannot-say.ts";
import { normalCumulative, normalQuantile } from "./normal.ts";
import { quantileSelected } from "./quantile.ts";
import { studentQuantile } from "./student.ts";

/** Both ends of an interval. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/**
 * z0: how far the estimate lies from the median of its bootstrap distribution. Ties count half, as in SciPy: medians of few launches
 * are often met exactly, and counting them on one side would make an interval that changes when the environments change places.
 */
export function biasCorrection(distribution: ArrayLike<number>, estimate: number): number {
  let below = 0;
  let equal = 0;
  for (let index = 0; index < distribution.length; index++) {
    const value = distribution[index] as number;
    if (value < estimate) below++;
    else if (value === estimate) equal++;
  }
  return normalQuantile((below + equal / 2) / distribution.length);
}

/**
 * a: how fast the estimate's spread changes with its value, from the estimates that each leave one block out. 0 where none changes it.
 * @param leaveOneOut for each independent sample the estimates without each of its blocks: one list where all blocks are of one run
 */
export function acceleration(leaveOneOut: readonly (readonly number[])[]): number {
  let squares = 0;
  let cubes = 0;
  for (const estimates of leaveOneOut) {
    const mean = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
    const weight = (estimates.length - 1) / estimates.length;
    for (const value of estimates) {
      squares += (weight * (mean - value)) ** 2;
      cubes += (weight * (mean - value)) ** 3;
    }
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * The level whose percentiles cover `confidence` with few blocks. Resampling n blocks gives a spread that is √((n − 1)/n) too small
 * and knows nothing of Student's wider tails: Hesterberg, "What teachers should know about the bootstrap", The American Statistician
 * 69(4), 2015, ch. 3.2.1, expanded percentile interval.
 */
export function expandedConfidence(confidence: number, blocks: number): number {
  const student = studentQuantile((1 + confidence) / 2, blocks - 1);
  return 1 - 2 * normalCumulative(-Math.sqrt(blocks / (blocks - 1)) * student);
}

/** The interval's two ends as probabilities of the bootstrap distribution. */
function bcaProbabilities(confidence: number, bias: number, accelerated: number): readonly [number, number] {
  const probability = (z: number): number =>
    normalCumulative(bias + (bias + z) / (1 - accelerated * (bias + z)));
  const z = normalQuantile((1 - confidence) / 2);
  return [probability(z), probability(-z)];
}

/**
 * The interval of an estimate.
 * @param distribution in any order; it is put into another
 * @param accelerated as `acceleration` gives it
 */
export function bcaInterval(
  distribution: Float64Array,
  estimate: number,
  accelerated: number,
  confidence: number,
): Said<Interval> {
  if (distribution.every((value) => value === distribution[0])) {
    return cannotSay("all resamples give the same value: the launches differ by less than the tool prints");
  }
  const bias = biasCorrection(distribution, estimate);
  if (!Number.isFinite(bias)) return cannotSay("the estimate lies outside all of its resamples");
  const [lower, upper] = bcaProbabilities(confidence, bias, accelerated);
  return { lower: quantileSelected(distribution, lower), upper: quantileSelected(distribution, upper) };
}
