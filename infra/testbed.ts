/** The testbed of a plan as resources: nodes, appliances, environments, inventory, suite. */
import * as pulumi from "@pulumi/pulumi";
import { declareAction } from "./action.ts";
import { prepare } from "./appliance/prepare.ts";
import { declareAdapterReleases } from "./environments/adapter.ts";
import { declareEnvironments } from "./environments/environments.ts";
import { declareImages, needsImages } from "./image-set.ts";
import { declareInventory } from "./inventory-output.ts";
import { declareNodes, summarise } from "./nodes/nodes.ts";
import { type DeployingMachine, thisMachine } from "./nodes/preflight.ts";
import type { Outputs } from "./outputs.ts";
import type { Plan } from "./plan.ts";
import { SuiteRun } from "./suite.ts";

/** What a stack hands out. */
export type Testbed = { readonly [Name in keyof Outputs]: pulumi.Output<Outputs[Name]> };

/**
 * Declares everything that the plan wants.
 * @param deployingMachine that emulated nodes would be on; only their plans ask it
 */
export function declareTestbed(plan: Plan, deployingMachine: DeployingMachine = thisMachine): Testbed {
  const folders = declareAction(
    "stack-folders",
    "infra/stack-folders.ts",
    { environment: { TESTBED_STACK: plan.stack }, create: "make", delete: "remove" },
    {},
  );
  const images = needsImages(plan) ? declareImages() : undefined;
  const declared = declareNodes(plan, folders, images, deployingMachine);
  const prepared = declared.nodes.map((node) => ({ ...node, appliance: prepare(plan, node) }));
  const { environments, guests } = declareEnvironments(plan, prepared, images, folders);
  const generations = declared.nodes.flatMap(({ machine }) => machine.generation ?? []);
  const inventory = declareInventory(plan, prepared, environments, guests, declared.lease);
  if (plan.environments.some(({ ownership }) => ownership !== "host")) {
    declareAdapterReleases(prepared, inventory);
  }
  const { results } = new SuiteRun("suite", { inventory, suite: plan.suite, generations });
  return {
    nodes: pulumi.all(declared.nodes.map((node) => summarise(node, declared.emulation?.accelerator))),
    inventory,
    results,
    activeEnvironment: results.activeEnvironment,
  };
}
