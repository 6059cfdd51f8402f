/** `testbed compare`: what changed between two runs, of one stack or of two. */
import { resolve } from "node:path";
import { Command } from "commander";
import { defaultSettings } from "../analysis/analysis.ts";
import { readResultSet } from "../result-set/read.ts";
import { compareRuns } from "../run-comparison/compare.ts";
import { comparisonText } from "../run-comparison/text.ts";

export function compareCommand(): Command {
  return new Command("compare")
    .description(
      "compare two runs cell by cell: ratios of medians with intervals, differences adjusted by Holm",
    )
    .argument("<a>", "folder of the run that is compared with, the denominator")
    .argument("<b>", "folder of the run that is compared")
    .option("--json", "print the comparison as a JSON document instead")
    .action((a: string, b: string, { json }: { json?: true }) => {
      const [first, second] = [readResultSet(resolve(a)), readResultSet(resolve(b))];
      const comparison = compareRuns(first, second, defaultSettings);
      process.stdout.write(json ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison));
    });
}
