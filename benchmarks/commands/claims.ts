/** `testbed claims`: the paper's claims judged by a run on hardware, or rehearsed on emulated data. */
import { Command } from "commander";
import { claimsDocument } from "../claims/document.ts";
import { type Grounds, groundsOf } from "../claims/grounds.ts";
import { type Judgement, judge, type Rehearsal, rehearse } from "../claims/judge.ts";
import { claimsText } from "../claims/text.ts";
import { UserError } from "../input.ts";
import { readResultSet } from "../result-set/read.ts";
import type { AnyResultSet } from "../result-set/result-set.ts";

interface Options {
  readonly rehearse?: true;
  readonly json?: true;
}

export function claimsCommand(): Command {
  return new Command("claims")
    .description("judge the paper's 41 claims by a run on hardware")
    .argument("<results>", "folder of a run, or a stack's `latest`")
    .option("--rehearse", "run the judgement on emulated data, under a watermark")
    .option("--json", "print the verdicts with all numbers as a document instead")
    .action((path: string, options: Options) => {
      const { judged, grounds } = judgedBy(readResultSet(path), options);
      process.stdout.write(
        options.json ? `${JSON.stringify(claimsDocument(judged, grounds), null, 2)}\n` : claimsText(judged),
      );
    });
}

function judgedBy(set: AnyResultSet, options: Options): { judged: Judgement | Rehearsal; grounds: Grounds } {
  if (set.fidelity === "hardware") {
    if (options.rehearse) {
      const what = set.origin === "synthetic" ? "is synthetic" : "was measured on hardware";
      throw new UserError(`${set.directory} ${what} and is judged, not rehearsed: leave out --rehearse`);
    }
    const grounds = groundsOf(set);
    return { judged: judge(grounds), grounds };
  }
  if (!options.rehearse) {
    throw new UserError(
      `${set.directory} was measured on emulated nodes, whose speed says nothing about the paper; --rehearse runs the judgement all the same, under a watermark`,
    );
  }
  const grounds = groundsOf(set);
  return { judged: rehearse(grounds), grounds };
}
