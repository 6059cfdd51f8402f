/** `testbed list`: the catalogue as a table. */
import { Command } from "commander";
import { catalogue } from "../catalogue/catalogue.ts";
import { alignedTable } from "../report/text.ts";

export function listCommand(): Command {
  return new Command("list").description("show the benchmarks that a suite can name").action(() => {
    const rows = catalogue.map(({ name, family, title, program, metric, sizesBytes }) => [
      name,
      family,
      title,
      program,
      `${metric.statistic} ${metric.unit}`,
      metric.better,
      sizesBytes.join(" "),
    ]);
    process.stdout.write(
      alignedTable([["benchmark", "family", "what", "program", "metric", "better", "sizes (B)"], ...rows]),
    );
  });
}
