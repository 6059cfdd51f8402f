/** The two levels of the bootstrap: blocks, and launches within them. Expected shares are counted by hand. */
import { describe, expect, test } from "vitest";
import type { PairedBlock } from "./blocks.ts";
import { randomStream } from "./generator.ts";
import { independentLogRatios, resampledLogRatios } from "./resample.ts";

const resamples = 100_000;

/** How often each ratio comes up, as a fraction of all resamples. */
function shares(logRatios: Float64Array): ReadonlyMap<number, number> {
  const ratios = Map.groupBy(logRatios, (value) => Number(Math.exp(value).toPrecision(9)));
  return new Map([...ratios].map(([ratio, { length }]) => [ratio, length / logRatios.length]));
}

function paired(blocks: readonly (readonly [readonly number[], readonly number[]])[]) {
  const pairedBlocks = blocks.map(
    ([subject, reference], block): PairedBlock => ({ block, subject, reference }),
  );
  return shares(resampledLogRatios(pairedBlocks, resamples, randomStream(1, "resample")));
}

function expectShares(actual: ReadonlyMap<number, number>, expected: Readonly<Record<string, number>>): void {
  expect([...actual.keys()].sort((a, b) => a - b)).toEqual(
    Object.keys(expected)
      .map(Number)
      .sort((a, b) => a - b),
  );
  for (const [ratio, share] of Object.entries(expected)) {
    const error = Math.sqrt((share * (1 - share)) / resamples);
    expect(Math.abs((actual.get(Number(ratio)) ?? 0) - share), `${ratio}`).toBeLessThanOrEqual(4 * error);
  }
}

describe("a resample", () => {
  test("draws launches within a block with replacement", () => {
    // The median of three draws from 1, 2, 4: seven of 27 ways give 1, as many give 4.
    expectShares(
      paired([
        [
          [1, 2, 4],
          [1, 1, 1],
        ],
      ]),
      { 1: 7 / 27, 2: 13 / 27, 4: 7 / 27 },
    );
  });

  test("keeps the launches of a block together", () => {
    // Drawn singly, 1 would be the median in 5/16 of all resamples.
    expectShares(
      paired([
        [
          [1, 1],
          [1, 1],
        ],
        [
          [8, 8],
          [1, 1],
        ],
      ]),
      { 1: 1 / 4, 4.5: 1 / 2, 8: 1 / 4 },
    );
  });

  test("of two environments is of the same blocks", () => {
    expectShares(
      paired([
        [
          [2, 2],
          [1, 1],
        ],
        [
          [16, 16],
          [8, 8],
        ],
      ]),
      { 2: 1 },
    );
  });

  test("takes from a block as many launches as it has", () => {
    // Blocks of one and of three launches. Both drawn: three of four launches are 8, and so is the median.
    expectShares(
      paired([
        [[1], [1]],
        [
          [8, 8, 8],
          [1, 1, 1],
        ],
      ]),
      { 1: 1 / 4, 8: 3 / 4 },
    );
  });

  test("with one launch a block is the plain bootstrap of blocks", () => {
    expectShares(
      paired([
        [[1], [1]],
        [[2], [1]],
        [[4], [1]],
      ]),
      { 1: 7 / 27, 2: 13 / 27, 4: 7 / 27 },
    );
  });

  test("of two runs draws the blocks of each for itself", () => {
    const logRatios = independentLogRatios(
      [
        [1, 1],
        [8, 8],
      ],
      [[1], [8]],
      resamples,
      randomStream(1, "independent"),
    );
    const middle = { 1: 1 / 4, 4.5: 1 / 2, 8: 1 / 4 };
    const expected: Record<number, number> = {};
    for (const [subject, subjectShare] of Object.entries(middle)) {
      for (const [reference, referenceShare] of Object.entries(middle)) {
        const ratio = Number((Number(subject) / Number(reference)).toPrecision(9));
        expected[ratio] = (expected[ratio] ?? 0) + subjectShare * referenceShare;
      }
    }
    expectShares(shares(logRatios), expected);
  });
});
