/**
 * How often differences are found, and how often intervals cover: `node benchmarks/statistics/power.ts [RUNS]` prints power.md. One
 * comparison alone at the 5 % level; in a figure of many comparisons Holm's adjustment asks for more blocks.
 */
import { isCannotSay } from "./cannot-say.ts";
import { compareFigure } from "./comparison.ts";
import { type Noise, pairOf, simulatedBlocks, simulationSettings } from "./simulation.ts";

/** By the words of the table. */
export const noises: readonly (readonly [string, Noise])[] = [
  ["launches vary by 2 %", { launch: 0.02, block: 0, disturbed: 0 }],
  ["launches vary by 5 %", { launch: 0.05, block: 0, disturbed: 0 }],
  ["5 %, and blocks by 5 %", { launch: 0.05, block: 0.05, disturbed: 0 }],
  ["5 %, one launch in ten disturbed", { launch: 0.05, block: 0, disturbed: 0.1 }],
  ["launches vary by 10 %", { launch: 0.1, block: 0, disturbed: 0 }],
];
/** Injected, one of them none. */
export const ratios: readonly number[] = [1, 1.05, 1.1, 1.25];
export const blockCounts: readonly number[] = [6, 10, 20];

/** As fractions of all runs. */
export interface Shares {
  /** In which a difference was found. */
  readonly found: number;
  /** In which the interval covers the ratio. */
  readonly covered: number;
}

/** Measures one cell of the table. The same arguments give the same shares. */
export function measurePower(noise: Noise, count: number, ratio: number, runs: number): Shares {
  const draw = simulatedBlocks(`power ${JSON.stringify(noise)} ${count} ${ratio}`, noise);
  let found = 0;
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const pair = pairOf(draw(count, ratio), 8);
    const [comparison] = compareFigure([pair], { ...simulationSettings, seed: run });
    if (comparison === undefined || isCannotSay(comparison.ratio) || isCannotSay(comparison.ratio.interval))
      continue;
    const { lower, upper } = comparison.ratio.interval;
    if (lower <= ratio && ratio <= upper) covered++;
    if (!isCannotSay(comparison.difference) && comparison.difference.found) found++;
  }
  return { found: found / runs, covered: covered / runs };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The whole of power.md. */
function powerTable(runs: number): string {
  const rows = noises.flatMap(([what, noise]) =>
    blockCounts.map((count) => {
      const cells = ratios.map((ratio) => measurePower(noise, count, ratio, runs));
      const coverages = [cells[0], cells.at(-1)].map((cell) => percent(cell?.covered ?? Number.NaN));
      const shares = cells.map(({ found }) => percent(found));
      return `| ${[what, count, ...shares, ...coverages].join(" | ")} |`;
    }),
  );
  return `${[
    "# How often a difference is found",
    "",
    `Made by \`node benchmarks/statistics/power.ts ${runs}\`, ${runs} runs a cell: shares are exact to`,
    `± ${percent(1.96 * Math.sqrt(0.25 / runs))} at worst, near 5 % and 95 % to ± ${percent(1.96 * Math.sqrt((0.05 * 0.95) / runs))}. At 1.00× each difference found is a false one. Coverage is that of the 95 % interval.`,
    "",
    `| noise | blocks | ${ratios.map((ratio) => `${ratio.toFixed(2)}×`).join(" | ")} | coverage at 1.00× | at 1.25× |`,
    `|---|---|${ratios.map(() => "---|").join("")}---|---|`,
    ...rows,
  ].join("\n")}\n`;
}

if (import.meta.main) process.stdout.write(powerTable(Number(process.argv[2] ?? 2000)));
