/** `testbed list`: the catalogue as a table. */
import { Command } from "commander";
import { type Benchmark, defaultSizes, type ProfileName, profileNames } from "../catalogue/benchmark.ts";
import { catalogue } from "../catalogue/catalogue.ts";
import { alignedTable, sizesText } from "../report/text.ts";

const head = [
  ...["benchmark", "family", "what", "program", "runs", "environments", "metric", "better"],
  ...profileNames.map((profile) => `profile ${profile}`),
];

export function listCommand(): Command {
  return new Command("list").description("show the benchmarks that a suite can name").action(() => {
    const rows = catalogue.map((benchmark) => [
      ...[benchmark.name, benchmark.family, benchmark.title, benchmark.program],
      placesText(benchmark),
      benchmark.kinds.join(" "),
      `${benchmark.metric.statistic} ${benchmark.metric.unit}`,
      benchmark.metric.better,
      ...profileNames.map((profile) => scaleText(benchmark, profile)),
    ]);
    process.stdout.write(alignedTable([head, ...rows]));
  });
}

function placesText(benchmark: Benchmark): string {
  if (benchmark.launcher === "mpi") return benchmark.scales.paper.nodes === "two" ? "two nodes" : "all nodes";
  return benchmark.pairing === "between-nodes" ? "two nodes" : "two on one node";
}

/** Ranks a node, sizes and problem, as in `24 ranks a node, 4…1048576 B`. */
function scaleText(benchmark: Benchmark, profile: ProfileName): string {
  const sizes = rangeText(defaultSizes(benchmark, profile));
  if (benchmark.launcher === "pair") return sizes;
  const { ranksPerNode, problem } = benchmark.scales[profile];
  const ranks = `${ranksPerNode} ${ranksPerNode === 1 ? "rank" : "ranks"} a node`;
  return [ranks, sizes, problem.join(" ")].filter((text) => text !== "").join(", ");
}

function rangeText(sizesBytes: readonly number[]): string {
  const [first, last] = [sizesBytes[0], sizesBytes.at(-1)];
  if (sizesBytes.length > 3) return `${first}…${last} B`;
  return sizesText(sizesBytes);
}
