/** Numbers that a seed determines, so that every case can be had again. */

/** A source of numbers. */
export interface Random {
  /** An integer from 0 up to and without `limit`, which is at least 1. */
  readonly below: (limit: number) => number;
  /** One of several, of which there is at least one. */
  readonly oneOf: <Value>(values: readonly Value[]) => Value;
}

/** The numbers of one case of one seed: the mulberry32 generator (T. Ettinger, 2017), started from both. */
export function randomOf(seed: number, caseNumber: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(caseNumber + 1, 0xc2b2ae35)) | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    oneOf: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error("one of no values was asked for");
      return value;
    },
  };
}
