/** The plan of the stack that a Pulumi program runs for. */
import * as pulumi from "@pulumi/pulumi";
import { parseConfiguration } from "./config.ts";
import { describeProblems } from "./config-problems.ts";
import { projectName } from "./paths.ts";
import { expand, type Plan, PlanError } from "./plan.ts";

/**
 * Reads the stack's configuration and plans by it.
 * @throws pulumi.RunError for a mistake of the user's: it ends the program with its sentence and no stack trace
 */
export function readPlan(): Plan {
  const stack = pulumi.getStack();
  const prefix = `${projectName}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value]);
  const result = parseConfiguration(Object.fromEntries(raw));
  if ("problems" in result) throw new pulumi.RunError(describeProblems(result.problems, stack));
  try {
    return expand(result.configuration, stack);
  } catch (error) {
    throw error instanceof PlanError ? new pulumi.RunError(error.message) : error;
  }
}
