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
  const { index, fraction } = positionOf(sorted.length, probability, type);
  return between(sorted[index] as number, sorted[Math.min(index + 1, sorted.length - 1)] as number, fraction);
}

/**
 * The same of values in any order, which it moves about: where few quantiles are wanted, selection is quicker than sorting.
 * @param values at least one
 */
export function quantileSelected(values: Float64Array, probability: number, type: QuantileType = 7): number {
  const { index, fraction } = positionOf(values.length, probability, type);
  select(values, index);
  let next = values[Math.min(index + 1, values.length - 1)] as number;
  for (let above = index + 2; above < values.length; above++) next = Math.min(next, values[above] as number);
  return between(values[index] as number, next, fraction);
}

/** Which value a quantile begins at, and how far it lies towards the next one. */
function positionOf(
  count: number,
  probability: number,
  type: QuantileType,
): { index: number; fraction: number } {
  if (count === 0) throw new RangeError("there is no quantile of no values");
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`a probability is from 0 to 1, not ${probability}`);
  }
  const [alpha, beta] = plottingPositions[type];
  const position = alpha + probability * (count + 1 - alpha - beta);
  const within = Math.min(Math.max(position, 1), count);
  const rank = Math.min(Math.floor(within), Math.max(count - 1, 1));
  return { index: rank - 1, fraction: within - rank };
}

/** Equal neighbours are given back as they are: an interpolation could miss them by a rounding. */
function between(lower: number, upper: number, fraction: number): number {
  return lower === upper ? lower : lower + fraction * (upper - lower);
}

/**
 * Puts the value of an index there, with none greater before it and none smaller behind it: C. A. R. Hoare, "Algorithm 65: Find",
 * Communications of the ACM 4(7), 1961.
 */
function select(values: Float64Array, index: number): void {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = values[index] as number;
    let up = first;
    let down = last;
    while (up <= down) {
      while ((values[up] as number) < pivot) up++;
      while ((values[down] as number) > pivot) down--;
      if (up > down) break;
      const swapped = values[up] as number;
      values[up++] = values[down] as number;
      values[down--] = swapped;
    }
    if (down < index) first = up;
    if (up > index) last = down;
  }
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
function medianSorted(sorted: ArrayLike<number>): number {
  return quantileSorted(sorted, 0.5);
}
