/**
 * Launches that lie far from the others: said, never left out. The rule is Iglewicz and Hoaglin's modified z-score above 3.5 (How to
 * Detect and Handle Outliers, ASQC Basic References in Quality Control 16, 1993, ch. 3): the distance from the median in units of the
 * median absolute deviation, which half of the launches may be wild without moving. On logarithms, so that neither the unit nor the
 * choice of times or rates decides who is one.
 */
import { medianOf } from "./quantile.ts";

export interface Outlier {
  /** Where the launch stands among the values. */
  readonly index: number;
  readonly value: number;
  /** Modified z-score: below 0 for a value that is too small. */
  readonly score: number;
}

const limit = 3.5;
/** What makes the deviations of a normal distribution estimate its standard deviation: 1/Φ⁻¹(¾) and √(π/2). */
const medianDeviationFactor = 1.482602218505602;
const meanDeviationFactor = 1.2533141373155001;

/** The values' outliers, in their order. @param values above 0 */
export function findOutliers(values: readonly number[]): Outlier[] {
  if (values.length === 0) return [];
  const logarithms = values.map(Math.log);
  const middle = medianOf(logarithms);
  const scale = scaleOf(logarithms.map((value) => Math.abs(value - middle)));
  return values.flatMap((value, index) => {
    const score = scale === 0 ? 0 : ((logarithms[index] as number) - middle) / scale;
    return Math.abs(score) > limit ? [{ index, value, score }] : [];
  });
}

/** Where rounding makes more than half of the launches equal the mean deviation stands in, as the authors say; 0 where all are equal. */
function scaleOf(deviations: readonly number[]): number {
  const median = medianOf(deviations);
  if (median > 0) return median * medianDeviationFactor;
  return (deviations.reduce((sum, value) => sum + value, 0) / deviations.length) * meanDeviationFactor;
}
