import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Progress, relativeIntervalWidth, type StoppingRule, stoppingReason } from "./stopping.ts";

const rule: StoppingRule = { relativeWidth: 0.05, fewestBlocks: 6, mostBlocks: 20, budgetMinutes: 60 };
const progress: Progress = { relativeWidths: [0.04, 0.05], blocks: 8, minutesSpent: 32, minutesPerBlock: 4 };

test.each<[string, Partial<Progress>, ReturnType<typeof stoppingReason>]>([
  ["every interval is narrow", {}, "precision"],
  ["one is wide", { relativeWidths: [0.04, 0.051] }, null],
  ["one can't be said", { relativeWidths: [0.04, null] }, null],
  ["nothing was measured", { relativeWidths: [] }, null],
  ["they are narrow too early", { blocks: 5 }, null],
  ["one is wide after the last block", { relativeWidths: [1], blocks: 20 }, "maximum"],
  ["they are narrow after the last block", { blocks: 20 }, "precision"],
  ["another block just fits", { relativeWidths: [1], minutesSpent: 56 }, null],
  ["another block would not fit", { relativeWidths: [1], minutesSpent: 56.1 }, "budget"],
  ["time is over too early", { relativeWidths: [1], minutesSpent: 100, blocks: 5 }, null],
  ["nothing was measured in the time", { relativeWidths: [], minutesSpent: 100 }, "budget"],
])("where %s", (_, change, reason) => {
  expect(stoppingReason({ ...progress, ...change }, rule)).toBe(reason);
});

test("without a budget time does not count", () => {
  const late = { ...progress, relativeWidths: [1], minutesSpent: 1e9 };
  expect(stoppingReason(late, { ...rule, budgetMinutes: null })).toBeNull();
});

test("a run ends at its maximum at last, and never before its fewest blocks", () => {
  const widths = fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(
      widths,
      fc.integer({ min: 1, max: 30 }),
      fc.nat(200),
      (relativeWidths, blocks, minutesSpent) => {
        const reason = stoppingReason({ relativeWidths, blocks, minutesSpent, minutesPerBlock: 1 }, rule);
        if (blocks < rule.fewestBlocks) expect(reason).toBeNull();
        if (blocks >= rule.mostBlocks) expect(reason).not.toBeNull();
      },
    ),
  );
});

test("the relative width is that of the interval over the median, in any unit", () => {
  expect(relativeIntervalWidth([10, 11, 9, 10, 12, 8], 0.95)).toBeCloseTo(0.4, 12);
  expect(relativeIntervalWidth([1000, 1100, 900, 1000, 1200, 800], 0.95)).toBeCloseTo(0.4, 12);
  expect(relativeIntervalWidth([10, 10, 10, 10, 10], 0.95)).toBeNull();
  expect(relativeIntervalWidth([10, 10, 10, 10, 10, 0], 0.95)).toBeNull();
});
