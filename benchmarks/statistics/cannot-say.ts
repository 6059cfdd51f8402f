/** What the analysis answers where the data can't bear an answer. A value and no error: it stands in results beside the others. */

/** Why there is no number, and how much data would give one. */
export interface CannotSay {
  readonly kind: "cannot say";
  /** A clause for people: "a median's interval at 95 % needs 6 launches, there are 3". */
  readonly reason: string;
  /** The smallest number of launches, or of complete blocks, that would do; null where more of the same would not help. */
  readonly needed: number | null;
}

/** An answer, or why there is none. */
export type Said<Answer> = Answer | CannotSay;

/** Tells the two apart. */
export function isCannotSay(said: object): said is CannotSay {
  return "kind" in said && said.kind === "cannot say";
}

/** The same the other way round, as filters need it. */
export function isAnswer<Answer extends object>(said: Said<Answer>): said is Answer {
  return !isCannotSay(said);
}

/** Not enough of something, with what would be enough. */
export function tooFew(what: string, unit: "launches" | "complete blocks", needed: number, there: number) {
  const reason = `${what} needs ${needed} ${unit}, there ${there === 1 ? "is" : "are"} ${there}`;
  return { kind: "cannot say", reason, needed } as const satisfies CannotSay;
}

/** More launches would not help. */
export function cannotSay(reason: string): CannotSay {
  return { kind: "cannot say", reason, needed: null };
}

/**
 * The first value that no ratio can be made of, as a clause. Times and rates are positive; what is not was measured or read wrongly,
 * and a median over it would hide that.
 */
export function whyNotPositive(values: Iterable<number>): string | null {
  for (const value of values) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      return `${value} is among the values; a time or a rate is above 0 and finite`;
    }
  }
  return null;
}

/** A level as people write it: 0.975 is "97.5 %". */
export function percentText(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(6))} %`;
}
