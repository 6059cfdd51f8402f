/** What the suite of a plan needs of a lease. */
import * as pulumi from "@pulumi/pulumi";
import { estimateSuite } from "../../benchmarks/estimate/estimate.ts";
import { UserError } from "../../benchmarks/input.ts";
import { resolveSuite } from "../../benchmarks/suite.ts";
import type { Plan } from "../plan.ts";
import type { SuiteNeeds } from "../provider/lease/inputs.ts";
import type { DeployingMachine } from "./preflight.ts";

/**
 * The needs by the plan, and by the ledger of a run that would be continued.
 * @throws pulumi.RunError for a suite that contradicts itself, and for a damaged ledger
 */
export function suiteNeeds(plan: Plan, { readFormerRun }: DeployingMachine): SuiteNeeds {
  try {
    const suite = resolveSuite(plan.suite, plan);
    const former = readFormerRun(plan.stack, suite);
    const isDone = former?.isDone ?? false;
    const before = isDone ? [] : (former?.events ?? []);
    const { seconds, mostSeconds, secondsPerBlock, launches } = estimateSuite(
      suite,
      plan.nodes.length,
      plan.fidelity,
      before,
    );
    const isContinued = before.some(({ event }) => event === "valid");
    return { seconds, mostSeconds, secondsPerBlock, launches, isContinued, isDone };
  } catch (error) {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  }
}
