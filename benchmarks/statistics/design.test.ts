import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mulberry32 } from "../random.ts";
import { type LaunchValue, pairBlocks } from "./blocks.ts";
import { isCannotSay } from "./cannot-say.ts";
import { fewestForInterval, randomisedBlocks } from "./design.ts";
import {
  runsWithActivations,
  shareOf,
  stoppedRuns,
  verdictOn,
  withoutActivations,
} from "./design-simulation.ts";

const designs = fc.record({
  contents: fc.uniqueArray(fc.nat(999), { minLength: 1, maxLength: 12 }),
  wholePlots: fc.integer({ min: 1, max: 4 }),
  warmUpBlocks: fc.nat(2),
  blocks: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(2 ** 32 - 1),
});

function pointsOf({
  contents,
  wholePlots,
  seed,
  ...counts
}: typeof designs extends fc.Arbitrary<infer D> ? D : never) {
  const design = { ...counts, wholePlotOf: (content: number) => content % wholePlots };
  return randomisedBlocks(contents, design, mulberry32(seed));
}

describe("randomised blocks", () => {
  test("each has everything once, whole plots together, warm-up blocks first", () => {
    fc.assert(
      fc.property(designs, (design) => {
        const blocks = [...Map.groupBy(pointsOf(design), ({ block }) => block)];
        expect(blocks).toHaveLength(design.warmUpBlocks + design.blocks);
        for (const [block, points] of blocks) {
          const contents = points.map(({ content }) => content);
          expect(contents.toSorted()).toEqual(design.contents.toSorted());
          const wholePlots = contents.map((content) => content % design.wholePlots);
          const changes = wholePlots.filter((plot, index) => plot !== wholePlots[index - 1]).length;
          expect(changes).toBe(new Set(wholePlots).size);
          expect(points.every(({ warmUp }) => warmUp === block <= design.warmUpBlocks)).toBe(true);
        }
      }),
    );
  });

  test("a seed gives the same order again, and more blocks leave the first ones as they are", () => {
    fc.assert(
      fc.property(designs, fc.nat(3), (design, more) => {
        const points = pointsOf(design);
        expect(pointsOf(design)).toEqual(points);
        expect(pointsOf({ ...design, blocks: design.blocks + more }).slice(0, points.length)).toEqual(points);
      }),
    );
  });

  test("the order of a block says nothing of that of the next", () => {
    const orders = new Map<string, number>();
    for (let seed = 0; seed < 3600; seed++) {
      const points = pointsOf({ contents: [0, 1, 2], wholePlots: 3, warmUpBlocks: 0, blocks: 2, seed });
      const order = points.map(({ content }) => content).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(36);
    for (const count of orders.values()) expect(Math.abs(count - 100)).toBeLessThan(40);
  });
});

test("six launches have an interval", () => expect(fewestForInterval).toBe(6));

describe("blocks that share an activation", () => {
  const launch = (block: number, activation: number | null, value: number): LaunchValue => ({
    block,
    position: block,
    activation,
    value,
  });
  const joined = (subject: LaunchValue[], reference: LaunchValue[]) => {
    const pairing = pairBlocks(subject, reference);
    if (isCannotSay(pairing)) throw new Error(pairing.reason);
    return {
      blocks: pairing.blocks.map((block) => [block.block, block.subject]),
      joined: pairing.joinedBlocks,
    };
  };

  test("count as one, also by way of others", () => {
    const subject = [launch(1, 1, 10), launch(2, 4, 20), launch(3, 4, 30), launch(4, 6, 40)];
    const reference = [launch(1, 2, 1), launch(2, 2, 1), launch(3, 5, 1), launch(4, 7, 1)];
    expect(joined(subject, reference)).toEqual({
      blocks: [
        [1, [10, 20, 30]],
        [4, [40]],
      ],
      joined: 2,
    });
    const late = [launch(1, 1, 10), launch(2, 3, 20), launch(3, 1, 30)];
    const meeting = [launch(1, 2, 1), launch(2, 4, 1), launch(3, 4, 1)];
    expect(joined(late, meeting)).toEqual({ blocks: [[1, [10, 20, 30]]], joined: 2 });
  });

  test("stay apart where both environments ran under it, and where activations are not known", () => {
    const apart = {
      blocks: [
        [1, [10]],
        [2, [20]],
      ],
      joined: 0,
    };
    expect(joined([launch(1, 1, 10), launch(2, 1, 20)], [launch(1, 1, 1), launch(2, 1, 1)])).toEqual(apart);
    expect(
      joined([launch(1, null, 10), launch(2, null, 20)], [launch(1, null, 1), launch(2, null, 1)]),
    ).toEqual(apart);
  });
});

describe("environments that do not differ", () => {
  const runs = 1500;
  /** Three standard errors above 5 %. */
  const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs);
  const noise = { launch: 0.02, activation: 0.05 };
  const cheap = { resamples: 19 };

  test.each([6, 10, 20])(
    "and are active anew in each of %i blocks differ in at most one of 20 runs",
    (blocks) => {
      const draw = runsWithActivations(`anew ${blocks}`, noise);
      const found = shareOf(
        Array.from(
          { length: runs },
          (_, seed) => verdictOn(draw(blocks, "anew"), seed, cheap).differenceFound,
        ),
      );
      expect(found).toBeGreaterThan(0);
      expect(found).toBeLessThanOrEqual(most);
    },
  );

  test("and keep activations from block to block would differ too often, were such blocks not joined", () => {
    const draw = runsWithActivations("kept", noise);
    const pairs = Array.from({ length: runs }, () => draw(20, "turning"));
    const found = shareOf(
      pairs.map((pair, seed) => verdictOn(withoutActivations(pair), seed, cheap).differenceFound),
    );
    expect(found).toBeGreaterThan(2 * 0.05);
    for (const [seed, pair] of pairs.slice(0, 20).entries()) {
      expect(verdictOn(pair, seed, cheap).differenceFound).toBeNull();
    }
    const byChance = Array.from({ length: runs }, () => draw(20, "kept"));
    const joined = shareOf(byChance.map((pair, seed) => verdictOn(pair, seed, cheap).differenceFound));
    expect(joined).toBeLessThanOrEqual(most);
  });

  test.each([0.01, 0.02, 0.03])(
    "and launches that vary by %d: stopped by precision they differ in at most one of 20 runs, and medians lie in their intervals",
    (launch) => {
      const rule = { relativeWidth: 0.05, fewestBlocks: 6, mostBlocks: 40, budgetMinutes: null };
      const draw = stoppedRuns(`stop ${launch}`, { launch, block: 0 }, 1, rule);
      const stopped = Array.from({ length: runs }, draw);
      expect(stopped.filter(({ reason }) => reason === "precision").length).toBeGreaterThan(0.95 * runs);
      const verdicts = stopped.flatMap(({ pairs }, seed) =>
        pairs.map((pair) => verdictOn(pair, seed, cheap)),
      );
      expect(shareOf(verdicts.map(({ differenceFound }) => differenceFound))).toBeLessThanOrEqual(most);
      expect(1 - shareOf(verdicts.map(({ medianCovered }) => medianCovered))).toBeLessThanOrEqual(most);
    },
  );
});
