/**
 * What the paper's words allow, as ranges. The paper gives no spread and defines none of its words, so each rule here is a declared
 * reading; where the paper itself shows what a word means to its authors, the rule follows that. docs/claims.md has them as a table.
 *
 * A number beside a word replaces the word: "similar performance … with around 10% overhead" is judged on the 10 %.
 */

/** What a quantity may be for the sentence to hold: from `from` to `to`. Fractions for changes, else the quantity's own unit. */
export interface Allowed {
  /** The words. */
  readonly wording: string;
  readonly from: number;
  readonly to: number;
  /** The edges are not allowed themselves: "less than", and "more" than nothing. */
  readonly strict?: true;
}

const unbounded = Number.POSITIVE_INFINITY;
/** In percent. The paper gives whole ones: its "3 %" may have been anything that is rounded to 3. */
const rounding = 0.5;

/** Without what binary fractions add: 3.5 % is 0.035 and not 0.034999999999999996. */
function tidy(number: number): number {
  return Number(number.toPrecision(12));
}

function fraction(percent: number): number {
  return tidy(percent / 100);
}

/** "within 3%": at most that, as rounded to whole percents. Its other side is open: being better than native breaks no promise. */
export function within(percent: number): Allowed {
  return { wording: `within ${percent} %`, from: -unbounded, to: fraction(percent + rounding) };
}

/** "less than 4%": below it, and no rounding in its favour. */
export function lessThan(percent: number): Allowed {
  return { wording: `less than ${percent} %`, from: -unbounded, to: fraction(percent), strict: true };
}

/** "up to 9%" of a cost: a ceiling, as "within" is; "only up to" is how the paper says it. */
export function costsUpTo(percent: number): Allowed {
  return { ...within(percent), wording: `up to ${percent} %` };
}

/**
 * "around 17%": a fifth of the number to either side, and at least 2 percentage points. The paper rounds freely there: it calls
 * (1.88 − 1.49)/1.88 = 20.7 % "around 20%", and 7 % of a microsecond is below what one launch tells from the next.
 */
export function around(percent: number): Allowed {
  const width = Math.max(percent / 5, 2);
  return { wording: `around ${percent} %`, from: fraction(percent - width), to: fraction(percent + width) };
}

/** "can be up to 24%" of a benefit: the greatest over the sizes is around it. A benefit that is nowhere reached is none. */
export function benefitsUpTo(percent: number): Allowed {
  return { ...around(percent), wording: `up to ${percent} %` };
}

/**
 * "similar": the smaller is at least 90 % of the larger, as a ratio. The paper calls 10 % "similar … as native" (C19), and 12 % what
 * remains where it is not similar (C16, C17).
 */
export const similar: Allowed = { wording: "similar", from: 0.9, to: 1 / 0.9 };

/** "minor overhead": the paper says it of 3 %, of 7 % and of 8 % (C3, C10, C8), so at most the largest of these, rounded as they are. */
export const minor: Allowed = { ...within(8), wording: "minor" };

/** "performs better", "less overhead": any improvement above none. */
export const better: Allowed = { wording: "better", from: 0, to: unbounded, strict: true };

/** "a little more": more than nothing, and no more than around 17 %, the largest overhead of that kind that the paper names (C5). */
export const aLittleMore: Allowed = { ...better, wording: "a little more", to: around(17).to };

/** Half of the last digit given would ask for the paper's own machines; within 5 % asks for the same speed. */
const valueTolerance = 0.05;
/** The paper's "Gbytes" may be 10^9 or 2^30 bytes, which are 7.4 % apart. */
const bandwidthTolerance = 0.1;

/** "is 0.91µs". @param value in the quantity's unit */
export function is(value: number): Allowed {
  return {
    wording: `is ${value}`,
    from: tidy(value * (1 - valueTolerance)),
    to: tidy(value * (1 + valueTolerance)),
  };
}

/** "can achieve 6 Gbytes/sec", "around 6 Gbytes/sec". */
export function achieves(gigabytesPerSecond: number): Allowed {
  return {
    wording: `around ${gigabytesPerSecond} GB/s`,
    from: tidy(gigabytesPerSecond * (1 - bandwidthTolerance)),
    to: tidy(gigabytesPerSecond * (1 + bandwidthTolerance)),
  };
}

/** "most message sizes": more than half of them. */
export const most = 0.5;
/** "almost all": nine of ten. */
export const almostAll = 0.9;
