/**
 * From estimates to a verdict, pure. A sentence is supported when the interval lies inside of what its words allow, contradicted when it
 * lies outside, and neither where it reaches over the edge.
 *
 * Evidence that must be there at every size needs no correction for their number: the chance that all of them mislead at once is at most
 * that of one (intersection-union tests: Berger, Technometrics 24(4), 1982). Evidence that is looked for among many sizes and found at one
 * does: for that, the intervals are widened so that all of a claim's together cover with the confidence of one (Bonferroni).
 */
import type { Interval } from "../statistics/bca.ts";
import { isAnswer, isCannotSay, type Said } from "../statistics/cannot-say.ts";
import type { Extent } from "./claim.ts";
import { type Allowed, most } from "./wording.ts";

export const decisions = ["supported", "contradicted", "inconclusive"] as const;
export type Decision = (typeof decisions)[number];

/** A number with its intervals: by itself, and together with all others of its claim. */
export interface Estimate {
  /** Null: over several sizes, or of a benchmark that has none. */
  readonly sizeBytes: number | null;
  /** Null: there is not one block to make it of. */
  readonly value: number | null;
  readonly interval: Said<Interval>;
  readonly simultaneous: Said<Interval>;
}

/** A verdict with the estimate that decided it. */
export interface Decided {
  readonly verdict: Decision;
  /** Its `interval` is the one that decided, be it by itself or together with the others. */
  readonly deciding: Estimate;
  /** What kept it from being decided; null where nothing did. */
  readonly reason: string | null;
}

function reaches(value: number, { from, strict }: Allowed): boolean {
  return strict ? value > from : value >= from;
}

function exceeds(value: number, { to, strict }: Allowed): boolean {
  return strict ? value >= to : value > to;
}

function isInside(interval: Said<Interval>, allowed: Allowed): boolean {
  return isAnswer(interval) && reaches(interval.lower, allowed) && !exceeds(interval.upper, allowed);
}

function isOutside(interval: Said<Interval>, allowed: Allowed): boolean {
  return isAnswer(interval) && (!reaches(interval.upper, allowed) || exceeds(interval.lower, allowed));
}

/** How far an estimate lies outside, or, below 0, how far inside. */
export function excess({ value }: Estimate, { from, to }: Allowed): number {
  return value === null ? Number.NEGATIVE_INFINITY : Math.max(from - value, value - to);
}

type Rule = (estimates: readonly Estimate[], allowed: Allowed) => Decided;

function decided(
  supported: boolean,
  contradicted: boolean,
  deciding: Estimate,
  { allowed, needed }: { readonly allowed: Allowed; readonly needed: Said<Interval> },
): Decided {
  if (contradicted) return { verdict: "contradicted", deciding, reason: null };
  if (supported) return { verdict: "supported", deciding, reason: null };
  // What seems clear by itself was not among the others: their common interval is what left it open.
  const { interval, simultaneous } = deciding;
  const seemsClear = isInside(interval, allowed) || isOutside(interval, allowed);
  return {
    verdict: "inconclusive",
    deciding: seemsClear ? { ...deciding, interval: simultaneous } : deciding,
    reason: isCannotSay(needed) ? needed.reason : null,
  };
}

/** Every size inside; one that is outside contradicts. */
const each: Rule = (estimates, allowed) => {
  const worst = greatestBy(estimates, (estimate) => excess(estimate, allowed));
  const outside = estimates.filter(({ simultaneous }) => isOutside(simultaneous, allowed));
  const supported = estimates.every(({ interval }) => isInside(interval, allowed));
  const withoutInterval = estimates.find(({ interval }) => isCannotSay(interval));
  return decided(
    supported,
    outside.length > 0,
    outside.length > 0 ? greatestBy(outside, (estimate) => excess(estimate, allowed)) : worst,
    { allowed, needed: withoutInterval?.interval ?? worst.simultaneous },
  );
};

/** None above what is allowed, and at least one that reaches it. */
const greatest: Rule = (estimates, allowed) => {
  const top = greatestBy(estimates, ({ value }) => value ?? Number.NEGATIVE_INFINITY);
  const intervals = estimates.map(({ interval }) => interval);
  const together = estimates.map(({ simultaneous }) => simultaneous).filter(isAnswer);
  const isReached = together.some(({ lower }) => reaches(lower, allowed));
  const isKept = intervals.every((interval) => isAnswer(interval) && !exceeds(interval.upper, allowed));
  const isNeverReached = intervals.every(
    (interval) => isAnswer(interval) && !reaches(interval.upper, allowed),
  );
  const isExceeded = together.some(({ lower }) => exceeds(lower, allowed));
  return decided(isReached && isKept, isExceeded || isNeverReached, top, {
    allowed,
    needed: intervals.find(isCannotSay) ?? top.simultaneous,
  });
};

/** More than half of the sizes inside; half or more outside contradict. */
const mostSizes: Rule = (estimates, allowed) => {
  const byExcess = [...estimates].sort((a, b) => excess(a, allowed) - excess(b, allowed));
  // The one whose being inside makes it more than half.
  const deciding = byExcess[Math.floor(estimates.length * most)] as Estimate;
  const inside = estimates.filter(({ simultaneous }) => isInside(simultaneous, allowed)).length;
  const outside = estimates.filter(({ simultaneous }) => isOutside(simultaneous, allowed)).length;
  return decided(inside > estimates.length * most, outside >= estimates.length * (1 - most), deciding, {
    allowed,
    needed: deciding.simultaneous,
  });
};

const rules: Readonly<Record<Extent, Rule>> = { each, greatest, most: mostSizes, typical: each };

/** Decides one statement. @param estimates at least one */
export function decide(extent: Extent, estimates: readonly Estimate[], allowed: Allowed): Decided {
  return rules[extent](estimates, allowed);
}

/** The first item with the greatest value. @param items at least one */
export function greatestBy<Item>(items: readonly Item[], by: (item: Item) => number): Item {
  return items.reduce((best, item) => (by(item) > by(best) ? item : best));
}
