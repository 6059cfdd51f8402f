/** Numbers that a seed determines, so that every case can be had again. */
import { mulberry32Words } from "../../random.ts";

/** A source of numbers. */
export interface Random {
  /** An integer from 0 up to and without `limit`, which is at least 1. */
  readonly below: (limit: number) => number;
  /** One of several, of which there is at least one. */
  readonly oneOf: <Value>(values: readonly Value[]) => Value;
}

/** The numbers of one case of one seed. */
export function randomOf(seed: number, caseNumber: number): Random {
  const word = mulberry32Words(
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(caseNumber + 1, 0xc2b2ae35),
  );
  // A plain remainder favours small numbers by less than one in a thousand here, and needs one word a number.
  const below = (limit: number): number => word() % limit;
  return {
    below,
    oneOf: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error("one of no values was asked for");
      return value;
    },
  };
}
