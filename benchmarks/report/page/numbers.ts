/** Numbers and lists as sentences have them. */
import type { Interval } from "../../statistics/bca.ts";
import type { Said } from "../../statistics/cannot-say.ts";
import { isCannotSay } from "../../statistics/cannot-say.ts";

/** A fraction as a percentage: one decimal below 10 %, none above. A line never breaks before the sign. */
export function percent(fraction: number): string {
  return `${percentNumber(fraction, usualDecimals(fraction))}\u00a0%`;
}

function usualDecimals(fraction: number): number {
  return Math.abs(fraction) < 0.0995 ? 1 : 0;
}

function percentNumber(fraction: number, decimals: number): string {
  const text = (fraction * 100).toFixed(decimals);
  // Of "-0.0" the sign says nothing.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** Of a percentage and its interval alike: a narrow interval has as many that its ends differ by more than their last digit. */
function decimalsFor(fraction: number, { lower, upper }: Interval): number {
  const width = upper - lower;
  return Math.max(usualDecimals(fraction), width < 0.002 ? 2 : width < 0.02 ? 1 : 0);
}

/** "12 % (10 to 14 %)", or that there is no interval. */
export function percentWithInterval(fraction: number, interval: Said<Interval>): string {
  if (isCannotSay(interval)) return `${percent(fraction)} (no interval)`;
  const decimals = decimalsFor(fraction, interval);
  const [value, lower, upper] = [fraction, interval.lower, interval.upper].map((number) =>
    percentNumber(number, decimals),
  );
  return `${value}\u00a0% (${lower} to ${upper}\u00a0%)`;
}

/** A p-value as tables have it. */
export function pValueText(value: number): string {
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

/** "1 cell", "3 cells". */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
