/** What the interval of a ratio costs beside SciPy's. */
import { execa } from "execa";
import type { BootstrapCost } from "../../benchmarks/statistics/bench/bootstrap.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import type { Row } from "./row.ts";

/** Another python3 than the path's, such as that of a virtual environment with SciPy. */
const pythonVariable = "TESTBED_PYTHON";

/** The goal is a fifth of SciPy's time. */
export async function bootstrapTime(): Promise<Row> {
  const row = { what: "BCa interval of 10,000 resamples over scipy.stats.bootstrap", goal: 0.2 };
  const python = process.env[pythonVariable] ?? "python3";
  const found = await execa(python, ["-c", "import scipy.stats"], { reject: false });
  if (found.failed) {
    const advice = `pip install scipy in a virtual environment and name its python in ${pythonVariable}`;
    return { ...row, outcome: { notMeasured: `not measured: ${python} has no SciPy; ${advice}` } };
  }
  const { stdout } = await execa(process.execPath, ["benchmarks/statistics/bench/bootstrap.ts", python], {
    cwd: checkoutDirectory,
    stdin: "ignore",
    stderr: "inherit",
  });
  const { ourSeconds, scipySeconds, blocks } = JSON.parse(stdout) as BootstrapCost;
  const [ours, theirs] = [ourSeconds, scipySeconds].map((seconds) => `${(seconds * 1000).toFixed(1)} ms`);
  return {
    ...row,
    outcome: { ratio: ourSeconds / scipySeconds, from: `${ours} over ${theirs}, ${blocks} blocks` },
  };
}
