/** How the numbers were made, and with what. */
import type { Analysis } from "../../analysis/analysis.ts";
import { percentText } from "../../statistics/cannot-say.ts";
import { inPaperOrder } from "../../summary.ts";
import { labelOf } from "../figures/environment-style.ts";
import { type Markup, markup } from "../markup.ts";
import { counted, listed } from "./numbers.ts";
import { table } from "./table.ts";

export function method(analysis: Analysis): Markup {
  const { settings, set } = analysis;
  const { suite } = set.plan;
  const level = percentText(settings.level);
  const sentences = [
    `The design is randomised complete blocks: ${counted(suite.launches, "block")}${suite.warmUpLaunches === 0 ? "" : ` after ${counted(suite.warmUpLaunches, "warm-up block")} that are kept and not used`}, each with every launch once, in a random order by seed ${suite.seed} that keeps environments with the same owner of the adapter together. The unit is the launch: repetitions within one count once.`,
    `A median’s interval lies between two order statistics and covers at ${percentText(settings.confidence)} or more, whatever the distribution. Outliers are flagged by the modified z-score above 3.5 on logarithms; none is left out.`,
    `Ratios are of medians, with a BCa bootstrap over blocks (${settings.resamples} resamples, seed ${settings.seed}) at the level that covers with few blocks. Overhead is a fraction of ${labelOf("native")}; improvement is a fraction of the environment named. “Slower by 12 %” is 12 % of that value more time, or less bandwidth.`,
    `A difference is what an exact signed-rank test of the blocks’ log ratios finds at ${level} after Holm’s adjustment over all comparisons of one benchmark. “No difference found” is never “the same”: beside it stands the difference that would have been found with a probability of ${percentText(settings.power)}.`,
    ...(settings.margin === null
      ? []
      : [
          `“Near native” is shown by two one-sided signed-rank tests with a margin of ${percentText(settings.margin)}, adjusted alike.`,
        ]),
    "Where the launches can’t bear an answer there is none, and the reason stands in its place.",
  ];
  return markup`<section id="method"><h2>Method and versions</h2>
<ul class="sentences">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>
${versions(analysis)}</section>
`;
}

/** Tools as they tell their versions; a tool that tells none is listed all the same. */
function versions({ set: { measurements, results, plan } }: Analysis): Markup {
  const byTool = Map.groupBy(measurements, ({ tool, toolVersion }) =>
    JSON.stringify([tool, toolVersion ?? null]),
  );
  const rows = [...byTool.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const environments = inPaperOrder([...new Set(own.map(({ environment }) => environment))]);
    return [[first.tool, first.toolVersion ?? "not told", listed(environments.map(labelOf))]];
  });
  rows.sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0));
  return markup`<p>Results have schema version ${results.schemaVersion}, the plan has ${plan.schemaVersion}.</p>
${rows.length === 0 ? null : table("Programs that gave the numbers", [{ name: "program" }, { name: "version" }, { name: "environments" }], rows, { words: true })}`;
}
