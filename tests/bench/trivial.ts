/** What the runner costs a trivial local test, beside ReFrame. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { TrivialRun } from "../../benchmarks/bench/trivial.ts";
import { cacheDirectory, checkoutDirectory } from "../../infra/paths.ts";
import { pythonWith } from "./python.ts";
import type { Row } from "./row.ts";

const tests = 20;
/** In turn; the fastest of each counts, for the machine's other work only ever adds. */
const rounds = 5;
/** The console script of ReFrame, without the need to know where pip put it. */
const reframeMain = "import sys; from reframe.frontend.cli import main; sys.exit(main())";

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return (performance.now() - begun) / 1000;
}

/**
 * Both as a whole process from its start to its end, with as many tests and their code compiled before; the goal is a third of
 * ReFrame's time.
 */
export async function trivialTests(): Promise<Row> {
  const row = { what: `runner over ReFrame, ${tests} trivial local tests in one run`, goal: 1 / 3 };
  const found = await pythonWith("reframe", "ReFrame-HPC==4.10.4");
  if ("notMeasured" in found) return { ...row, outcome: found };
  const folder = mkdtempSync(join(tmpdir(), "testbed-reframe-"));
  try {
    await runOurs(1, folder);
    const pairs: { readonly ours: number; readonly theirs: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const theirs = await secondsOf(() => runReframe(found.python, folder));
      pairs.push({ theirs, ours: await secondsOf(() => runOurs(tests, folder)) });
    }
    const ours = Math.min(...pairs.map((pair) => pair.ours));
    const theirs = Math.min(...pairs.map((pair) => pair.theirs));
    const [ourTime, theirTime] = [ours, theirs].map((seconds) => `${(seconds / tests).toFixed(3)} s`);
    return { ...row, outcome: { ratio: ours / theirs, from: `${ourTime} over ${theirTime} a test` } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runReframe(python: string, folder: string): Promise<void> {
  const script = join(checkoutDirectory, "tests/bench/trivial.py");
  const words = ["-c", reframeMain, "-c", script, "-r", "--prefix", folder];
  const { stdout } = await execa(python, words, { cwd: folder, stdin: "ignore", env: { TMPDIR: folder } });
  if (!stdout.includes(`Ran ${tests}/${tests} test case(s)`))
    throw new Error("ReFrame did not run its tests");
}

/** With the compiled code that `npx testbed` keeps, too. */
async function runOurs(launches: number, folder: string): Promise<void> {
  const program = join(checkoutDirectory, "benchmarks/bench/trivial.ts");
  const { stdout } = await execa(process.execPath, [program, String(launches)], {
    ...{ cwd: folder, stdin: "ignore" },
    env: { NODE_COMPILE_CACHE: join(cacheDirectory(), "node-compile") },
  });
  const { launchesValid } = JSON.parse(stdout) as TrivialRun;
  if (launchesValid !== launches) throw new Error(`${launchesValid} of ${launches} launches are valid`);
}
