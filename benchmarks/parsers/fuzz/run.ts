/**
 * Mutates real outputs and holds the parsers to what may come of it. `node benchmarks/parsers/fuzz/run.ts --cases N --seed S` prints every
 * violation with its case, a line of counts, and exits 1 when there is one; `--case N` prints that case's text instead.
 */
import { parseArgs } from "node:util";
import { mutatedText, runCampaign, type Summary } from "./campaign.ts";
import { loadCorpus } from "./texts.ts";

const progressMilliseconds = 5000;

/** One line of counts. */
function summaryText({ cases, counts, violations }: Summary, seed: number, seconds: number): string {
  const kinds = [...counts].map(([name, count]) => `${name} ${count.refused}/${count.cases} refused`);
  return `${cases} cases, seed ${seed}, ${seconds.toFixed(1)} s, ${violations.length} violations (${kinds.join(", ")})`;
}

function count(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`--${option} has to be a number of up to nine digits, not ${JSON.stringify(text)}\n`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "100000" },
    seed: { type: "string", default: "20261123" },
    case: { type: "string" },
  },
});
const seed = count("seed", values.seed);
const corpus = loadCorpus();
if (values.case !== undefined) {
  process.stdout.write(mutatedText(corpus, seed, count("case", values.case)).text);
} else {
  const cases = count("cases", values.cases);
  const begun = performance.now();
  let told = begun;
  const summary = runCampaign(corpus, { cases, seed }, (done, found) => {
    if (found !== null) {
      const again = `node benchmarks/parsers/fuzz/run.ts --seed ${seed} --case ${found.caseNumber}`;
      process.stdout.write(
        `case ${found.caseNumber}, seed ${seed}: ${found.wrong}\n  ${found.mutation}: ${found.what}\n  ${again}\n`,
      );
    }
    if (performance.now() - told < progressMilliseconds) return;
    told = performance.now();
    process.stderr.write(`${done} of ${cases} cases\n`);
  });
  process.stdout.write(`${summaryText(summary, seed, (performance.now() - begun) / 1000)}\n`);
  process.exitCode = summary.violations.length === 0 ? 0 : 1;
}
