/** What a panel shows: one benchmark, ready to be drawn and to be told in a table. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { Metric } from "../../catalogue/benchmark.ts";
import type { Interval } from "../../statistics/bca.ts";

/** What ratios are made to, as in the paper. */
export const reference: EnvironmentName = "native";

/** The median over the launches of one cell. */
export interface PanelPoint {
  readonly environment: EnvironmentName;
  readonly sizeBytes: number | null;
  readonly median: number;
  /** Null: the launches can't bear one. */
  readonly interval: Interval | null;
  readonly launches: number;
}

/** What the comparison of a cell with the native one says: a difference, none that could be seen, or nothing. */
export type Reading = "difference" | "none found" | "cannot say";

/** A cell's median over that of the reference at the same size. */
export interface RatioPoint {
  readonly environment: EnvironmentName;
  readonly sizeBytes: number | null;
  readonly ratio: number;
  readonly interval: Interval | null;
  readonly reading: Reading;
}

/** A planned cell without a number. */
export interface Gap {
  readonly environment: EnvironmentName;
  readonly sizeBytes: number | null;
  /** As in "refused". */
  readonly status: string;
}

export interface Panel {
  /** Unique in the page. */
  readonly benchmark: string;
  readonly title: string;
  /** As readers know it: µs. */
  readonly unit: string;
  readonly better: Metric["better"];
  readonly environments: readonly EnvironmentName[];
  readonly points: readonly PanelPoint[];
  readonly ratios: readonly RatioPoint[];
  readonly gaps: readonly Gap[];
  /** What every copy of the drawing must say of the data: EMULATED. Null: nothing. */
  readonly stamp: string | null;
}

/** The sizes of all cells of a panel, with a number or without, ascending. */
export function panelSizes({ points, gaps }: Pick<Panel, "points" | "gaps">): number[] {
  const sizes = [...points, ...gaps].flatMap(({ sizeBytes }) => (sizeBytes === null ? [] : [sizeBytes]));
  return [...new Set(sizes)].sort((a, b) => a - b);
}

/** What a panel measures, in a word. */
export function quantityOf({ unit, better }: Pick<Panel, "unit" | "better">): string {
  if (better === "higher") return unit.endsWith("/s") ? "bandwidth" : "rate";
  return unit === "s" ? "time" : "latency";
}
