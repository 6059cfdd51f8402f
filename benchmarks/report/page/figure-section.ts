/** A figure of the paper, redrawn: its panels, what they say in sentences, and all their numbers in tables. */
import type { Analysis } from "../../analysis/analysis.ts";
import { isCannotSay } from "../../statistics/cannot-say.ts";
import { inPaperOrder } from "../../summary.ts";
import { communicationAnalyses } from "../figures/communication.ts";
import { sizeText } from "../figures/describe-panel.ts";
import { dotPanel } from "../figures/dot-panel.ts";
import { labelOf } from "../figures/environment-style.ts";
import { legend } from "../figures/legend.ts";
import { type Panel, reference } from "../figures/panel.ts";
import { type PanelSource, panelOf, panelSources } from "../figures/panels.ts";
import { type FigurePlan, figurePlans, plannedBenchmarks } from "../figures/paper-figures.ts";
import { sizePanel } from "../figures/size-panel.ts";
import { type Markup, markup } from "../markup.ts";
import { dataTable } from "./data-table.ts";
import { listed } from "./numbers.ts";
import { benchmarkSentence } from "./pair-sentences.ts";

/** All figures, also those whose benchmarks this run did not plan: they say so. */
export function figureSections(analysis: Analysis, stamp: string | null): Markup {
  const sources = [...panelSources(analysis), ...communicationAnalyses(analysis)];
  return markup`<section id="figures"><h2>Figures of the paper, from this run</h2>
<p>Each mark is the median over the launches of a cell, with its ${confidenceText(analysis)} interval by ranks as a bar and a band. Below are ratios of medians to ${labelOf(reference)} with bootstrap intervals over blocks: a filled mark is a difference that the test found, a hollow one is none, or one that the data can’t bear. Axes are logarithmic. Ratios of one size stand side by side so that no bar hides another; a cross in the row <em>none</em> is a planned cell without a number.</p>
${figurePlans.map((plan) => figure(plan, sources, stamp))}</section>
`;
}

function confidenceText({ settings: { confidence } }: Analysis): string {
  return `${Math.round(confidence * 100)} %`;
}

function figure(plan: FigurePlan, sources: readonly PanelSource[], stamp: string | null): Markup {
  const own = sources.filter(({ analysis }) => plan.families.includes(analysis.benchmark.family));
  const panels = own.map((source) => {
    const panel = panelOf(source, stamp);
    return { source, panel, notes: notesOf(panel, source) };
  });
  const absent = plannedBenchmarks(plan).filter(
    ({ name }) => !own.some(({ analysis }) => analysis.benchmark.name === name),
  );
  const title = markup`<h3>${plan.name}. ${plan.title}</h3>`;
  const notPlanned =
    absent.length === 0 ? null : `Not part of this run: ${listed(absent.map(({ title: name }) => name))}.`;
  if (panels.length === 0) {
    const text = [notPlanned ?? "No launch of this run has this number.", plan.remark];
    return markup`<section class="absent" id="${plan.id}">${title}<p class="note">${text.filter((part) => part !== null).join(" ")}</p></section>
`;
  }
  const overSizes = panels.some(({ panel }) => isOverSizes(panel));
  const gapRow = panels.some(({ panel }) => panel.gaps.length > 0);
  const environments = inPaperOrder([...new Set(panels.flatMap(({ panel }) => panel.environments))]);
  // What every panel would say is said once.
  const [first, ...others] = panels;
  const shared = first?.notes.filter((note) => others.every(({ notes }) => notes.includes(note))) ?? [];
  const remarks = [stamp === null ? null : `${stamp}.`, plan.remark, notPlanned, ...shared].filter(
    (text) => text !== null,
  );
  return markup`<figure id="${plan.id}">${title}
${overSizes ? legend(environments, true) : null}
<div class="panels">${panels.map(({ panel, source, notes }, index) => {
    const own = notes.filter((note) => !shared.includes(note));
    return panelMarkup(panel, source, { index, gapRow, notes: own });
  })}</div>
<figcaption>${remarks.length === 0 ? null : markup`<p>${remarks.join(" ")}</p>`}<ul class="sentences">${own.map(sentencesOf)}</ul></figcaption>
<details><summary>All numbers of ${plan.name} as tables</summary>${own.map(({ analysis }) => dataTable(analysis))}</details>
</figure>
`;
}

