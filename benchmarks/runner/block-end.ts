/** Asks at the end of each block whether another one follows, and writes the answer down before it counts. */
import { join } from "node:path";
import { assessBlock, eventsUntilBlockEnd, stoppingRule } from "./assessment.ts";
import { collectMeasurements } from "./collect.ts";
import { readLedger } from "./ledger.ts";
import { runFiles } from "./run-directory.ts";
import type { Launch } from "./schedule.ts";
import type { Session } from "./session.ts";

/** Whether no block follows that of a launch, by the suite's stopping rule. Asked once a block: what was decided before holds. */
export function endsAfter({ options, plan, writer, now }: Session, { block, warmUp }: Launch): boolean {
  const rule = stoppingRule(plan.suite, options.inventory.fidelity);
  if (rule === null || warmUp) return false;
  const { events } = readLedger(join(options.directory, runFiles.ledger));
  const decided = events.find((event) => event.event === "assessed" && event.block === block);
  if (decided?.event === "assessed") return decided.decision !== "continue";
  const until = eventsUntilBlockEnd(plan, events, block);
  const measurements = collectMeasurements(options.directory, until);
  const assessment = {
    ...assessBlock(plan.suite, rule, block, until, measurements),
    time: now().toISOString(),
  };
  writer.append(assessment);
  options.onAssessment?.(assessment);
  return assessment.decision !== "continue";
}
