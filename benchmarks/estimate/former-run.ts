/** The run of a suite that the next one would continue, or that has done it already. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LedgerEvent, readLedger } from "../runner/ledger.ts";
import { listRuns, runFiles } from "../runner/run-directory.ts";
import { canonicalJson } from "../runner/schedule.ts";
import type { Suite } from "../suite.ts";

export interface FormerRun {
  readonly events: readonly LedgerEvent[];
  readonly isDone: boolean;
}

/** The newest run of a suite in a stack's folder of runs; null: there is none. Throws UserError when its ledger is damaged. */
export function readFormerRun(stackDirectory: string, suite: Suite): FormerRun | null {
  const wanted = canonicalJson(suite);
  const directory = listRuns(stackDirectory).find((one) => canonicalJson(suiteOf(one)) === wanted);
  if (directory === undefined) return null;
  const { events } = readLedger(join(directory, runFiles.ledger));
  return { events, isDone: events.some(({ event }) => event === "finished") };
}

/** As it stands there: the plans of other versions of this program are others' and no mistakes. */
function suiteOf(directory: string): unknown {
  const plan: unknown = JSON.parse(readFileSync(join(directory, runFiles.plan), "utf8"));
  return typeof plan === "object" && plan !== null && "suite" in plan ? plan.suite : null;
}
