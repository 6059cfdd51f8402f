/** The summary: what the analysis says, in sentences. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { Analysis } from "../../analysis/analysis.ts";
import type { Judgement, Rehearsal } from "../../claims/judge.ts";
import { endingText } from "../ending-text.ts";
import { type Markup, markup } from "../markup.ts";
import { claimsSentence } from "./claims.ts";
import { counted } from "./numbers.ts";
import { overallSentence } from "./pair-sentences.ts";

/** Pairs in the order of the analysis, each once: those with native first. */
function pairsOf({ benchmarks }: Analysis): (readonly [EnvironmentName, EnvironmentName])[] {
  const pairs = benchmarks.flatMap((benchmark) =>
    benchmark.pairs.map(({ subject, reference }) => [subject, reference] as const),
  );
  const distinct = [...new Map(pairs.map((pair) => [pair.join(" "), pair])).values()];
  const withNative = distinct.filter(([, reference]) => reference === "native");
  return [...withNative, ...distinct.filter(([, reference]) => reference !== "native")];
}

/** How much of the plan came out, in sentences. */
function coverageSentences({ set: { results } }: Analysis): string[] {
  const { counts } = results;
  const without = [
    { count: counts.refused, word: "refused" },
    { count: counts.notAvailable, word: "not available" },
    { count: counts.missing, word: "missing" },
  ].flatMap(({ count, word }) => (count === 0 ? [] : [`${count} ${word}`]));
  const cells =
    without.length === 0
      ? `All ${counted(counts.cells, "cell")} of the plan have a number.`
      : `${counts.valid} of ${counted(counts.cells, "cell")} of the plan have a number; ${without.join(", ")}.`;
  const launches = `${counts.launchesValid} of ${counted(counts.launchesPlanned, "launch", "launches")} count, ${counts.launchesProven} of them proven by port counters; ${counted(counts.attemptsRefused, "attempt")} refused.`;
  return [`${cells} ${launches}`, endingSentence(results)];
}

/** A run without an ending has not finished. */
function endingSentence({ ending }: Analysis["set"]["results"]): string {
  return ending === null
    ? "The run is not complete: the same run command continues it, and every number here may change."
    : `The run ${endingText(ending)}.`;
}

/** Coverage, what each pair of environments says over all benchmarks, the claims, and what limits all of it. */
export function summary(analysis: Analysis, judged: Judgement | Rehearsal): Markup {
  const { benchmarks, set } = analysis;
  const warnings = [...set.results.warnings, ...analysis.warnings];
  const sentences = pairsOf(analysis)
    .map(([subject, reference]) => overallSentence(benchmarks, subject, reference))
    .filter((sentence) => sentence !== null);
  const said =
    sentences.length === 0
      ? markup`<p>No two environments could be compared.</p>`
      : markup`<ul class="sentences">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;
  return markup`<section id="summary"><h2>Summary</h2>
${coverageSentences(analysis).map((sentence) => markup`<p>${sentence}</p>`)}
${said}
<p>${claimsSentence(judged)}</p>
${
  warnings.length === 0
    ? null
    : markup`<h3>Before reading any number</h3><ul class="sentences">${warnings.map((warning) => markup`<li>${warning}</li>`)}</ul>`
}</section>
`;
}
