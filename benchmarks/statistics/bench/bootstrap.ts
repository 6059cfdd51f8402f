/**
 * Times the interval of a ratio beside SciPy's on the same blocks: `node benchmarks/statistics/bench/bootstrap.ts PYTHON` prints JSON.
 * Both have their libraries loaded and the function called before, and the fastest of several calls counts: the machine's other work only
 * ever adds.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
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

function ourSeconds(blocks: ReturnType<ReturnType<typeof simulatedBlocks>>): number {
  const times = Array.from({ length: calls }, (_, call) => {
    const stream = randomStream(call, "bench");
    const begun = performance.now();
    const environments = { numerator: "vm-passthrough", denominator: "native" } as const;
    ratioOfMedians(blocks, environments, { confidence: 0.95, resamples }, stream);
    return (performance.now() - begun) / 1000;
  });
  return Math.min(...times);
}

const [python] = process.argv.slice(2);
if (python === undefined) throw new Error("name a python3 that has SciPy");
const blocks = simulatedBlocks("bench", { launch: 0.05, block: 0.05, disturbed: 0 })(blockCount, 1.1);
const input = JSON.stringify({
  subject: blocks.flatMap(({ subject }) => subject),
  reference: blocks.flatMap(({ reference }) => reference),
  resamples,
  calls,
});
const ours = ourSeconds(blocks);
const script = join(import.meta.dirname, "bootstrap.py");
const theirs = JSON.parse(execFileSync(python, [script], { input, encoding: "utf8" })) as { seconds: number };
const cost: BootstrapCost = { ourSeconds: ours, scipySeconds: theirs.seconds, blocks: blockCount };
process.stdout.write(`${JSON.stringify(cost)}\n`);