function isOverSizes({ points, gaps }: Panel): boolean {
  return [...points, ...gaps].some(({ sizeBytes }) => sizeBytes !== null);
}

/** What tools call a number within a launch, in plain words. */
const statisticNames: Readonly<Record<string, string>> = {
  typical: "median",
  avg: "mean",
  p50: "median search",
  comm: "communication time",
};

function panelMarkup(
  panel: Panel,
  source: PanelSource,
  {
    index,
    gapRow,
    notes,
  }: { readonly index: number; readonly gapRow: boolean; readonly notes: readonly string[] },
): Markup {
  const { benchmark, statistic } = source.analysis;
  const processes = benchmark.processes === null ? "" : `, ${benchmark.processes} processes`;
  return markup`<div class="panel"><h4>(${String.fromCharCode(97 + index)}) ${panel.title}</h4>
<p class="subtitle"><code>${benchmark.name}</code>, ${statisticNames[statistic] ?? statistic} of a launch${processes}</p>
${isOverSizes(panel) ? sizePanel(panel, gapRow) : dotPanel(panel)}${notes.map((note) => markup`<p class="note">${note}</p>`)}</div>
`;
}

/** What the drawing can't show: why an interval or a ratio is absent, and which cells have no number. */
function notesOf(panel: Panel, { analysis: { cells, pairs } }: PanelSource): string[] {
  const withoutInterval = reasonGroups(
    cells.map(({ environment, description }) => [labelOf(environment), description.interval]),
  );
  const withoutRatioInterval = reasonGroups(
    pairs.flatMap(({ subject, reference: denominator, comparison }) =>
      comparison === null || denominator !== reference
        ? []
        : [
            [
              labelOf(subject),
              isCannotSay(comparison.ratio) ? comparison.ratio : comparison.ratio.interval,
            ] as const,
          ],
    ),
  );
  const refused = pairs.filter((pair) => !pair.comparable && pair.reference === reference);
  const refusedNames = [...new Set(refused.map(({ subject }) => labelOf(subject)))];
  return [
    ...withoutInterval.map((text) => `No interval: ${text}.`),
    ...withoutRatioInterval.map((text) => `No interval of the ratio: ${text}.`),
    ...(refusedNames.length === 0
      ? []
      : [
          `Not compared with ${labelOf(reference)}: ${listed(refusedNames)}; the table of environments says why.`,
        ]),
    ...(panel.gaps.length === 0 ? [] : [`No number: ${gapGroups(panel).join("; ")}.`]),
  ];
}

/** "Container-PT at every size (not available)", "VM-PT at 8 B, 64 B (refused)". */
function gapGroups({ gaps, points }: Panel): string[] {
  const groups = Map.groupBy(gaps, ({ environment, status }) => `${labelOf(environment)} (${status})`);
  return [...groups].map(([name, own]) => {
    const [first] = own;
    const whole = !points.some(({ environment }) => environment === first?.environment);
    const sizes = own.map(({ sizeBytes }) => sizeText(sizeBytes)).filter((text) => text !== "");
    if (sizes.length === 0) return name;
    return name.replace(" (", whole ? " at every size (" : ` at ${listed(sizes)} (`);
  });
}

/** Reasons with those that share them: one cause often has many cells. */
function reasonGroups(said: readonly (readonly [string, object])[]): string[] {
  const reasons = said.flatMap(([name, answer]) =>
    isCannotSay(answer) ? [{ name, reason: answer.reason }] : [],
  );
  return [...Map.groupBy(reasons, ({ reason }) => reason)].map(
    ([reason, group]) => `${listed([...new Set(group.map(({ name }) => name))])} (${reason})`,
  );
}

function sentencesOf({ analysis }: PanelSource): Markup[] {
  const pairs = analysis.pairs.map(({ subject, reference: denominator }) => [subject, denominator] as const);
  const distinct = [...new Map(pairs.map((pair) => [pair.join(" "), pair])).values()].filter(
    ([, denominator]) => denominator === reference,
  );
  const sentences = distinct
    .map(([subject, denominator]) => benchmarkSentence(analysis, subject, denominator))
    .filter((sentence) => sentence !== null);
  return sentences.length === 0
    ? []
    : [markup`<li><strong>${analysis.benchmark.title}.</strong> ${sentences.join(" ")}</li>`];
}
