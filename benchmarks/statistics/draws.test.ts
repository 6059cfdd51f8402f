import { describe, expect, test } from "vitest";
import { Draws } from "./draws.ts";
import { RandomNumbers, randomStream } from "./generator.ts";

/** χ² of counts against equal shares. */
function chiSquared(counts: Int32Array): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe("draws with replacement", () => {
  // Powers of two use every bit of a word; 20 refuses one word in ten; above 2^16 a word gives one draw.
  test.each([1, 2, 3, 16, 20, 255, 256, 65_537])("from %i things are as many as asked for", (bound) => {
    const draws = new Draws(new RandomNumbers(randomStream(1, `draws ${bound}`)), bound);
    for (const count of [0, 1, 6, 7, 8, 100]) {
      const counts = new Int32Array(bound + 2);
      draws.count(counts, 1, count);
      expect([counts[0], counts.at(-1)]).toEqual([0, 0]);
      expect(counts.reduce((sum, drawn) => sum + drawn, 0)).toBe(count);
    }
  });

  test.each([2, 3, 6, 16, 20, 100])("each of %i things is drawn alike", (bound) => {
    const counts = new Int32Array(bound);
    new Draws(new RandomNumbers(randomStream(1, `even ${bound}`)), bound).count(counts, 0, 1e6);
    // Four standard deviations above the mean of χ² with bound − 1 degrees of freedom.
    expect(chiSquared(counts)).toBeLessThan(bound - 1 + 4 * Math.sqrt(2 * (bound - 1)));
  });

  test("that come from one word together are independent of each other", () => {
    const draws = new Draws(new RandomNumbers(randomStream(1, "pairs")), 20);
    // The sum of seven draws' counts of one thing is binomial only if they are independent.
    const times = new Int32Array(8);
    const runs = 100_000;
    for (let run = 0; run < runs; run++) {
      const counts = new Int32Array(20);
      draws.count(counts, 0, 7);
      const drawn = counts[13] as number;
      times[drawn] = (times[drawn] as number) + 1;
    }
    const choose = [1, 7, 21, 35];
    for (const [drawn, ways] of choose.entries()) {
      const share = ways * 0.05 ** drawn * 0.95 ** (7 - drawn);
      const error = Math.sqrt((share * (1 - share)) / runs);
      expect(Math.abs((times[drawn] as number) / runs - share)).toBeLessThan(4 * error);
    }
  });
});
