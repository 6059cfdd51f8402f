/**
 * Times the interval of a ratio beside SciPy's on the same blocks: `node benchmarks/statistics/bench/bootstrap.ts PYTHON` prints JSON.
 * Both have their libraries loaded and are called in turn, so that other work on the machine meets both; the fastest call of each counts,
 * as other work only ever adds.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { randomStream } from "../generator.ts";
import { ratioOfMedians } from "../ratio.ts";
import { simulatedBlocks } from "../simulation.ts";

export interface BootstrapCost {
  readonly ourSeconds: number;
  readonly scipySeconds: number;
  readonly blocks: number;
}

const resamples = 10_000;
const calls = 30;
const blockCount = 20;

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("name a python3 that has SciPy");
const blocks = simulatedBlocks("bench", { launch: 0.05, block: 0.05, disturbed: 0 })(blockCount, 1.1);

function ourSeconds(call: number): number {
  const stream = randomStream(call, "bench");
  const begun = performance.now();
  const environments = { numerator: "vm-passthrough", denominator: "native" } as const;
  ratioOfMedians(blocks, environments, { confidence: 0.95, resamples }, stream);
  return (performance.now() - begun) / 1000;
}

const scipy = spawn(python, [join(import.meta.dirname, "bootstrap.py")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const given = {
  subject: blocks.flatMap(({ subject }) => subject),
  reference: blocks.flatMap(({ reference }) => reference),
  resamples,
};
scipy.stdin.write(`${JSON.stringify(given)}\n\n`);
const ours: number[] = [];
const theirs: number[] = [];
for await (const seconds of createInterface({ input: scipy.stdout })) {
  theirs.push(Number(seconds));
  ours.push(ourSeconds(theirs.length));
  if (theirs.length < calls) scipy.stdin.write("\n");
  else scipy.stdin.end();
}
if (theirs.length < calls) throw new Error(`${python} ended before the last call`);
const cost: BootstrapCost = {
  ourSeconds: Math.min(...ours),
  scipySeconds: Math.min(...theirs),
  blocks: blockCount,
};
process.stdout.write(`${JSON.stringify(cost)}\n`);
