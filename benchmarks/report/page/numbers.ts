/** Numbers and lists as sentences have them. */
import type { Interval } from "../../statistics/bca.ts";
import type { Said } from "../../statistics/cannot-say.ts";
import { isCannotSay } from "../../statistics/cannot-say.ts";

/** A fraction as a percentage: one decimal below 10 %, none above. A line never breaks before the sign. */
export function percent(fraction: number): string {
  return `${percentNumber(fraction)}\u00a0%`;
}

function percentNumber(fraction: number): string {
  const value = fraction * 100;
  const text = value.toFixed(Math.abs(value) < 9.95 ? 1 : 0);
  // Of "-0.0" the sign says nothing.
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** "12 % (10 to 14 %)", or that there is no interval. */
export function percentWithInterval(fraction: number, interval: Said<Interval>): string {
  if (isCannotSay(interval)) return `${percent(fraction)} (no interval)`;
  return `${percent(fraction)} (${percentNumber(interval.lower)} to ${percent(interval.upper)})`;
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
