/** What the interval of a ratio costs beside SciPy's. */
import { execa } from "execa";
import type { BootstrapCost } from "../../benchmarks/statistics/bench/bootstrap.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { pythonWith } from "./python.ts";
import type { Row } from "./row.ts";

/** The goal is a fifth of SciPy's time. */
export async function bootstrapTime(): Promise<Row> {
  const row = { what: "BCa interval of 10,000 resamples over scipy.stats.bootstrap", goal: 0.2 };
  const found = await pythonWith("scipy.stats", "scipy");
  if ("notMeasured" in found) return { ...row, outcome: found };
  const { stdout } = await execa(
    process.execPath,
    ["benchmarks/statistics/bench/bootstrap.ts", found.python],
    {
      cwd: checkoutDirectory,
      stdin: "ignore",
      stderr: "inherit",
    },
  );
  const { ourSeconds, scipySeconds, blocks } = JSON.parse(stdout) as BootstrapCost;
  const [ours, theirs] = [ourSeconds, scipySeconds].map((seconds) => `${(seconds * 1000).toFixed(1)} ms`);
  return {
    ...row,
    outcome: { ratio: ourSeconds / scipySeconds, from: `${ours} over ${theirs}, ${blocks} blocks` },
  };
}
