/**
 * Sample quantiles as Hyndman and Fan number them ("Sample quantiles in statistical packages", The American Statistician 50(4), 1996):
 * type 7 is the default of R, NumPy and d3-array; type 8 is what the authors recommend, near median-unbiased whatever the distribution.
 * d3-array has type 7 alone, so that both are here rather than each from elsewhere.
 */

/** 7 for medians and bootstrap distributions, as SciPy takes it; 8 for describing a distribution by few launches. */
export type QuantileType = 7 | 8;

/** (α, β) of p(k) = (k − α)/(n + 1 − α − β), the plotting position that makes the type. */
const plottingPositions: Record<QuantileType, readonly [number, number]> = {
  7: [1, 1],
  8: [1 / 3, 1 / 3],
};

/**
 * The quantile of sorted values at a probability.
 * @param sorted ascending, at least one value
 */
export function quantileSorted(
  sorted: ArrayLike<number>,
  probability: number,
  type: QuantileType = 7,
): number {
  const count = sorted.length;
  if (count === 0) throw new RangeError("there is no quantile of no values");
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`a probability is from 0 to 1, not ${probability}`);
  }
  const [alpha, beta] = plottingPositions[type];
  const position = alpha + probability * (count + 1 - alpha - beta);
  const within = Math.min(Math.max(position, 1), count);
  const rank = Math.min(Math.floor(within), Math.max(count - 1, 1));
  const lower = sorted[rank - 1] as number;
  const upper = sorted[Math.min(rank, count - 1)] as number;
  // Equal neighbours are given back as they are: an interpolation could miss them by a rounding.
  return lower === upper ? lower : lower + (within - rank) * (upper - lower);
}

/** A copy in ascending order. */
export function ascending(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The middle value, or the mean of the two in the middle, in any order. */
export function medianOf(values: Iterable<number>): number {
  return medianSorted(ascending(values));
}

/** The median of ascending values, at least one. */
export function medianSorted(sorted: ArrayLike<number>): number {
  return quantileSorted(sorted, 0.5);
}
