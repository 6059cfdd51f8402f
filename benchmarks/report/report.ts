/** The report: an analysis as one page that needs nothing else. The same analysis gives the same bytes. */
import { readFileSync } from "node:fs";
import type { Analysis } from "../analysis/analysis.ts";
import type { Judgement, Rehearsal } from "../claims/judge.ts";
import { type Markup, markup, trustedMarkup } from "./markup.ts";
import { claims } from "./page/claims.ts";
import { diagnostics } from "./page/diagnostics.ts";
import { environments } from "./page/environments.ts";
import { figureSections } from "./page/figure-section.ts";
import { heading, stampOf, watermark } from "./page/heading.ts";
import { ledger } from "./page/ledger.ts";
import { method } from "./page/method.ts";
import { summary } from "./page/summary.ts";

const styleSheet = readFileSync(new URL("page/page.css", import.meta.url), "utf8");

const sections: readonly (readonly [string, string])[] = [
  ["summary", "Summary"],
  ["figures", "Figures"],
  ["claims", "Claims"],
  ["launches", "Launches"],
  ["environments", "Environments"],
  ["ledger", "Refused and missing"],
  ["method", "Method"],
];

/** The whole page. */
export function reportPage(analysis: Analysis, judged: Judgement | Rehearsal): string {
  const { set } = analysis;
  const stamp = stampOf(set);
  const title = `${stamp === null ? "" : `${stamp}: `}${set.results.stack}, run ${set.results.runId}`;
  const page: Markup = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${trustedMarkup(styleSheet)}</style>
</head>
<body>
${stamp === null ? null : watermark(stamp)}${heading(set)}<nav aria-label="Sections"><ul>${sections.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>
${summary(analysis, judged)}${figureSections(analysis, stamp)}${claims(judged)}${diagnostics(analysis, stamp)}${environments(set)}${ledger(set)}${method(analysis)}</main>
<footer>${stamp === null ? null : `${stamp}. `}Run ${set.results.runId} of stack ${set.results.stack}. The raw logs, the ledger and the measurements lie in ${set.results.path}.</footer>
</body>
</html>
`;
  return unbroken(page.text);
}

/** No line breaks between a number and its unit, wherever the words come from. */
function unbroken(text: string): string {
  return text.replace(/(\d) (?=%|(?:B|µs|us|s|min|[GM]i?B\/s)\b)/g, "$1\u00a0");
}
