/** Student's t distribution for whole degrees of freedom, where its area has a finite form. */

/** P(|T| ≤ t) for t ≥ 0: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 (odd) and 26.7.4 (even). */
function areaWithin(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan(t / Math.sqrt(degreesOfFreedom));
  const cosineSquared = Math.cos(angle) ** 2;
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let step = odd ? 1 : 0; step <= degreesOfFreedom - 2; step += 2) {
    sum += term;
    term *= (cosineSquared * (step + 1)) / (step + 2);
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/**
 * The t with P(T ≤ t) = probability, by halving: the area grows steadily with t.
 * @param probability from 1e-6 to 1 − 1e-6: farther out the two-sided area has too few digits left
 */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  if (probability < 0.5) return -studentQuantile(1 - probability, degreesOfFreedom);
  const wanted = 2 * probability - 1;
  let lower = 0;
  let upper = 1;
  while (areaWithin(upper, degreesOfFreedom) < wanted) upper *= 2;
  for (;;) {
    const middle = (lower + upper) / 2;
    if (middle === lower || middle === upper) return middle;
    if (areaWithin(middle, degreesOfFreedom) < wanted) lower = middle;
    else upper = middle;
  }
}
