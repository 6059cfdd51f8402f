/** LAMMPS tells how long its processes communicated: a number of the same launches, analysed like a benchmark's own. */
import { type Analysis, analyseBenchmark } from "../../analysis/analysis.ts";
import type { PanelSource } from "./panels.ts";
import { communicationFamily } from "./paper-figures.ts";

const metric = { statistic: "comm", unit: "s", better: "lower" } as const;

/** One for each benchmark whose launches have the number. */
export function communicationAnalyses({ set, samples, settings }: Analysis): PanelSource[] {
  return set.benchmarks.flatMap((benchmark) => {
    const own = samples.filter(
      (sample) => sample.benchmark === benchmark.name && sample.statistic === metric.statistic,
    );
    if (own.length === 0) return [];
    const described = {
      ...benchmark,
      name: `${benchmark.name}-${metric.statistic}`,
      family: communicationFamily,
      title: `${benchmark.title}: communication`,
      metric,
    };
    const cells = set.results.cells.filter((cell) => cell.benchmark === benchmark.name);
    return [{ analysis: analyseBenchmark(described, own, set, settings), cells }];
  });
}
