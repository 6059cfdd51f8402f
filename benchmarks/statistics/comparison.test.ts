import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCannotSay } from "./cannot-say.ts";
import { compareFigure, type Pair } from "./comparison.ts";
import { medianInterval } from "./median-interval.ts";
import { relativeChange } from "./ratio.ts";
import { describeSample } from "./sample.ts";
import { pairOf, simulationSettings as settings, simulatedBlocks } from "./simulation.ts";

const draw = simulatedBlocks("comparison", { launch: 0.02, block: 0.02, disturbed: 0 });

function compareOne(pair: Pair, margin: number | null = null) {
  const [comparison] = compareFigure([pair], { ...settings, margin });
  if (comparison === undefined || isCannotSay(comparison.ratio)) throw new Error("no ratio");
  return { ...comparison, ratio: comparison.ratio };
}

function intervalOf(pair: Pair) {
  const { interval } = compareOne(pair).ratio;
  if (isCannotSay(interval)) throw new Error(interval.reason);
  return interval;
}

/** Printed values, as tools give them: two decimals, ties among them. */
const blocks = fc.array(fc.tuple(fc.integer({ min: 90, max: 120 }), fc.integer({ min: 90, max: 120 })), {
  minLength: 6,
  maxLength: 20,
});

function printedPair(values: readonly (readonly [number, number])[], scale = 1): Pair {
  return pairOf(
    values.map(([a, b], block) => ({ block, subject: [a * scale], reference: [b * scale] })),
    8,
  );
}

/** All numbers of a comparison, to be compared with tolerance. */
function numbersOf({ ratio, difference }: ReturnType<typeof compareOne>): number[] {
  const ends = isCannotSay(ratio.interval) ? [] : [ratio.interval.lower, ratio.interval.upper];
  return [ratio.value, ...ends, ...(isCannotSay(difference) ? [] : [difference.pValue])];
}

function expectAllClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [index, value] of actual.entries()) expect(value).toBeCloseTo(expected[index] as number, 9);
}

describe("a comparison", () => {
  test("is the same in any unit", () => {
    fc.assert(
      fc.property(blocks, fc.constantFrom(0.001, 0.37, 1000), (values, scale) => {
        const [plain, scaled] = [printedPair(values), printedPair(values, scale)].map((pair) =>
          compareOne(pair),
        );
        expectAllClose(numbersOf(scaled as never), numbersOf(plain as never));
      }),
      { numRuns: 50 },
    );
  });

  test("is the same in whatever order the launches are listed", () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const pair = printedPair(values);
        const turned = {
          ...pair,
          subject: { ...pair.subject, launches: pair.subject.launches.toReversed() },
        };
        expect(numbersOf(compareOne(turned))).toEqual(numbersOf(compareOne(pair)));
      }),
      { numRuns: 50 },
    );
  });

  test("turned around has the inverse interval", () => {
    const pair = pairOf(draw(10, 1.1), 8);
    const { lower, upper } = intervalOf(pair);
    const inverse = intervalOf({ subject: pair.reference, reference: pair.subject });
    expectAllClose([inverse.lower, inverse.upper], [1 / upper, 1 / lower]);
  });

  test("with fewer blocks than a verdict needs says how many it needs", () => {
    const comparison = compareOne(pairOf(draw(3, 2), 8), 0.03);
    expect(comparison.ratio.interval).toMatchObject({
      reason: "a ratio's interval at 95 % needs 6 complete blocks, there are 3",
      needed: 6,
    });
    expect(comparison.difference).toMatchObject({ kind: "cannot say", needed: 6 });
    expect(comparison.equivalence).toMatchObject({ kind: "cannot say", needed: 5 });
  });

  test("among many needs more blocks than alone", () => {
    const pairs = Array.from({ length: 22 }, (_, size) => pairOf(draw(6, 1.25), size));
    for (const { difference } of compareFigure(pairs, settings)) {
      expect(difference).toMatchObject({
        needed: 10,
        reason: expect.stringContaining("among 22 comparisons"),
      });
    }
  });

  test("finds a difference, and equivalence only where there is some", () => {
    const different = compareOne(pairOf(draw(10, 1.25), 8), 0.1);
    expect(different.difference).toMatchObject({ found: true, minimumDetectable: null });
    expect(different.equivalence).toMatchObject({ shown: false });
    const same = compareOne(pairOf(draw(10, 1), 8), 0.1);
    expect(same.difference).toMatchObject({ found: false, minimumDetectable: { power: 0.8, level: 0.05 } });
    expect(same.equivalence).toMatchObject({ shown: true });
  });

  test("counts the launches whose block is incomplete", () => {
    const pair = pairOf(draw(8, 1), 8);
    const cut = { ...pair, reference: { ...pair.reference, launches: pair.reference.launches.slice(1) } };
    expect(compareOne(cut)).toMatchObject({ completeBlocks: 7, launchesWithoutPartner: 1 });
  });

  test("of values that are no times is none", () => {
    for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const [block, ...rest] = draw(8, 1);
      const pair = pairOf([{ block: 0, subject: [wrong], reference: block?.reference ?? [] }, ...rest], 8);
      const [comparison] = compareFigure([pair], settings);
      expect(comparison?.ratio).toMatchObject({
        reason: expect.stringContaining(`${wrong} is among`),
        needed: null,
      });
      expect(comparison?.difference).toMatchObject({ kind: "cannot say" });
      expect(describeSample(pair.subject, 0.95, 1).median).toMatchObject({ kind: "cannot say" });
    }
  });

  test("of unlike cells is refused", () => {
    const pair = pairOf(draw(6, 1), 8);
    const other = { ...pair, reference: { ...pair.reference, unit: "ms" } };
    expect(() => compareFigure([other], settings)).toThrow("unit differs: us and ms can't be compared");
  });
});

test.each([
  ["lower", "overhead", 0.25],
  ["lower", "improvement", -0.25],
  ["higher", "overhead", -0.25],
  ["higher", "improvement", 0.25],
] as const)("where %s is better, a ratio of 1.25 is an %s of %d", (better, quantity, fraction) => {
  const interval = { lower: 1.2, upper: 1.3 };
  const environments = { numerator: "vm-passthrough", denominator: "native" } as const;
  const change = relativeChange(
    { ...environments, value: 1.25, confidence: 0.95, interval },
    better,
    quantity,
  );
  expect(change).toMatchObject({ quantity, subject: "vm-passthrough", denominator: "native" });
  const ends = fraction > 0 ? { lower: 0.2, upper: 0.3 } : { lower: -0.3, upper: -0.2 };
  expect(change.fraction).toBeCloseTo(fraction, 12);
  expectAllClose(Object.values(change.interval), Object.values(ends));
});

test("a median's interval keeps to the launches and moves with their unit", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 6, maxLength: 60 }), (values) => {
      const [plain, doubled] = [values, values.map((value) => value * 2)].map((v) => medianInterval(v, 0.95));
      if (plain === undefined || isCannotSay(plain)) throw new Error("no interval");
      expect(plain.coverage).toBeGreaterThanOrEqual(0.95);
      expect(values).toContain(plain.lower);
      expect(doubled).toEqual({ ...plain, lower: plain.lower * 2, upper: plain.upper * 2 });
    }),
  );
});
