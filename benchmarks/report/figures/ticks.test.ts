import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { logTicks, paddedLogSpan, sizeTickText, thinned, tickText } from "./ticks.ts";

describe("ticks of a logarithmic axis", () => {
  test.each([
    [
      [0.5, 2000],
      [1, 10, 100, 1000],
    ],
    [
      [0.98, 1.05],
      [0.98, 1, 1.02, 1.04],
    ],
    [
      [0.8, 90],
      [1, 3, 10, 30],
    ],
    [
      [0.966, 1.043],
      [0.98, 1, 1.02, 1.04],
    ],
  ] as const)("of %j", (span, ticks) => {
    expect(logTicks(span, 4)).toEqual(ticks);
  });

  test("lie in the span, ascend, and are few", () => {
    const span = fc.tuple(
      fc.double({ min: -6, max: 6, noNaN: true }),
      fc.double({ min: 0.02, max: 9, noNaN: true }),
    );
    fc.assert(
      fc.property(span, ([from, decades]) => {
        const [low, high] = [10 ** from, 10 ** (from + decades)];
        const ticks = logTicks([low, high], 6);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
        for (const tick of ticks) expect(tick >= low && tick <= high).toBe(true);
      }),
    );
  });
});

test("a span has room at both ends and is never narrower than it may be", () => {
  const [low, high] = paddedLogSpan([3, 3], 1.3);
  expect(low).toBeLessThan(3);
  expect(high / low).toBeGreaterThan(1.3);
  const [least, most] = paddedLogSpan([1, 100], 1.3);
  expect(least).toBeLessThan(1);
  expect(most).toBeGreaterThan(100);
});

test("thinned leaves every so many", () => {
  expect(thinned([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5]);
  expect(thinned([1, 2], 3)).toEqual([1, 2]);
});

test.each([
  [0.98, "0.98"],
  [3000, "3000"],
  [12500, "12.5k"],
  [2e6, "2M"],
])("the tick %d is %s", (value, text) => {
  expect(tickText(value)).toBe(text);
});

test.each([
  [8, "8"],
  [1023, "1023"],
  [1024, "1K"],
  [4 * 1024 * 1024, "4M"],
])("the size %d is %s", (value, text) => {
  expect(sizeTickText(value)).toBe(text);
});
