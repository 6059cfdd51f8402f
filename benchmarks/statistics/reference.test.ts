/** The functions beside SciPy, NumPy and statsmodels: reference/make_reference.py made the vectors. */
import { describe, expect, test } from "vitest";
import { acceleration, bcaInterval, biasCorrection } from "./bca.ts";
import { blockLogRatios, logRatio, logRatioOfMedians } from "./blocks.ts";
import { isCannotSay } from "./cannot-say.ts";
import { testEquivalence } from "./equivalence.ts";
import { RandomStream, randomStream } from "./generator.ts";
import { holmAdjusted } from "./holm.ts";
import { leaveOneUnitOut } from "./independent-ratio.ts";
import { medianInterval } from "./median-interval.ts";
import { normalCumulative, normalQuantile } from "./normal.ts";
import { orderEffect } from "./order-effect.ts";
import { findOutliers } from "./outliers.ts";
import { ascending, medianOf, type QuantileType, quantileSelected, quantileSorted } from "./quantile.ts";
import { rankSum } from "./rank-sum.ts";
import bca from "./reference/bca.json" with { type: "json" };
import distributions from "./reference/distributions.json" with { type: "json" };
import equivalences from "./reference/equivalences.json" with { type: "json" };
import generator from "./reference/generator.json" with { type: "json" };
import holm from "./reference/holm.json" with { type: "json" };
import independentBca from "./reference/independent-bca.json" with { type: "json" };
import medianIntervals from "./reference/median-intervals.json" with { type: "json" };
import orderEffects from "./reference/order-effects.json" with { type: "json" };
import outliers from "./reference/outliers.json" with { type: "json" };
import quantiles from "./reference/quantiles.json" with { type: "json" };
import rankSums from "./reference/rank-sums.json" with { type: "json" };
import signedRanks from "./reference/signed-ranks.json" with { type: "json" };
import { signedRank } from "./signed-rank.ts";
import { studentQuantile } from "./student.ts";

/** Relative to the larger of 1 and the value, but for tails, which are compared by their own size. */
function expectClose(actual: number, expected: number, scale = Math.max(1, Math.abs(expected))): void {
  expect(Math.abs(actual - expected) / scale, `${actual} beside ${expected}`).toBeLessThan(1e-9);
}

