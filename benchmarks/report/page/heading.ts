/** The beginning of the page: what was measured where, and what its numbers are worth. */
import type { ResultSet } from "../../result-set/result-set.ts";
import { type Markup, markup } from "../markup.ts";
import { counted, listed } from "./numbers.ts";

/** What every figure and the whole page must say of data that are no measurements of hardware; null: nothing. */
export function stampOf({ fidelity, origin }: Pick<ResultSet, "fidelity" | "origin">): string | null {
  if (origin === "synthetic") return "SYNTHETIC";
  return fidelity === "emulated" ? "EMULATED" : null;
}

const stampMeanings: Readonly<Record<string, string>> = {
  SYNTHETIC: "Nothing here was measured: the values come from a formula and their spread is invented.",
  EMULATED:
    "The nodes are emulated in software. The numbers show that the testbed works from end to end; they say nothing about the speed of hardware, and nothing about the paper.",
};

/** The page's head line, its stamp and the run's identity. */
export function heading(set: ResultSet): Markup {
  const { results, inventory, plan } = set;
  const stamp = stampOf(set);
  const identity: [string, string | null][] = [
    ["Run", results.runId],
    ["Stack", results.stack],
    ["Nodes", nodesText(set)],
    ["Began", results.started === null ? null : timeText(results.started)],
    ["Finished", results.finished === null ? "not finished" : timeText(results.finished)],
    ["Suite", `${counted(plan.suite.benchmarks.length, "benchmark")}, profile ${plan.suite.profile}`],
    ["Seed of the order", String(results.seed)],
    ["Data", results.path],
    ["SHA-256 of the data", results.sha256],
    ["SHA-256 of the plan", results.planDigest],
  ];
  return markup`<header>
<p class="kicker">HPC virtualization testbed: report of one run</p>
<h1>What virtualization costs on the stack “${inventory.stack}”</h1>
${
  stamp === null
    ? markup`<p class="fidelity hardware">Measured on hardware.</p>`
    : markup`<p class="fidelity"><strong>${stamp}.</strong> ${stampMeanings[stamp]}</p>`
}
<dl class="identity">${identity.map(([name, value]) => (value === null ? null : markup`<dt>${name}</dt><dd>${value}</dd>`))}</dl>
</header>
`;
}

function nodesText({ inventory }: ResultSet): string {
  const adapters = [...new Set(inventory.nodes.map(({ adapter }) => adapter.model))];
  const soft = inventory.nodes.every(({ fabric }) => fabric.softRoce) ? ", soft-RoCE" : "";
  return `${listed(inventory.nodes.map(({ name }) => name))}, adapter ${listed(adapters)}${soft}`;
}

/** "2026-11-23 22:15:09 UTC". */
function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The stamp over the whole page. It is fixed: it stays on the screen, and stands on each printed page. */
export function watermark(stamp: string): Markup {
  return markup`<svg class="watermark" aria-hidden="true"><defs><pattern id="watermark-pattern" width="760" height="260" patternUnits="userSpaceOnUse" patternTransform="rotate(-24)"><text x="10" y="80">${stamp}</text><text x="390" y="210">${stamp}</text></pattern></defs><rect width="100%" height="100%" fill="url(#watermark-pattern)"/></svg>
`;
}
