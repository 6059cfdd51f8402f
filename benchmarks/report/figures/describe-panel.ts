/** A panel in words, for those who don't see it and for the title of each mark. */
import type { Interval } from "../../statistics/bca.ts";
import { formatValue } from "../text.ts";
import { labelOf } from "./environment-style.ts";
import { type Gap, type Panel, type PanelPoint, quantityOf, type RatioPoint, reference } from "./panel.ts";
import { sizeTickText } from "./ticks.ts";

/** "8 B", "4 KiB"; nothing for a benchmark without sizes. A line never breaks before the unit. */
export function sizeText(sizeBytes: number | null): string {
  if (sizeBytes === null) return "";
  const short = sizeTickText(sizeBytes);
  return /\d$/.test(short) ? `${short}\u00a0B` : `${short.slice(0, -1)}\u00a0${short.slice(-1)}iB`;
}

/** "at 8 B", or nothing. */
function atSize(sizeBytes: number | null): string {
  return sizeBytes === null ? "" : `, ${sizeText(sizeBytes)}`;
}

/** "1.10 to 1.31". */
export function intervalText({ lower, upper }: Interval): string {
  return `${formatValue(lower)} to ${formatValue(upper)}`;
}

/** One median with what it rests on. */
export function pointText(
  { environment, sizeBytes, median, interval, launches }: PanelPoint,
  unit: string,
): string {
  const range = interval === null ? "no interval" : intervalText(interval);
  return `${labelOf(environment)}${atSize(sizeBytes)}: ${formatValue(median)} ${unit} (${range}), n = ${launches}`;
}

/** One ratio with what the test says of it. */
export function ratioText({ environment, sizeBytes, ratio, interval, reading }: RatioPoint): string {
  const range = interval === null ? "no interval" : intervalText(interval);
  return `${labelOf(environment)} over ${labelOf(reference)}${atSize(sizeBytes)}: ${formatValue(ratio)} (${range}); ${readingText(reading)}`;
}

export function readingText(reading: RatioPoint["reading"]): string {
  return { difference: "difference found", "none found": "no difference found", "cannot say": "cannot say" }[
    reading
  ];
}

export function gapText({ environment, sizeBytes, status }: Gap): string {
  return `${labelOf(environment)}${atSize(sizeBytes)}: ${status}`;
}

/** The alternative text of a panel: what it shows, and each environment's first and last median. */
export function panelDescription(panel: Panel): string {
  const { points, gaps, environments, unit, better } = panel;
  const told = environments.flatMap((environment) => {
    const own = points.filter((point) => point.environment === environment);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [`${labelOf(environment)}: no result`];
    if (first === last) return [pointText(first, unit)];
    return [
      `${labelOf(environment)}: ${formatValue(first.median)} ${unit} at ${sizeText(first.sizeBytes)}, ${formatValue(last.median)} ${unit} at ${sizeText(last.sizeBytes)}`,
    ];
  });
  const without = gaps.length === 0 ? "" : ` ${gaps.length} cells have no result.`;
  const mark = panel.stamp === null ? "" : `${panel.stamp}. `;
  return `${mark}Median ${quantityOf(panel)} in ${unit}, ${better} is better. ${told.join("; ")}.${without} All numbers are in the table below the figure.`;
}
