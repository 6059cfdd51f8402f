/** `testbed results`: the results of a run as a table for people, or as JSON. */
import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { resultsDirectory } from "../../infra/paths.ts";
import { UserError } from "../input.ts";
import { resultsText } from "../report/results-text.ts";
import { collectResults } from "../runner/collect.ts";

interface Options {
  readonly stack: string;
  readonly results: string;
  readonly json?: true;
}

export function resultsCommand(): Command {
  return new Command("results")
    .description("show the results of a run as a table")
    .argument("[run-directory]", "folder of a run; absent: the stack's latest")
    .option("--stack <name>", "whose latest run to show", "emulated")
    .option("--results <dir>", "folder with the runs of all stacks", resultsDirectory)
    .option("--json", "print the results document instead")
    .action((runDirectory: string | undefined, options: Options) => {
      const directory = runDirectory === undefined ? latestRun(options) : resolve(runDirectory);
      const results = collectResults(existsSync(directory) ? realpathSync(directory) : directory);
      process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : resultsText(results));
    });
}

function latestRun({ stack, results }: Options): string {
  const latest = join(resolve(results), stack, "latest");
  if (!existsSync(latest)) throw new UserError(`stack "${stack}" has no run in ${resolve(results)}`);
  return latest;
}
