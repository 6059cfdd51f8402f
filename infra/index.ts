/** The program: configuration → plan → resources → outputs. */
import * as pulumi from "@pulumi/pulumi";
import { declareAction } from "./action.ts";
import { prepare } from "./appliance/prepare.ts";
import { parseConfiguration } from "./config.ts";
import { describeProblems } from "./config-problems.ts";
import { declareEnvironments } from "./environments/environments.ts";
import { declareImages, needsImages } from "./image-set.ts";
import { declareInventory } from "./inventory-output.ts";
import { declareNodes, summarise } from "./nodes/nodes.ts";
import { projectName } from "./paths.ts";
import { expand, type Plan, PlanError } from "./plan.ts";
import { SuiteRun } from "./suite.ts";

const plan = readPlan();
const folders = declareAction(
  "stack-folders",
  "infra/stack-folders.ts",
  { environment: { TESTBED_STACK: plan.stack }, create: "make", delete: "remove" },
  {},
);
const images = needsImages(plan) ? declareImages() : undefined;
const declared = declareNodes(plan, folders, images);
const prepared = declared.nodes.map((node) => ({ ...node, appliance: prepare(plan, node) }));
const environments = declareEnvironments(plan, prepared, images);

export const nodes = pulumi.all(
  declared.nodes.map((node) => summarise(node, declared.emulation?.accelerator)),
);
export const inventory = declareInventory(plan, prepared, environments);
export const results = new SuiteRun("suite", { inventory, suite: plan.suite }).results;

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
