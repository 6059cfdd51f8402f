/** From a run's folder to its report on the disk. */
import { writeFileSync } from "node:fs";
import { analyse } from "../analysis/analysis.ts";
import { judge, rehearse } from "../claims/judge.ts";
import { UserError } from "../input.ts";
import { readResultSet } from "../result-set/read.ts";
import type { AnyResultSet } from "../result-set/result-set.ts";
import { reportPage } from "./report.ts";

/** Reads the result set in a folder and writes its report. Throws UserError where either can't be done. */
export function writeReport(directory: string, path: string): void {
  const page = pageOf(readResultSet(directory));
  try {
    writeFileSync(path, page);
  } catch (error) {
    throw new UserError(
      `the report can't be written to ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Emulated data do not judge the paper: for them the page has the rehearsal. */
export function pageOf(set: AnyResultSet): string {
  if (set.fidelity === "hardware") {
    const analysis = analyse(set);
    return reportPage(analysis, judge(analysis));
  }
  const analysis = analyse(set);
  return reportPage(analysis, rehearse(analysis));
}
