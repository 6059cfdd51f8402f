/** The program: configuration → plan → resources → outputs. */
import { readPlan } from "./read-plan.ts";
import { declareTestbed } from "./testbed.ts";

// Node strips types in place, so positions in traces are right without the source maps that Pulumi's runner looks for at
// each resource, half a second in all.
Reflect.deleteProperty(Error, "prepareStackTrace");

export const { nodes, inventory, results, activeEnvironment } = declareTestbed(readPlan());
