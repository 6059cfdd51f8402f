/** How the numbers were made, and with what. */
import type { Analysis } from "../../analysis/analysis.ts";
import { shortDigests } from "../../evidence/compare.ts";
import type { UsedProgram } from "../../evidence/programs.ts";
import { stoppingRule } from "../../runner/assessment.ts";
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
    `The design is randomised complete blocks: ${blocksText(set)}${suite.warmUpLaunches === 0 ? "" : ` after ${counted(suite.warmUpLaunches, "warm-up block")} that are kept and not used`}, each with every launch once, in a random order by seed ${suite.seed} that keeps environments with the same owner of the adapter together. The unit is the launch: repetitions within one count once.`,
    `A median’s interval lies between two order statistics and covers at ${percentText(settings.confidence)} or more, whatever the distribution. Outliers are flagged by the modified z-score above 3.5 on logarithms; none is left out.`,
    `Ratios are of medians, with a BCa bootstrap over blocks (${settings.resamples} resamples, seed ${settings.seed}) at the level that covers with few blocks. Overhead is a fraction of ${labelOf("native")}; improvement is a fraction of the environment named. “Slower by 12 %” is 12 % of that value more time, or less bandwidth.`,
    `A difference is what an exact signed-rank test of the blocks’ log ratios finds at ${level} after Holm’s adjustment over all comparisons of one benchmark. “No difference found” is never “the same”: beside it stands the difference that would have been found with a probability of ${percentText(settings.power)}.`,
    "The test looks at the environments within each block, the interval at the ratio of the medians over all blocks: where blocks vary more than environments do, a difference can be found although the interval holds 0.",
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

/** How many blocks the suite asks for; how many there were is told with how the run ended. */
function blocksText({ plan: { suite }, fidelity }: Analysis["set"]): string {
  const rule = stoppingRule(suite, fidelity);
  if (rule === null) return counted(suite.launches, "block");
  const { fewestBlocks, mostBlocks, relativeWidth, budgetMinutes } = rule;
  const budget = budgetMinutes === null ? "" : `, or ${budgetMinutes} min are spent`;
  return `${fewestBlocks} to ${counted(mostBlocks, "block")}, until the interval of every cell’s median is no wider than ${percentText(relativeWidth)} of it${budget}`;
}

/** What was run as it was found in the environments, and the tools as they told their versions with their numbers. */
function versions({ set: { measurements, results, plan } }: Analysis): Markup {
  return markup`<p>Results have schema version ${results.schemaVersion}, the plan has ${plan.schemaVersion}.</p>
${programsTable(results.programs)}${toolsTable(measurements)}`;
}

/** Digests are cut to what a reader can hold against another; the whole of each stands in results.json. */
function programsTable(programs: readonly UsedProgram[]): Markup {
  if (programs.length === 0) {
    return markup`<p>No environment told which programs it has.</p>`;
  }
  const rows = programs.map(({ name, path, version, source, package: packageName, sha256, environments }) => [
    markup`${name} <code>${path}</code>`,
    version ?? "not told",
    [source ?? "no source of the suite", packageName]
      .filter((text) => text !== null)
      .map(shortDigests)
      .join(", "),
    markup`<code title="${sha256}">${shortDigests(sha256)}</code>`,
    listed(inPaperOrder([...environments]).map(labelOf)),
  ]);
  const columns = ["program", "version", "source", "SHA-256", "environments"].map((name) => ({ name }));
  return table("What was run, as found in each environment", columns, rows, { words: true });
}

/** A tool that tells no version is listed all the same. */
function toolsTable(measurements: Analysis["set"]["measurements"]): Markup | null {
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
  const columns = ["tool", "version", "environments"].map((name) => ({ name }));
  return rows.length === 0 ? null : table("Tools as their outputs tell", columns, rows, { words: true });
}
