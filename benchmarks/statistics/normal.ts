/** The standard normal distribution. */

/** Below it the tail is no number any more: exp(−38²/2) underflows. */
const farthest = 38.5;

/**
 * P(Z ≤ z), with full relative precision in the lower tail. Near the middle by the series for the area from 0, outside by the continued
 * fraction of Mills' ratio: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.11 and 26.2.14.
 */
export function normalCumulative(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  const distance = Math.abs(z);
  if (distance < 2.5) return 0.5 + z * normalDensity(z) * areaSeries(z);
  const tail = distance > farthest ? 0 : normalDensity(z) / millsDenominator(distance);
  return z < 0 ? tail : 1 - tail;
}

function normalDensity(z: number): number {
  return Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** Σ z^(2k) / (1·3·5·…·(2k+1)): all terms positive, so that nothing cancels. */
function areaSeries(z: number): number {
  let term = 1;
  let sum = 1;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))), from a depth that is enough from 2.5 on. */
function millsDenominator(z: number): number {
  let value = z;
  for (let depth = 200; depth >= 1; depth--) value = z + depth / value;
  return value;
}

// Coefficients of Acklam's approximation (Peter J. Acklam, "An algorithm for computing the inverse normal cumulative distribution
// function", 2003): 1.15e-9 off at most, then brought to full precision by one step of Halley's rule.
const centralNumerator = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const centralDenominator = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const tailNumerator = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailDenominator = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const tailBegins = 0.02425;

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}

/** The z with P(Z ≤ z) = probability: −∞ at 0, ∞ at 1. */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability > 0.5) return -normalQuantile(1 - probability);
  if (probability === 0) return Number.NEGATIVE_INFINITY;
  const start = approximateQuantile(probability);
  const error = (normalCumulative(start) - probability) / normalDensity(start);
  return start - error / (1 + (start * error) / 2);
}

function approximateQuantile(probability: number): number {
  if (probability < tailBegins) {
    const q = Math.sqrt(-2 * Math.log(probability));
    return polynomial(tailNumerator, q) / polynomial(tailDenominator, q);
  }
  const q = probability - 0.5;
  const r = q * q;
  return (q * polynomial(centralNumerator, r)) / polynomial(centralDenominator, r);
}
