/** What `testbed parse` costs on large files. */
import { execa } from "execa";
import type { ParsingCost } from "../../benchmarks/bench/parsing.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import type { Row } from "./row.ts";

/** The goal leaves room for the steps in which Node lets its young objects take more memory; what it keeps does not grow. */
export async function parsingMemory(): Promise<Row> {
  const { stdout } = await execa(process.execPath, ["benchmarks/bench/parsing.ts"], {
    cwd: checkoutDirectory,
    stdin: "ignore",
    stderr: "inherit",
  });
  const { memoryRatio, slowestSeconds } = JSON.parse(stdout.split("\n").at(-1) ?? "") as ParsingCost;
  return {
    what: "peak memory of testbed parse on 100 MB over 10 MB",
    goal: 1.5,
    outcome: { ratio: memoryRatio, from: `100 MB in ${slowestSeconds.toFixed(1)} s at most` },
  };
}