describe("as NumPy and SciPy have it", () => {
  test.each(quantiles.cases)("a quantile of type $type at $probability", (reference) => {
    const { values, probability, type, quantile } = reference;
    expectClose(quantileSorted(ascending(values), probability, type as QuantileType), quantile);
    expectClose(quantileSelected(Float64Array.from(values), probability, type as QuantileType), quantile);
  });

  test.each(distributions.cases)("a distribution (%#)", (reference) => {
    if (reference.cumulative !== undefined) {
      expectClose(normalCumulative(reference.at), reference.cumulative, reference.cumulative);
    } else if (reference.degreesOfFreedom !== undefined) {
      expectClose(studentQuantile(reference.probability, reference.degreesOfFreedom), reference.quantile);
    } else expectClose(normalQuantile(reference.probability), reference.quantile);
  });

  test.each(medianIntervals.cases)("a median's interval at $confidence (%#)", (reference) => {
    const interval = medianInterval(reference.values, reference.confidence);
    if (reference.interval === null) return expect(isCannotSay(interval)).toBe(true);
    if (isCannotSay(interval)) throw new Error(interval.reason);
    expectClose(interval.lower, reference.interval.lower);
    expectClose(interval.upper, reference.interval.upper);
    expectClose(interval.coverage, reference.interval.coverage);
  });

  test.each(bca.cases)("a BCa interval at $confidence (%#)", (reference) => {
    const { subject, reference: other, distribution, confidence } = reference;
    const blocks = subject.map((value, block) => ({
      block,
      subject: [value],
      reference: [other[block] as number],
    }));
    const leaveOneOut = blocks.map((_, left) => logRatioOfMedians(blocks.toSpliced(left, 1)));
    for (const [left, value] of leaveOneOut.entries())
      expectClose(value, reference.leaveOneOut[left] as number);
    const ascendingRatios = Float64Array.from(distribution);
    const estimate = logRatioOfMedians(blocks);
    expectClose(biasCorrection(ascendingRatios, estimate), reference.biasCorrection);
    expectClose(acceleration([leaveOneOut]), reference.acceleration);
    const interval = bcaInterval(ascendingRatios, estimate, acceleration([leaveOneOut]), confidence);
    if (isCannotSay(interval)) throw new Error(interval.reason);
    expectClose(interval.lower, reference.lower);
    expectClose(interval.upper, reference.upper);
  });

  test.each(independentBca.cases)(
    "a BCa interval of independent samples at $confidence (%#)",
    (reference) => {
      const [subject, other] = [reference.subject, reference.reference].map((all) =>
        all.map((value) => [value]),
      );
      const interval = bcaInterval(
        Float64Array.from(reference.distribution),
        logRatio(medianOf(reference.subject), medianOf(reference.reference)),
        acceleration(leaveOneUnitOut(subject ?? [], other ?? [])),
        reference.confidence,
      );
      if (isCannotSay(interval)) throw new Error(interval.reason);
      expectClose(interval.lower, reference.lower);
      expectClose(interval.upper, reference.upper);
    },
  );

  test.each(rankSums.cases)("a rank-sum test (%#)", (reference) => {
    const { twoSidedPValue, greaterPValue, lessPValue } = rankSum(reference.first, reference.second);
    expectClose(twoSidedPValue, reference.twoSided);
    expectClose(greaterPValue, reference.greater);
    expectClose(lessPValue, reference.less);
  });

  test.each(signedRanks.cases)("a signed-rank test (%#)", (reference) => {
    const { twoSidedPValue, greaterPValue, lessPValue } = signedRank(reference.differences);
    expectClose(twoSidedPValue, reference.twoSided);
    expectClose(greaterPValue, reference.greater);
    expectClose(lessPValue, reference.less);
  });

  test.each(equivalences.cases)("two one-sided tests within $margin (%#)", (reference) => {
    const equivalence = testEquivalence(reference.logRatios, reference.margin, 0.05);
    if (isCannotSay(equivalence)) throw new Error(equivalence.reason);
    expectClose(equivalence.lowerPValue, reference.lower);
    expectClose(equivalence.upperPValue, reference.upper);
    expectClose(equivalence.pValue, reference.p);
  });

  test.each(holm.cases)("Holm's adjustment (%#)", ({ pValues, adjusted }) => {
    for (const [index, value] of holmAdjusted(pValues).entries())
      expectClose(value, adjusted[index] as number);
  });

  test.each(orderEffects.cases)("Spearman's correlation (%#)", ({ values, correlation, p }) => {
    const launches = values.map((value, position) => ({
      block: position,
      position,
      activation: null,
      value,
    }));
    const effect = orderEffect(launches, randomStream(1, "reference"));
    if (isCannotSay(effect)) throw new Error(effect.reason);
    expectClose(effect.correlation, correlation);
    expect(effect.exact).toBe(p !== null);
    if (p !== null) expectClose(effect.pValue, p);
  });

  test.each(outliers.cases)("the outliers of a cell (%#)", (reference) => {
    const found = findOutliers(reference.values);
    expect(found.map(({ index }) => index)).toEqual(reference.outliers.map(({ index }) => index));
    for (const [place, { score }] of found.entries()) {
      expectClose(score, reference.outliers[place]?.score ?? Number.NaN);
    }
  });

  test("the words of xoshiro128**, as its authors' C gives them", () => {
    const [reference] = generator.cases;
    const words = new Uint32Array(reference?.words.length ?? 0);
    new RandomStream(reference?.state ?? []).fill(words);
    expect([...words]).toEqual(reference?.words);
  });
});

test("a block's log ratio is that of its medians", () => {
  const [ratio] = blockLogRatios([{ block: 1, subject: [1, 2, 30], reference: [4, 4] }]);
  expectClose(ratio as number, Math.log(2 / 4));
});
