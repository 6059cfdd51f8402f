/** Seeded random numbers for orders and choices, so that they can be made again from their seed. Figures have statistics/generator.ts. */

/** Gives a whole number in [0, bound). */
export type RandomBelow = (bound: number) => number;

/**
 * mulberry32 by Tommy Ettinger (2017, public domain): 32 bits of state, passes gjrand. Gives words from 0 to 2^32 − 1.
 * @param seed its lowest 32 bits count
 */
export function mulberry32Words(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Whole numbers below a bound, each equally likely, from mulberry32. */
export function mulberry32(seed: number): RandomBelow {
  const word = mulberry32Words(seed);
  return (bound) => {
    // Values above the greatest multiple of the bound are thrown away: a plain remainder would favour small ones.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = word();
    while (value >= limit) value = word();
    return value % bound;
  };
}

/** A copy in random order, each order equally likely. Fisher-Yates in Durstenfeld's form (CACM 7(7), 1964, algorithm 235). */
export function shuffled<Item>(items: readonly Item[], randomBelow: RandomBelow): Item[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const chosen = randomBelow(last + 1);
    const moved = copy[last] as Item;
    copy[last] = copy[chosen] as Item;
    copy[chosen] = moved;
  }
  return copy;
}
