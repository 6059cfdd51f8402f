/** `testbed report`: a run as one page that needs nothing else. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { writeReport } from "../report/write-report.ts";
import { runFiles } from "../runner/run-directory.ts";

interface Options {
  readonly output?: string;
}

export function reportCommand(): Command {
  return new Command("report")
    .description("write a finished run as one page: figures, differences, refusals, method")
    .argument("<results>", "folder of a finished run")
    .option("-o, --output <file>", `the page; absent: ${runFiles.report} in the run's folder`)
    .action((results: string, options: Options) => {
      const path = resolve(options.output ?? join(results, runFiles.report));
      writeReport(resolve(results), path);
      process.stderr.write(`written: ${path}\n`);
    });
}
