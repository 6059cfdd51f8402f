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
  readonly deciding: Estimate;
  /** What kept it from being decided; null where nothing did. */
  readonly reason: string | null;
}

function isInside(interval: Said<Interval>, { from, to }: Allowed): boolean {
  return isAnswer(interval) && interval.lower >= from && interval.upper <= to;
}

function isOutside(interval: Said<Interval>, { from, to }: Allowed): boolean {
  return isAnswer(interval) && (interval.upper < from || interval.lower > to);
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
  needed: Said<Interval>,
): Decided {
  if (contradicted) return { verdict: "contradicted", deciding, reason: null };
  if (supported) return { verdict: "supported", deciding, reason: null };
  return { verdict: "inconclusive", deciding, reason: isCannotSay(needed) ? needed.reason : null };
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
    withoutInterval?.interval ?? worst.simultaneous,
  );
};

/** None above what is allowed, and at least one that reaches it. */
const greatest: Rule = (estimates, { from, to }) => {
  const top = greatestBy(estimates, ({ value }) => value ?? Number.NEGATIVE_INFINITY);
  const intervals = estimates.map(({ interval }) => interval);
  const isBelow = (limit: number) => (interval: Said<Interval>) =>
    isAnswer(interval) && interval.upper <= limit;
  const reaches = (limit: number) =>
    estimates.some(({ simultaneous }) => isAnswer(simultaneous) && simultaneous.lower >= limit);
  const exceeded = estimates.some(({ simultaneous }) => isAnswer(simultaneous) && simultaneous.lower > to);
  const neverReached = intervals.every(
    (interval) => isBelow(from)(interval) && isAnswer(interval) && interval.upper < from,
  );
  return decided(
    intervals.every(isBelow(to)) && reaches(from),
    exceeded || neverReached,
    top,
    intervals.find(isCannotSay) ?? top.simultaneous,
  );
};

/** More than half of the sizes inside; half or more outside contradict. */
const mostSizes: Rule = (estimates, allowed) => {
  const byExcess = [...estimates].sort((a, b) => excess(a, allowed) - excess(b, allowed));
  // The one whose being inside makes it more than half.
  const deciding = byExcess[Math.floor(estimates.length * most)] as Estimate;
  const inside = estimates.filter(({ simultaneous }) => isInside(simultaneous, allowed)).length;
  const outside = estimates.filter(({ simultaneous }) => isOutside(simultaneous, allowed)).length;
  return decided(
    inside > estimates.length * most,
    outside >= estimates.length * (1 - most),
    deciding,
    deciding.simultaneous,
  );
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
