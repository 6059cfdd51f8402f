import fc from "fast-check";
import { expect, test } from "vitest";
import { mulberry32, mulberry32Words, shuffled } from "./random.ts";

test("the words of a seed stay the same, since orders were recorded by their seed alone", () => {
  const word = mulberry32Words(1);
  expect(Array.from({ length: 4 }, word)).toEqual([2693262067, 11749833, 2265367787, 4213581821]);
});

test("a shuffle is a permutation, and small numbers are not favoured", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (items, seed) => {
      const order = shuffled(items, mulberry32(seed));
      expect([...order].sort()).toEqual([...items].sort());
    }),
  );
  const counts = new Map<string, number>();
  const randomBelow = mulberry32(7);
  for (let round = 0; round < 6000; round++) {
    const order = shuffled(["a", "b", "c"], randomBelow).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
