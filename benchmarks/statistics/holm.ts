/**
 * Holm's step-down adjustment ("A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6(2), 1979):
 * with it, the chance of even one false difference in a figure is at most the level, however the tests depend on each other.
 */

/** The p-values adjusted, in the order given: one that is at most the level is a difference at that level. */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues
    .map((_, index) => index)
    .sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length);
  let greatest = 0;
  order.forEach((index, step) => {
    greatest = Math.max(greatest, Math.min(1, (pValues.length - step) * (pValues[index] as number)));
    adjusted[index] = greatest;
  });
  return adjusted;
}
