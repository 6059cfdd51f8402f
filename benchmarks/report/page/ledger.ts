/** What was refused, what was not available, what is missing, and why: nothing of the plan is silently absent. */
import type { ResultSet } from "../../result-set/result-set.ts";
import type { CellResult } from "../../results.ts";
import { type LaunchState, launchStates } from "../../runner/launch-states.ts";
import { type Cell, cellKey, cellsOf } from "../../runner/schedule.ts";
import { sizeText } from "../figures/describe-panel.ts";
import { labelOf } from "../figures/environment-style.ts";
import { statusNames } from "../figures/panels.ts";
import { type Markup, markup } from "../markup.ts";
import { table } from "./table.ts";

/** Cells without a number, and attempts that were refused. One cause often has many cells: they share a row. */
export function ledger({ results, plan, events }: ResultSet): Markup {
  const cells = cellRows(results.cells.filter(({ status }) => status !== "valid"));
  const attempts = attemptRows(launchStates(plan.launches, events));
  const cellColumns = ["environment", "state", "cells", "reason"].map((name) => ({ name }));
  const attemptColumns = [
    { name: "environment" },
    { name: "cells" },
    { name: "attempts", number: true },
    { name: "reason" },
  ] as const;
  return markup`<section id="ledger"><h2>Refused and missing</h2>
${
  cells.length === 0
    ? markup`<p>Every planned cell has a number.</p>`
    : table("Cells without a number", cellColumns, cells, { words: true })
}${
  attempts.length === 0
    ? markup`<p>No attempt was refused.</p>`
    : table("Attempts that were refused, warm-ups too", attemptColumns, attempts, { words: true })
}</section>
`;
}

function cellRows(cells: readonly CellResult[]): string[][] {
  const causes = Map.groupBy(cells, ({ environment, status, reason }) =>
    JSON.stringify([environment, status, reason ?? null]),
  );
  return [...causes.values()].map((group) => {
    const [{ environment, status, reason }] = group as [CellResult, ...CellResult[]];
    return [labelOf(environment), statusNames[status], cellsText(group), reason ?? "no attempt was made"];
  });
}

function attemptRows(states: readonly LaunchState[]): string[][] {
  const refusals = states.flatMap(({ launch, refusals }) =>
    refusals.map(({ reason }) => ({ launch, reason, environment: launch.environment })),
  );
  const causes = Map.groupBy(refusals, ({ environment, reason }) => JSON.stringify([environment, reason]));
  return [...causes.values()].map((group) => {
    const [first] = group;
    const cells = group.flatMap(({ launch }) => cellsOf(launch));
    const distinct = [...new Map(cells.map((cell) => [cellKey(cell), cell])).values()];
    const environment = first === undefined ? "" : labelOf(first.environment);
    return [environment, cellsText(distinct), String(group.length), first?.reason ?? ""];
  });
}

/** "ib_send_lat at 8 B, 4 KiB; osu_bw at 1 KiB". */
function cellsText(cells: readonly Cell[]): string {
  return [...Map.groupBy(cells, ({ benchmark }) => benchmark)]
    .map(([benchmark, own]) => {
      const sorted = [...own].sort((a, b) => (a.sizeBytes ?? 0) - (b.sizeBytes ?? 0));
      const sizes = sorted.map(({ sizeBytes }) => sizeText(sizeBytes)).filter((text) => text !== "");
      return sizes.length === 0 ? benchmark : `${benchmark} at ${sizes.join(", ")}`;
    })
    .join("; ");
}
