/** What the reader of an analysis should know before any number, as sentences. */
import type { Results } from "../results.ts";
import { isAnswer, percentText } from "../statistics/cannot-say.ts";
import type { ComparisonSettings } from "../statistics/comparison.ts";
import { holmAdjusted } from "../statistics/holm.ts";
import type { BenchmarkAnalysis, CellAnalysis } from "./analysis.ts";

/** In the order in which they limit what can be said. */
export function warningsOf(
  results: Results,
  benchmarks: readonly BenchmarkAnalysis[],
  { level }: Pick<ComparisonSettings, "level">,
): string[] {
  return [
    ...missingBaseline(benchmarks),
    ...refusedPairs(results),
    ...emptyCells(results),
    ...benchmarks.flatMap(singleLaunches),
    ...orderEffects(benchmarks, level),
    ...outliers(benchmarks),
  ];
}

function cellName({ environment, sizeBytes }: Pick<CellAnalysis, "environment" | "sizeBytes">): string {
  return sizeBytes === null ? environment : `${environment} at ${sizeBytes} B`;
}

function missingBaseline(benchmarks: readonly BenchmarkAnalysis[]): string[] {
  const without = benchmarks
    .filter(({ cells }) => cells.length > 0 && !cells.some(({ environment }) => environment === "native"))
    .map(({ benchmark }) => benchmark.name);
  return without.length === 0
    ? []
    : [`There is no native baseline for ${without.join(", ")}: no overhead can be given.`];
}

function refusedPairs({ comparisons }: Results): string[] {
  return comparisons
    .filter(({ comparable }) => !comparable)
    .map(
      ({ environments, reasons }) => `${environments.join(" and ")} are not compared: ${reasons.join("; ")}.`,
    );
}

function emptyCells({ cells }: Results): string[] {
  return (["refused", "not-available", "missing"] as const).flatMap((status) => {
    const count = cells.filter((cell) => cell.status === status).length;
    const [noun, verb] = count === 1 ? ["cell", "has"] : ["cells", "have"];
    return count === 0
      ? []
      : [`${count} ${noun} ${verb} no number: ${status.replace("-", " ")}. The ledger says why.`];
  });
}

function singleLaunches({ benchmark, cells }: BenchmarkAnalysis): string[] {
  const single = cells.filter(({ sample }) => sample.launches.length === 1);
  return single.length === 0
    ? []
    : [
        `${benchmark.name} has only one launch in ${single.map(cellName).join(", ")}: one launch has no spread, and no interval or difference can be given.`,
      ];
}

/** Over all cells together, so that a level of 5 % is that of even one false sentence. A benchmark's cells share one. */
function orderEffects(benchmarks: readonly BenchmarkAnalysis[], level: number): string[] {
  const tested = benchmarks.flatMap(({ benchmark, cells }) =>
    cells.flatMap((cell) => {
      const effect = cell.description.orderEffect;
      return isAnswer(effect) ? [{ benchmark: benchmark.name, cell, effect }] : [];
    }),
  );
  const adjusted = holmAdjusted(tested.map(({ effect }) => effect.pValue));
  const found = tested.filter((_, index) => (adjusted[index] as number) <= level);
  const groups = Map.groupBy(found, ({ benchmark, effect }) =>
    JSON.stringify([benchmark, effect.correlation > 0 ? "grew" : "fell"]),
  );
  return [...groups].map(([key, own]) => {
    const [benchmark, direction] = JSON.parse(key) as [string, string];
    return `Values of ${benchmark} ${direction} with the order of launches in ${own.map(({ cell }) => cellName(cell)).join(", ")} (adjusted over all cells, at ${percentText(level)}).`;
  });
}

function outliers(benchmarks: readonly BenchmarkAnalysis[]): string[] {
  const count = benchmarks
    .flatMap(({ cells }) => cells)
    .reduce((sum, { description }) => sum + description.outliers.length, 0);
  if (count === 0) return [];
  const subject = count === 1 ? "1 launch is" : `${count} launches are`;
  return [`${subject} far from the others of their cell; none was left out.`];
}
