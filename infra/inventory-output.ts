/** The inventory as an output: known when every environment is ready. */
import * as pulumi from "@pulumi/pulumi";
import type { PreparedNode } from "./environments/environments.ts";
import type { NodeGuests } from "./environments/guests.ts";
import type { Inventory, InventoryEnvironment, InventoryLease, InventoryNode } from "./inventory.ts";
import { socketDirectory } from "./paths.ts";
import type { Plan } from "./plan.ts";

/** Joins what was declared into the inventory of the plan. */
export function declareInventory(
  plan: Plan,
  nodes: readonly PreparedNode[],
  environments: readonly pulumi.Output<InventoryEnvironment>[],
  guests: ReadonlyMap<string, NodeGuests>,
  lease?: pulumi.Output<InventoryLease>,
): pulumi.Output<Inventory> {
  return pulumi
    .all([
      pulumi.all(nodes.map((node) => inventoryNode(plan, node, guests))),
      pulumi.all([...environments]),
      lease,
    ])
    .apply(([inventoryNodes, inventoryEnvironments, inventoryLease]) => ({
      schemaVersion: 1 as const,
      stack: plan.stack,
      fidelity: plan.fidelity,
      socketDirectory: socketDirectory(plan.stack),
      ...(inventoryLease === undefined ? {} : { lease: inventoryLease }),
      nodes: inventoryNodes,
      environments: inventoryEnvironments,
    }));
}

/** The planned number of virtual functions stands here and not the one last read: drift must not run the suite again. */
function inventoryNode(
  plan: Plan,
  { plan: node, host, appliance }: PreparedNode,
  guests: ReadonlyMap<string, NodeGuests>,
): pulumi.Output<InventoryNode> {
  const ready = guests.get(node.name)?.ready ?? pulumi.output([]);
  return pulumi
    .all([host.connection, host.adapter, ready, appliance.ready])
    .apply(([connection, adapter, nodeGuests]) => ({
      name: node.name,
      source: node.source,
      connection,
      adapter: {
        pciAddress: adapter.pciAddress,
        model: adapter.vendorDevice,
        driver: adapter.driver,
        virtualFunctions: plan.appliance.virtualFunctions,
      },
      fabric: {
        networkDevice: adapter.networkDevices[0] ?? "",
        rdmaDevice: node.rdmaDevice,
        rdmaPort: 1,
        address: node.fabricAddress,
        softRoce: plan.appliance.softRoce,
      },
      guests: nodeGuests,
    }));
}
