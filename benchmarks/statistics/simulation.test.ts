/** How often the analysis is right where the truth is known. Seeded: a failure is a change of the code and no bad luck. */
import { describe, expect, test } from "vitest";
import { blockLogRatios } from "./blocks.ts";
import { isCannotSay } from "./cannot-say.ts";
import { compareFigure } from "./comparison.ts";
import { detectableShift } from "./detectable.ts";
import { testEquivalence } from "./equivalence.ts";
import { randomStream } from "./generator.ts";
import { medianInterval } from "./median-interval.ts";
import { ratioOfMedians } from "./ratio.ts";
import { signedRank } from "./signed-rank.ts";
import { pairOf, simulatedBlocks, simulationSettings } from "./simulation.ts";

const level = 0.05;
/** What a share of that level may be in so many runs: three standard errors, one chance in 740 a comparison. */
function atMost(share: number, runs: number): number {
  return share + 3 * Math.sqrt((share * (1 - share)) / runs);
}

const noises = [
  { launch: 0.05, block: 0, disturbed: 0 },
  { launch: 0.05, block: 0.05, disturbed: 0.1 },
];

describe.each(noises)("launches $launch, blocks $block, disturbed $disturbed", (noise) => {
  test.each([6, 10, 20])("%i blocks without a difference show one in at most one of 20 runs", (count) => {
    const runs = 2000;
    const draw = simulatedBlocks(`A/A ${count}`, noise);
    const found = Array.from({ length: runs }, () => signedRank(blockLogRatios(draw(count, 1)))).filter(
      ({ twoSidedPValue }) => twoSidedPValue <= level,
    );
    expect(found.length / runs).toBeLessThanOrEqual(atMost(level, runs));
    expect(found.length).toBeGreaterThan(0);
  });

  test.each([6, 10, 20])("the interval of a ratio over %i blocks covers it", (count) => {
    const runs = 400;
    const draw = simulatedBlocks(`coverage ${count}`, noise);
    const comparisons = Array.from(
      { length: runs },
      () => compareFigure([pairOf(draw(count, 1.1), 8)], { ...simulationSettings, resamples: 499 })[0],
    );
    const missed = comparisons.filter((comparison) => {
      if (comparison === undefined || isCannotSay(comparison.ratio)) return true;
      const { interval } = comparison.ratio;
      return isCannotSay(interval) || interval.lower > 1.1 || interval.upper < 1.1;
    });
    expect(missed.length / runs).toBeLessThanOrEqual(atMost(level, runs));
  });

  test.each([6, 10])("the interval of a ratio over %i blocks of three launches covers it", (count) => {
    const runs = 400;
    const draw = simulatedBlocks(`nested coverage ${count}`, noise);
    const environments = { numerator: "vm-passthrough", denominator: "native" } as const;
    const settings = { confidence: 0.95, resamples: 499 };
    const missed = Array.from({ length: runs }, (_, run) =>
      ratioOfMedians(draw(count, 1.1, 3), environments, settings, randomStream(run, "nested")),
    ).filter(({ interval }) => isCannotSay(interval) || interval.lower > 1.1 || interval.upper < 1.1);
    expect(missed.length / runs).toBeLessThanOrEqual(atMost(level, runs));
  });

  test.each([6, 10, 20])("a median of %i launches lies in its interval", (count) => {
    const runs = 2000;
    const draw = simulatedBlocks(`median ${count}`, { ...noise, block: 0, disturbed: 0 });
    const missed = Array.from({ length: runs }, () =>
      medianInterval(
        draw(count, 1).flatMap(({ subject }) => subject),
        0.95,
      ),
    ).filter((interval) => isCannotSay(interval) || interval.lower > 1 || interval.upper < 1);
    expect(missed.length / runs).toBeLessThanOrEqual(atMost(level, runs));
  });

  test("a ratio at the margin is called equivalent in at most 5 % of runs", () => {
    const runs = 2000;
    const draw = simulatedBlocks("margin", noise);
    const shown = Array.from({ length: runs }, () => {
      const equivalence = testEquivalence(blockLogRatios(draw(10, 1.1)), 0.1, level);
      return !isCannotSay(equivalence) && equivalence.pValue <= level;
    }).filter(Boolean);
    expect(shown.length / runs).toBeLessThanOrEqual(atMost(level, runs));
  });
});

test("a figure of 12 comparisons without a difference shows any in at most 5 % of runs", () => {
  const runs = 300;
  const draw = simulatedBlocks("figure", { launch: 0.05, block: 0, disturbed: 0 });
  const wrong = Array.from({ length: runs }, () =>
    compareFigure(
      Array.from({ length: 12 }, (_, size) => pairOf(draw(12, 1), 2 ** size)),
      { ...simulationSettings, resamples: 19 },
    ).some(({ difference }) => !isCannotSay(difference) && difference.found),
  ).filter(Boolean);
  expect(wrong.length / runs).toBeLessThanOrEqual(atMost(level, runs));
});

test.each([6, 10, 20, 40])(
  "the minimum detectable difference of %i blocks is found in four of five runs",
  (count) => {
    const runs = 2000;
    const launch = 0.05;
    const draw = simulatedBlocks(`detectable ${count}`, { launch, block: 0, disturbed: 0 });
    // A log ratio is the difference of two launches.
    const ratio = Math.exp(detectableShift(count, level, 0.8) * launch * Math.SQRT2);
    const found = Array.from({ length: runs }, () => signedRank(blockLogRatios(draw(count, ratio)))).filter(
      ({ twoSidedPValue }) => twoSidedPValue <= level,
    );
    expect(Math.abs(found.length / runs - 0.8)).toBeLessThan(0.04);
  },
);
