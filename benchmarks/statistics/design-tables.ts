/** What the design does to error rates: `node benchmarks/statistics/design-tables.ts [RUNS]` prints design.md. */
import {
  type ActivationNoise,
  type ActivationPolicy,
  runsWithActivations,
  shareOf,
  stoppedRuns,
  type Verdict,
  verdictOn,
  withoutActivations,
} from "./design-simulation.ts";
import type { Noise } from "./simulation.ts";
import type { StoppingRule } from "./stopping.ts";

const runs = Number(process.argv[2] ?? 1000);

function percent(share: number): string {
  return Number.isNaN(share) ? "–" : `${(share * 100).toFixed(1)} %`;
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(" | ")} |`;
}

const said = (verdicts: readonly Verdict[]): number =>
  verdicts.filter(({ differenceFound }) => differenceFound !== null).length / verdicts.length;
const differences = (verdicts: readonly Verdict[]): number =>
  shareOf(verdicts.map(({ differenceFound }) => differenceFound));
const ratios = (verdicts: readonly Verdict[]): number =>
  shareOf(verdicts.map(({ ratioCovered }) => ratioCovered));
const medians = (verdicts: readonly Verdict[]): number =>
  shareOf(verdicts.map(({ medianCovered }) => medianCovered));

const activationNoises: readonly (readonly [string, ActivationNoise])[] = [
  ["launches 2 %, activations 0 %", { launch: 0.02, activation: 0 }],
  ["launches 2 %, activations 2 %", { launch: 0.02, activation: 0.02 }],
  ["launches 2 %, activations 5 %", { launch: 0.02, activation: 0.05 }],
];
const policies: readonly (readonly [string, ActivationPolicy, "joined" | "as they are"])[] = [
  ["anew in each block", "anew", "joined"],
  ["kept where blocks meet, blocks joined", "kept", "joined"],
  ["kept where blocks meet, blocks as they are", "kept", "as they are"],
  ["every block begins where the last ended, blocks as they are", "turning", "as they are"],
];

function activationRows(): string[] {
  return activationNoises.flatMap(([what, noise]) =>
    policies.flatMap(([policyText, policy, treatment]) =>
      [6, 10, 20].map((blocks) => {
        const draw = runsWithActivations(`design ${what} ${policyText} ${blocks}`, noise);
        const verdicts = Array.from({ length: runs }, (_, seed) => {
          const pair = draw(blocks, policy);
          return verdictOn(treatment === "joined" ? pair : withoutActivations(pair), seed);
        });
        const shares = [differences, ratios, said].map((share) => percent(share(verdicts)));
        return row([what, policyText, blocks, ...shares]);
      }),
    ),
  );
}

const rule: StoppingRule = { relativeWidth: 0.05, fewestBlocks: 6, mostBlocks: 40, budgetMinutes: null };
const stoppingNoises: readonly (readonly [string, Omit<Noise, "disturbed">])[] = [
  ["launches 1 %", { launch: 0.01, block: 0 }],
  ["launches 2 %", { launch: 0.02, block: 0 }],
  ["launches 3 %", { launch: 0.03, block: 0 }],
  ["launches 5 %", { launch: 0.05, block: 0 }],
  ["launches 10 %", { launch: 0.1, block: 0 }],
  ["launches 2 %, blocks 2 %", { launch: 0.02, block: 0.02 }],
];

function stoppingRows(): string[] {
  return stoppingNoises.flatMap(([what, noise]) =>
    [1, 8].map((sizes) => {
      const draw = stoppedRuns(`stopping ${what} ${sizes}`, noise, sizes, rule);
      const stopped = Array.from({ length: runs }, draw);
      const verdicts = stopped.flatMap(({ pairs: [pair] }, seed) =>
        pair === undefined ? [] : [verdictOn(pair, seed)],
      );
      const precise = stopped.filter(({ reason }) => reason === "precision").length / runs;
      const blocks = stopped.reduce((sum, run) => sum + run.blocks, 0) / runs;
      const shares = [differences, ratios, medians].map((share) => percent(share(verdicts)));
      return row([what, 2 * sizes, blocks.toFixed(1), percent(precise), ...shares]);
    }),
  );
}

const error = percent(1.96 * Math.sqrt((0.05 * 0.95) / runs));
process.stdout.write(
  `${[
    "# What the design does to error rates",
    "",
    `Made by \`node benchmarks/statistics/design-tables.ts ${runs}\`, ${runs} runs a row: shares near 5 % and 95 % are exact to ± ${error}.`,
    "No two environments differ here: each difference found is a false one, and 5 % are allowed. Intervals are those at 95 %.",
    "",
    "## Activations",
    "",
    "Two environments of two owners, a launch of each a block. What an activation brings along is shared by all launches under it.",
    "",
    "| standard deviations | activations | blocks | false differences | ratio's interval covers | runs with a verdict |",
    "|---|---|---|---|---|---|",
    ...activationRows(),
    "",
    "## Stopping when intervals are narrow enough",
    "",
    `Until the interval of every cell's median is at most ${percent(rule.relativeWidth)} of it, with ${rule.fewestBlocks} blocks at least and ${rule.mostBlocks} at most. One of the comparisons, alone.`,
    "",
    "| standard deviations | cells | blocks (mean) | ended by precision | false differences | ratio's interval covers | median's interval covers |",
    "|---|---|---|---|---|---|---|",
    ...stoppingRows(),
  ].join("\n")}\n`,
);
