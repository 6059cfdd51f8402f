/** `testbed list`: the catalogue as a table. */
import { Command } from "commander";
import { catalogue } from "../catalogue/catalogue.ts";
import { alignedTable } from "../report/text.ts";

const head = [
  ...["benchmark", "family", "what", "program", "between", "environments"],
  ...["metric", "better", "sizes (B)"],
];

export function listCommand(): Command {
  return new Command("list").description("show the benchmarks that a suite can name").action(() => {
    const rows = catalogue.map(({ name, family, title, program, pairing, kinds, metric, sizesBytes }) => [
      ...[name, family, title, program],
      pairing === "between-nodes" ? "two nodes" : "two on one node",
      kinds.join(" "),
      `${metric.statistic} ${metric.unit}`,
      metric.better,
      sizesBytes.join(" "),
    ]);
    process.stdout.write(alignedTable([head, ...rows]));
  });
}
