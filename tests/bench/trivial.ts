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
/** The console script of ReFrame, without the need to know where pip put it. */
const reframeMain = "import sys; from reframe.frontend.cli import main; sys.exit(main())";

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return (performance.now() - begun) / 1000;
}

/** Both as a whole process from its start to its end, with as many tests; the goal is a third of ReFrame's time. */
export async function trivialTests(): Promise<Row> {
  const row = { what: `runner over ReFrame, ${tests} trivial local tests in one run`, goal: 1 / 3 };
  const found = await pythonWith("reframe", "ReFrame-HPC==4.10.4");
  if ("notMeasured" in found) return { ...row, outcome: found };
  const folder = mkdtempSync(join(tmpdir(), "testbed-reframe-"));
  try {
    const options = { cwd: folder, stdin: "ignore", env: { RFM_SAVE_LOG_FILES: "no" } } as const;
    const script = join(checkoutDirectory, "tests/bench/trivial.py");
    let said = "";
    const reframeSeconds = await secondsOf(async () => {
      const words = ["-c", reframeMain, "-c", script, "-r", "--prefix", folder];
      said = (await execa(found.python, words, options)).stdout;
    });
    if (!said.includes(`Ran ${tests}/${tests} test case(s)`)) {
      throw new Error(`ReFrame did not run ${tests} tests`);
    }
    // As npx testbed sets it. pip has compiled ReFrame; the first run does it for us.
    const env = { NODE_COMPILE_CACHE: join(cacheDirectory(), "node-compile") };
    const run = async (launches: number): Promise<TrivialRun> => {
      const program = join(checkoutDirectory, "benchmarks/bench/trivial.ts");
      const { stdout } = await execa(process.execPath, [program, String(launches)], { ...options, env });
      return JSON.parse(stdout) as TrivialRun;
    };
    let trivial = await run(1);
    const ourSeconds = await secondsOf(async () => {
      trivial = await run(tests);
    });
    if (trivial.launchesValid !== tests)
      throw new Error(`${trivial.launchesValid} of ${tests} launches are valid`);
    const [ours, theirs] = [ourSeconds, reframeSeconds].map((seconds) => `${(seconds / tests).toFixed(3)} s`);
    return { ...row, outcome: { ratio: ourSeconds / reframeSeconds, from: `${ours} over ${theirs} a test` } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
