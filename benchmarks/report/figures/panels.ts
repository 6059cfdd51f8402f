/** From the analysis to what panels show. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { Analysis, BenchmarkAnalysis } from "../../analysis/analysis.ts";
import type { PairAnalysis } from "../../analysis/pairs.ts";
import type { CellResult } from "../../results.ts";
import { isAnswer, isCannotSay } from "../../statistics/cannot-say.ts";
import { inPaperOrder } from "../../summary.ts";
import type { DistributionPanel } from "./distribution-panel.ts";
import { type Gap, type Panel, type PanelPoint, type RatioPoint, type Reading, reference } from "./panel.ts";
import type { Residual, ResidualPanel } from "./residual-panel.ts";

const unitNames: Readonly<Record<string, string>> = { us: "µs" };

/** A unit as readers know it. */
export function unitName(unit: string): string {
  return unitNames[unit] ?? unit;
}

/** What a panel is made of: what the analysis says of the cells with launches, and all cells that were planned. */
export interface PanelSource {
  readonly analysis: BenchmarkAnalysis;
  readonly cells: readonly CellResult[];
}

/** One for each benchmark of an analysis. */
export function panelSources({ benchmarks, set }: Analysis): PanelSource[] {
  return benchmarks.map((analysis) => ({
    analysis,
    cells: set.results.cells.filter(({ benchmark }) => benchmark === analysis.benchmark.name),
  }));
}

/** The panel of a benchmark. `stamp`: what every drawing must say of the data. */
export function panelOf({ analysis, cells: planned }: PanelSource, stamp: string | null): Panel {
  const { benchmark, unit, better, cells: analysed, pairs } = analysis;
  const points = analysed.flatMap(({ environment, sizeBytes, description }): PanelPoint[] => {
    const { median, interval, launches } = description;
    if (isCannotSay(median)) return [];
    const range = isAnswer(interval) ? interval : null;
    return [{ environment, sizeBytes, median: median.value, interval: range, launches }];
  });
  const told = new Set(points.map(cellText));
  return {
    benchmark: benchmark.name,
    title: benchmark.title,
    unit: unitName(unit),
    better,
    environments: environmentsOf(planned),
    points,
    ratios: ratiosOf(pairs),
    gaps: planned.filter((cell) => !told.has(cellText(cell))).map(gapOf),
    stamp,
  };
}

function cellText({ environment, sizeBytes }: Pick<CellResult, "environment" | "sizeBytes">): string {
  return `${environment} ${sizeBytes}`;
}

/** All that were planned, in the order of the paper. */
function environmentsOf(planned: readonly CellResult[]): EnvironmentName[] {
  return inPaperOrder([...new Set(planned.map(({ environment }) => environment))]);
}

/** How a cell without a number is called. */
export const statusNames: Readonly<Record<CellResult["status"], string>> = {
  valid: "no usable value",
  refused: "refused",
  "not-available": "not available",
  missing: "missing",
};

function gapOf({ environment, sizeBytes, status }: CellResult): Gap {
  return { environment, sizeBytes, status: statusNames[status] };
}

/** Only of pairs that may be compared: a ratio of others says nothing of the environments. */
function ratiosOf(pairs: readonly PairAnalysis[]): RatioPoint[] {
  return pairs.flatMap(({ comparison, subject, sizeBytes, reference: denominator }) => {
    if (comparison === null || isCannotSay(comparison.ratio) || denominator !== reference) return [];
    const { value, interval } = comparison.ratio;
    return [
      {
        environment: subject,
        sizeBytes,
        ratio: value,
        interval: isAnswer(interval) ? interval : null,
        reading: readingOf(comparison.difference),
      },
    ];
  });
}

type Tested = NonNullable<PairAnalysis["comparison"]>["difference"];

/** What the test of a difference says. */
export function readingOf(difference: Tested): Reading {
  if (isCannotSay(difference)) return "cannot say";
  return difference.found ? "difference" : "none found";
}

/** The launches of a benchmark against the medians of their cells; null where no cell has a median. */
export function residualsOf(
  { analysis: { benchmark, cells }, cells: planned }: PanelSource,
  stamp: string | null,
): ResidualPanel | null {
  const residuals = cells.flatMap(({ environment, sample, description }): Residual[] => {
    const { median, outliers } = description;
    if (isCannotSay(median)) return [];
    const flagged = new Set(outliers.map(({ index }) => index));
    return sample.launches.map(({ position, value }, index) => ({
      environment,
      position,
      ratio: value / median.value,
      outlier: flagged.has(index),
    }));
  });
  if (residuals.length === 0) return null;
  const environments = environmentsOf(planned);
  return { benchmark: benchmark.name, title: benchmark.title, environments, residuals, stamp };
}

/** The distributions of a benchmark at its smallest, middle and largest size. */
export function distributionsOf(
  { analysis: { benchmark, unit, cells }, cells: planned }: PanelSource,
  stamp: string | null,
): DistributionPanel[] {
  const usable = cells.filter(({ description }) => isAnswer(description.median));
  const sizes = [...new Set(usable.map(({ sizeBytes }) => sizeBytes))].sort((a, b) => (a ?? 0) - (b ?? 0));
  const shown = new Set([sizes[0], sizes[Math.floor(sizes.length / 2)], sizes.at(-1)]);
  return sizes
    .filter((sizeBytes) => shown.has(sizeBytes))
    .map((sizeBytes) => ({
      benchmark: benchmark.name,
      title: benchmark.title,
      unit: unitName(unit),
      sizeBytes,
      launches: environmentsOf(planned).map((environment) => {
        const cell = usable.find((one) => one.sizeBytes === sizeBytes && one.environment === environment);
        return { environment, values: cell?.sample.launches.map(({ value }) => value) ?? [] };
      }),
      stamp,
    }));
}
