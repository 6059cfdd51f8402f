/** The program: configuration → plan → resources → outputs. */
import * as pulumi from "@pulumi/pulumi";
import { parseConfiguration } from "./config.ts";
import { describeProblems } from "./config-problems.ts";
import { projectName } from "./paths.ts";
import { expand, type Plan, PlanError } from "./plan.ts";
import { declareTestbed } from "./testbed.ts";

// Node strips types in place, so positions in traces are right without the source maps that Pulumi's runner looks for at
// each resource, half a second in all.
Reflect.deleteProperty(Error, "prepareStackTrace");

export const { nodes, inventory, results, activeEnvironment } = declareTestbed(readPlan());

/** A mistake of the user's ends the program with its sentence and no stack trace. */
function readPlan(): Plan {
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
