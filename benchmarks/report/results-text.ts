/** Results for people: a table of benchmark and size by environment, and below it what was refused and why. */
import type { CellResult, Results } from "../results.ts";
import { inPaperOrder } from "../summary.ts";
import { comparisonSections } from "./comparison-text.ts";
import { endingText } from "./ending-text.ts";
import { alignedTable, formatValue, sizesText } from "./text.ts";

/** The whole text of `testbed results`. */
export function resultsText(results: Results): string {
  const environments = inPaperOrder([...new Set(results.cells.map((cell) => cell.environment))]);
  const rows = Map.groupBy(results.cells, (cell) => `${cell.benchmark} ${cell.sizeBytes}`);
  const head = ["benchmark", "size", ...environments];
  const body = [...rows.values()].map((cells) => [
    cells[0]?.benchmark ?? "",
    sizesText([cells[0]?.sizeBytes ?? null]),
    ...environments.map((environment) => cellText(cells.find((cell) => cell.environment === environment))),
  ]);
  const sections = [headText(results), alignedTable([head, ...body]), legend];
  const remarked = results.cells.filter((cell) => cell.reason !== undefined);
  if (remarked.length > 0) {
    // One cause often has many cells: they share a line.
    const causes = Map.groupBy(remarked, ({ environment, reason }) => `${environment}: ${reason}`);
    const lines = [...causes].map(
      ([cause, cells]) => `  ${cause}\n      ${cells.map(remarkText).join(", ")}\n`,
    );
    sections.push(`Refused or not available:\n${lines.join("")}`);
  }
  sections.push(...comparisonSections(results));
  if (results.report !== null) sections.push(`report: ${results.report}\n`);
  return sections.join("\n");
}

const legend = "median (minimum–maximum) over launches, n = launches that count\n";

function headText(results: Results): string {
  const fidelity =
    results.fidelity === "emulated"
      ? "EMULATED: these numbers say nothing about the speed of hardware"
      : "measured on hardware";
  const state = results.complete
    ? `finished ${results.finished}`
    : "NOT COMPLETE: the same run command continues it";
  const { counts } = results;
  const ending = results.ending === null ? [] : [`${endingText(results.ending)}\n`];
  return [
    `${fidelity}\n`,
    `run ${results.runId} of stack ${results.stack}, ${state}\n`,
    `${counts.launchesValid} of ${counts.launchesPlanned} launches valid, ${counts.launchesProven} of them proven by port counters, ${counts.attemptsRefused} attempts refused, seed ${results.seed}, ${results.path}\n`,
    ...ending,
    ...results.warnings.map((warning) => `${warning}\n`),
  ].join("");
}

function cellText(cell: CellResult | undefined): string {
  if (cell === undefined) return "";
  if (cell.median === null || cell.minimum === null || cell.maximum === null) return cell.status;
  const range = `${formatValue(cell.minimum)}–${formatValue(cell.maximum)}`;
  return `${formatValue(cell.median)} (${range}) ${cell.unit} n=${cell.launches}`;
}

function remarkText(cell: CellResult): string {
  const refused = cell.attemptsRefused > 0 ? ` (${cell.attemptsRefused} attempts refused)` : "";
  const size = sizesText([cell.sizeBytes]);
  return `${cell.benchmark}${size === "" ? "" : ` ${size}`}${refused}`;
}
