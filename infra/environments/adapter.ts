/** Who holds a node's adapter changes while the suite runs; what is declared is that the node has it back in the end. */
import type * as pulumi from "@pulumi/pulumi";
import { declareAction } from "../action.ts";
import type { Inventory } from "../inventory.ts";
import type { PreparedNode } from "./environments.ts";

/** The inventory as if there were no other node. */
export function inventoryOfNode(inventory: Inventory, node: string): Inventory {
  return {
    ...inventory,
    nodes: inventory.nodes.filter(({ name }) => name === node),
    environments: inventory.environments.map((environment) => ({
      ...environment,
      placements: environment.placements.filter((placement) => placement.node === node),
    })),
  };
}

/**
 * Declares for each node that its adapter is given back to it before its guests go. Nothing is done for a machine that goes as a
 * whole.
 */
export function declareAdapterReleases(
  nodes: readonly PreparedNode[],
  inventory: pulumi.Output<Inventory>,
): void {
  for (const { plan, machine } of nodes) {
    declareAction(
      `${plan.name}-adapter`,
      "benchmarks/activation/adapter-release.ts",
      {
        create: "create",
        delete: "release",
        environment: {
          TESTBED_REQUEST: inventory.apply((whole) =>
            JSON.stringify({ inventory: inventoryOfNode(whole, plan.name) }),
          ),
        },
      },
      machine.resource === undefined ? {} : { deletedWith: machine.resource },
    );
  }
}
