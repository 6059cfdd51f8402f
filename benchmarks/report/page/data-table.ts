/** All numbers behind a panel. */
import type { BenchmarkAnalysis } from "../../analysis/analysis.ts";
import type { PairAnalysis } from "../../analysis/pairs.ts";
import { isCannotSay } from "../../statistics/cannot-say.ts";
import { intervalText, readingText, sizeText } from "../figures/describe-panel.ts";
import { labelOf } from "../figures/environment-style.ts";
import { reference } from "../figures/panel.ts";
import { readingOf, unitName } from "../figures/panels.ts";
import type { Content, Markup } from "../markup.ts";
import { formatValue } from "../text.ts";
import { percent, percentWithInterval, pValueText } from "./numbers.ts";
import { table } from "./table.ts";

const nothing = "–";

/** A row for each cell with launches: its median, and its comparison with native. */
export function dataTable({ benchmark, unit, cells, pairs }: BenchmarkAnalysis): Markup {
  const hasSizes = cells.some(({ sizeBytes }) => sizeBytes !== null);
  const rows = cells.map(({ environment, sizeBytes, description }) => {
    const { median, interval, launches } = description;
    const pair = pairs.find(
      (candidate) =>
        candidate.subject === environment &&
        candidate.reference === reference &&
        candidate.sizeBytes === sizeBytes,
    );
    return [
      ...(hasSizes ? [sizeText(sizeBytes)] : []),
      labelOf(environment),
      String(launches),
      isCannotSay(median) ? nothing : formatValue(median.value),
      isCannotSay(interval) ? nothing : intervalText(interval),
      ...pairCells(pair),
    ];
  });
  return table(
    `${benchmark.title} (${benchmark.name}), ${unitName(unit)}`,
    [
      ...(hasSizes ? [{ name: "size", number: true } as const] : []),
      { name: "environment" },
      { name: "launches", number: true },
      { name: "median", number: true },
      { name: "interval", number: true },
      { name: `overhead to ${labelOf(reference)}`, number: true },
      { name: "p, adjusted", number: true },
      { name: "difference" },
      { name: "would have found", number: true },
    ],
    rows,
  );
}

function pairCells(pair: PairAnalysis | undefined): Content[] {
  if (pair === undefined) return [nothing, nothing, nothing, nothing];
  const { comparison, overhead } = pair;
  if (comparison === null) return [nothing, nothing, "not comparable", nothing];
  const { difference } = comparison;
  const change = overhead === null ? nothing : percentWithInterval(overhead.fraction, overhead.interval);
  if (isCannotSay(difference)) return [change, nothing, readingText(readingOf(difference)), nothing];
  const { minimumDetectable } = difference;
  const detectable =
    minimumDetectable === null || isCannotSay(minimumDetectable)
      ? nothing
      : `≥ ${percent(minimumDetectable.ratio - 1)}`;
  return [change, pValueText(difference.adjustedPValue), readingText(readingOf(difference)), detectable];
}
