/** Residuals and empirical distributions: whether the medians tell the whole story. */
import type { Analysis } from "../../analysis/analysis.ts";
import { inPaperOrder } from "../../summary.ts";
import { sizeText } from "../figures/describe-panel.ts";
import { type DistributionPanel, distributionPanel } from "../figures/distribution-panel.ts";
import { labelOf } from "../figures/environment-style.ts";
import { legend } from "../figures/legend.ts";
import { distributionsOf, panelSources, residualsOf } from "../figures/panels.ts";
import { residualPanel } from "../figures/residual-panel.ts";
import { type Markup, markup } from "../markup.ts";
import { listed } from "./numbers.ts";

/** Both for every benchmark that has launches. */
export function diagnostics(analysis: Analysis, stamp: string | null): Markup {
  const sources = panelSources(analysis);
  const residuals = sources.map((source) => residualsOf(source, stamp)).filter((panel) => panel !== null);
  const distributions = sources.flatMap((source) => distributionsOf(source, stamp));
  if (residuals.length === 0) {
    return markup`<section id="launches"><h2>Launches behind the medians</h2><p>No launch of this run has a number.</p></section>
`;
  }
  const environments = inPaperOrder(analysis.set.plan.suite.environments);
  const stamped = stamp === null ? null : `${stamp}. `;
  return markup`<section id="launches"><h2>Launches behind the medians</h2>
<figure id="residuals"><h3>Residuals, in the order in which launches ran</h3>
<p>Each dot is a launch over the median of its cell: 1 is the median. A slope is a drift; a ring is a launch far from the others of its cell. Rings are flags: every launch is part of every number.</p>
<div class="panels">${residuals.map(
    (panel) => markup`<div class="panel"><h4>${panel.title}</h4>
<p class="subtitle"><code>${panel.benchmark}</code>, value over the cell’s median</p>
${residualPanel(panel)}</div>
`,
  )}</div>
<figcaption>${stamped}The vertical axis is logarithmic and the same for all environments of a benchmark.</figcaption></figure>
<figure id="distributions"><h3>Empirical distributions of launches</h3>
<p>The share of launches at or below each value, at the smallest, the middle and the largest size of a benchmark. Each step is a launch.</p>
${legend(environments, true)}
<div class="panels small">${distributions.map(
    (panel) => markup`<div class="panel"><h4>${panel.title}</h4>
<p class="subtitle">${distributionSubtitle(panel)}</p>
${distributionPanel(panel)}</div>
`,
  )}</div>
${stamp === null ? null : markup`<figcaption>${stamp}.</figcaption>`}</figure></section>
`;
}

function distributionSubtitle({ benchmark, sizeBytes, launches }: DistributionPanel): string {
  const without = launches.filter(({ values }) => values.length === 0);
  const absent =
    without.length === 0 ? "" : `; none of ${listed(without.map(({ environment }) => labelOf(environment)))}`;
  return `${sizeBytes === null ? benchmark : sizeText(sizeBytes)}${absent}`;
}
