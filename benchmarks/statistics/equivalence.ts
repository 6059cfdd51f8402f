/**
 * Two one-sided tests for "near native": Schuirmann, "A comparison of the two one-sided tests procedure…", Journal of Pharmacokinetics and
 * Biopharmaceutics 15(6), 1987. No difference found is no equivalence shown; this shows it, where the ratio lies within the margin.
 *
 * Each side is a signed-rank test of the blocks' log ratios against that side's margin, and so as free of assumptions as the test of a
 * difference (signed-rank.ts says why not Student's t). It assumes that an environment shifts the log values of launches: then the
 * noise of a log ratio is symmetric. Not by a bootstrap interval: with few blocks those are too narrow before their correction, and an
 * interval gives no p-value for Holm's adjustment.
 */
import { percentText, type Said, tooFew } from "./cannot-say.ts";
import { blocksForOneSided, signedRank } from "./signed-rank.ts";

export interface Equivalence {
  /** Of the denominator: 0.03 is "within 3 %". The ratio must lie from 1/(1 + margin) to 1 + margin, so that either may be the denominator. */
  readonly margin: number;
  /** Small when the ratio is above 1/(1 + margin). */
  readonly lowerPValue: number;
  /** Small when the ratio is below 1 + margin. */
  readonly upperPValue: number;
  /** The larger of both: small when the ratio is within the margin. */
  readonly pValue: number;
}

/** Whether the log ratios of blocks lie within the margin. */
export function testEquivalence(
  logRatios: readonly number[],
  margin: number,
  level: number,
): Said<Equivalence> {
  if (!(margin > 0 && margin < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`a margin is a fraction above 0, not ${margin}`);
  }
  const needed = blocksForOneSided(level);
  if (logRatios.length < needed) {
    return tooFew(`equivalence at ${percentText(level)}`, "complete blocks", needed, logRatios.length);
  }
  const width = Math.log1p(margin);
  const lowerPValue = signedRank(logRatios.map((value) => value + width)).greaterPValue;
  const upperPValue = signedRank(logRatios.map((value) => value - width)).lessPValue;
  return { margin, lowerPValue, upperPValue, pValue: Math.max(lowerPValue, upperPValue) };
}
