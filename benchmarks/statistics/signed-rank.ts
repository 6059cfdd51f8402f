/**
 * Wilcoxon's signed-rank test ("Individual comparisons by ranking methods", Biometrics Bulletin 1(6), 1945), exact with any ties: what
 * counts is how the signs may fall on the ranks that there are, each way equally likely. Zeros are ranked and then left out (Pratt,
 * Journal of the American Statistical Association 54(287), 1959).
 *
 * Why this test: environments come in random order within a block, so that without a difference the sign of a block's log ratio is a
 * coin's toss; nothing else is assumed. Student's t assumes more where it matters: tools print two decimals, and six log ratios that
 * rounding made equal give it a certainty without bounds. Tails of launches hit by the machine's own noise cost it its power.
 */

/** Probabilities of sums of signed ranks at least as extreme as those seen, where the median is 0. */
export interface SignedRank {
  /** Sum of the ranks of positive differences. */
  readonly positiveRankSum: number;
  /** Small when the differences lie above 0. */
  readonly greaterPValue: number;
  /** Small when the differences lie below 0. */
  readonly lessPValue: number;
  readonly twoSidedPValue: number;
}

/** The test of differences against 0. */
export function signedRank(differences: readonly number[]): SignedRank {
  const ranks = midranks(differences.map(Math.abs));
  // Midranks are whole or half: doubled, they index an array.
  const doubled = ranks.map((rank) => rank * 2).filter((_, index) => differences[index] !== 0);
  const positive = ranks.reduce((sum, rank, i) => ((differences[i] as number) > 0 ? sum + 2 * rank : sum), 0);
  const distribution = signedSums(doubled);
  const greaterPValue = sumOf(distribution.subarray(positive));
  const lessPValue = sumOf(distribution.subarray(0, positive + 1));
  return {
    positiveRankSum: positive / 2,
    greaterPValue,
    lessPValue,
    twoSidedPValue: Math.min(1, 2 * Math.min(greaterPValue, lessPValue)),
  };
}

/** Ranks from 1, the mean of their ranks to equal values. */
export function midranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  for (let first = 0, last = 0; first < order.length; first = last) {
    const value = values[order[first] as number];
    while (last < order.length && values[order[last] as number] === value) last++;
    for (let place = first; place < last; place++) ranks[order[place] as number] = (first + 1 + last) / 2;
  }
  return ranks;
}

/** The probability of each sum of those numbers that a fair coin each lets in. One number after the other, so that no count overflows. */
export function signedSums(numbers: readonly number[]): Float64Array {
  const distribution = new Float64Array(numbers.reduce((sum, number) => sum + number, 0) + 1);
  distribution[0] = 1;
  let greatest = 0;
  for (const number of numbers) {
    greatest += number;
    for (let sum = greatest; sum >= 0; sum--) {
      const without = distribution[sum] as number;
      const within = sum >= number ? (distribution[sum - number] as number) : 0;
      distribution[sum] = (without + within) / 2;
    }
  }
  return distribution;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The fewest blocks with which a one-sided test can reach a level at all: with all signs alike its p-value is 2^−blocks. */
export function blocksForOneSided(level: number): number {
  return Math.ceil(-Math.log2(level));
}

/** The same for a two-sided test. */
export function blocksForTwoSided(level: number): number {
  return blocksForOneSided(level / 2);
}
