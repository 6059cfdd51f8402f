/** The comparison of two runs for people. */
import { alignedTable, formatValue, sizesText } from "../report/text.ts";
import { isCannotSay, percentText } from "../statistics/cannot-say.ts";
import type { ComparedBenchmark, ComparedCell, LoneCell, RunComparison, RunName } from "./compare.ts";

/** The whole text of `testbed compare`. */
export function comparisonText(comparison: RunComparison): string {
  const { fidelity, first, second, settings, benchmarks, warnings } = comparison;
  const remarks = benchmarks.flatMap(({ benchmark, cells }) =>
    cells.flatMap((cell) => remarksOn(benchmark, cell)),
  );
  const head = [
    fidelity === "emulated"
      ? "EMULATED: these numbers say nothing about the speed of hardware\n"
      : "measured on hardware\n",
    `A: ${runText(first)}\nB: ${runText(second)}\n`,
  ].join("");
  const confidence = percentText(settings.confidence);
  const legend = `B/A: ratio of medians over launches with its ${confidence} interval; p: exact rank-sum test, adjusted by Holm within a benchmark\nA run is one sample of its hours and boots: what they bring is part of every ratio.\n`;
  return [
    head,
    ...section("Warnings", warnings),
    alignedTable([columns, ...benchmarks.flatMap(rowsOf)]),
    legend,
    ...section("Cannot say", causesOf(remarks)),
    ...section(
      "Not compared",
      comparison.notCompared.map(({ benchmark, reason }) => `${benchmark}: ${reason}`),
    ),
    ...section("Only in A", comparison.onlyInFirst.map(cellText)),
    ...section("Only in B", comparison.onlyInSecond.map(cellText)),
    ...section(
      "What the environments were not alike in",
      comparison.environmentDifferences.map(
        ({ environment, what, first: a, second: b }) => `${environment}, ${what}: ${a} (A) | ${b} (B)`,
      ),
    ),
  ].join("\n");
}

const columns = ["benchmark", "size", "environment", "A", "B", "unit", "B/A", "interval", "p", "B is"];

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`];
}

function runText({ runId, stack, directory }: RunName): string {
  return `run ${runId} of stack ${stack}, ${directory}`;
}

function rowsOf(compared: ComparedBenchmark): string[][] {
  return compared.cells.map((cell) => {
    const { ratio } = cell;
    const interval = isCannotSay(ratio) || isCannotSay(ratio.interval) ? null : ratio.interval;
    return [
      compared.benchmark,
      sizesText([cell.sizeBytes]),
      cell.environment,
      ...[cell.first, cell.second].map(({ median, launches }) => `${formatValue(median)} n=${launches}`),
      compared.unit,
      isCannotSay(ratio) ? "-" : ratio.value.toFixed(3),
      interval === null ? "-" : `${interval.lower.toFixed(3)}–${interval.upper.toFixed(3)}`,
      isCannotSay(cell.difference) ? "-" : cell.difference.adjustedPValue.toPrecision(2),
      verdictText(cell, compared.better),
    ];
  });
}

/** "No difference found" is no proof of equality: the interval says what may be. */
function verdictText({ ratio, difference, first, second }: ComparedCell, better: "lower" | "higher"): string {
  if (isCannotSay(difference)) return "cannot say";
  if (!difference.found) return "no difference found";
  const value = isCannotSay(ratio) ? second.median / first.median : ratio.value;
  if (value === 1) return "different";
  return value < 1 === (better === "lower") ? "better" : "worse";
}

function remarksOn(benchmark: string, cell: ComparedCell): { reason: string; cell: string }[] {
  const { ratio, difference } = cell;
  const unsaid = [isCannotSay(ratio) ? ratio : ratio.interval, difference].filter(isCannotSay);
  return unsaid.map(({ reason }) => ({ reason, cell: cellText({ benchmark, ...cell }) }));
}

/** One cause often has many cells: they share a line. */
function causesOf(remarks: readonly { reason: string; cell: string }[]): string[] {
  return [...Map.groupBy(remarks, ({ reason }) => reason)].map(
    ([reason, cells]) => `${reason}: ${cells.map(({ cell }) => cell).join(", ")}`,
  );
}

function cellText({
  benchmark,
  environment,
  sizeBytes,
}: Pick<LoneCell, "benchmark" | "environment" | "sizeBytes">): string {
  const size = sizesText([sizeBytes]);
  return `${benchmark}${size === "" ? "" : ` ${size}`} in ${environment}`;
}
