/** The comparison of two runs where the truth is known. Seeded: a failure is a change of the code and no bad luck. */
import { describe, expect, test } from "vitest";
import type { LaunchValue } from "./blocks.ts";
import { isCannotSay } from "./cannot-say.ts";
import { randomStream } from "./generator.ts";
import { independentUnits, ratioOfIndependentMedians } from "./independent-ratio.ts";
import { leastRankSumPValue, rankSum } from "./rank-sum.ts";
import { simulatedBlocks } from "./simulation.ts";

const settings = { confidence: 0.95, resamples: 499 };

/** What a share of 5 % may be in so many runs: three standard errors. */
function atMost(runs: number): number {
  return 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);
}

function drawing(purpose: string) {
  const draw = simulatedBlocks(purpose, { launch: 0.05, block: 0.03, disturbed: 0.1 });
  return (count: number, factor: number) =>
    draw(count, 1).map(({ subject }) => subject.map((value) => value * factor));
}

describe("two runs of the same stack", () => {
  test.each([
    [4, 4],
    [6, 10],
    [12, 12],
  ])("of %i and %i launches differ in at most one of 20 pairs", (first, second) => {
    const runs = 1000;
    const draw = drawing(`runs A/A ${first}`);
    const found = Array.from({ length: runs }, () => rankSum(draw(first, 1).flat(), draw(second, 1).flat()));
    const wrong = found.filter(({ twoSidedPValue }) => twoSidedPValue <= 0.05).length;
    expect(wrong / runs).toBeLessThanOrEqual(atMost(runs));
    expect(wrong).toBeGreaterThan(0);
  });
});

test.each([
  [6, 6],
  [8, 20],
])("the interval of a ratio of runs with %i and %i launches covers it", (first, second) => {
  const runs = 400;
  const draw = drawing(`runs coverage ${first}`);
  const missed = Array.from({ length: runs }, (_, run) =>
    ratioOfIndependentMedians(draw(first, 1.1), draw(second, 1), settings, randomStream(run, "coverage")),
  ).filter((ratio) => {
    if (isCannotSay(ratio) || isCannotSay(ratio.interval)) return true;
    return ratio.interval.lower > 1.1 || ratio.interval.upper < 1.1;
  });
  expect(missed.length / runs).toBeLessThanOrEqual(atMost(runs));
});

test("five launches in one run give a ratio without an interval", () => {
  const draw = drawing("few");
  const ratio = ratioOfIndependentMedians(draw(5, 1), draw(20, 1), settings, randomStream(1, "few"));
  expect(ratio).toMatchObject({
    value: expect.any(Number),
    interval: { needed: 6, reason: "a ratio's interval at 95 % in each run needs 6 launches, there are 5" },
  });
});

test("a value that is no time gives no ratio", () => {
  const ratio = ratioOfIndependentMedians([[0]], [[1]], settings, randomStream(1, "zero"));
  expect(ratio).toMatchObject({ kind: "cannot say" });
});

test("blocks with an activation in common are one unit, also by way of others", () => {
  const launch = (block: number, activation: number | null, value: number): LaunchValue => ({
    ...{ block, activation, value },
    position: block,
  });
  const units = independentUnits([
    ...[launch(1, 1, 10), launch(2, 2, 20), launch(3, 3, 30), launch(3, 1, 31)],
    ...[launch(4, null, 40), launch(5, null, 50)],
  ]);
  expect(units).toEqual([[20], [10, 30, 31], [40], [50]]);
});

test.each([
  [3, 3, 0.1],
  [4, 4, 2 / 70],
  [6, 10, 2 / 8008],
])("of %i and %i launches the least p-value is %d", (first, second, least) => {
  expect(leastRankSumPValue(first, second)).toBeCloseTo(least, 12);
  const apart = rankSum(
    Array.from({ length: first }, (_, index) => index),
    Array.from({ length: second }, (_, index) => 100 + index),
  );
  expect(apart.twoSidedPValue).toBeCloseTo(least, 12);
});
