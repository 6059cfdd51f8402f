/** A row of the benchmark's table. */
export interface Row {
  readonly what: string;
  /** The most that the ratio should be. */
  readonly goal: number;
  readonly outcome: { readonly ratio: number; readonly from: string } | { readonly notMeasured: string };
}

/** Why a row that needs the stack has nothing. */
export const noStack = "not measured: no stack is deployed; npm run up first";

const columnGap = "   ";

function cells({ what, goal, outcome }: Row): string[] {
  const goalText = `≤ ${goal.toFixed(2)}`;
  if ("notMeasured" in outcome) return [what, "-", goalText, outcome.notMeasured];
  const verdict = outcome.ratio <= goal ? "met" : "MISSED";
  return [what, outcome.ratio.toFixed(2), goalText, `${verdict} (${outcome.from})`];
}

/** The rows as a table for people. */
export function tableText(rows: readonly Row[]): string {
  const lines = [["", "ratio", "goal", ""], ...rows.map(cells)];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(columnGap)
        .trimEnd(),
    )
    .join("\n");
}

/** One sentence on the goals that were missed. */
export function missedText(rows: readonly Row[]): string {
  const missed = rows.filter(({ goal, outcome }) => "ratio" in outcome && outcome.ratio > goal);
  const measured = rows.filter(({ outcome }) => "ratio" in outcome);
  if (missed.length === 0) return `no goal missed of the ${measured.length} measured`;
  return `goals missed: ${missed.map(({ what }) => what).join("; ")}`;
}
