/** An inventory for tests: nodes with two guests each, and every environment. */
import {
  type EnvironmentName,
  environmentTraits,
  type Inventory,
  type InventoryEnvironment,
  type Placement,
} from "../../../infra/inventory.ts";

export const adapterAddress = "0000:01:00.0";

/** @param nodeCount the n-th node is called n1, n2, … */
export function testInventory(nodeCount = 1): Inventory {
  const names = Array.from({ length: nodeCount }, (_, index) => `n${index + 1}`);
  return {
    schemaVersion: 1,
    stack: "test",
    fidelity: "emulated",
    socketDirectory: "/nonexistent",
    nodes: names.map((name, index) => ({
      name,
      source: "emulated",
      connection: { address: "192.0.2.1", user: "root" },
      adapter: { pciAddress: adapterAddress, model: "igb", driver: "igb", virtualFunctions: 3 },
      fabric: {
        networkDevice: "fab0",
        rdmaDevice: "rxe0",
        rdmaPort: 1,
        address: `198.18.0.${index + 1}`,
        softRoce: true,
      },
      guests: ["g1", "g2"].map((guest) => ({
        name: guest,
        domain: `testbed-test-${guest}`,
        commandPrefix: ["in-guest", guest],
        consolePath: `/var/log/${guest}.log`,
        sharedMemory: null,
      })),
    })),
    environments: (Object.keys(environmentTraits) as EnvironmentName[]).map((name) => ({
      name,
      ...environmentTraits[name],
      placements: names.flatMap((node, index) => placementsOf(name, node, index)),
    })),
  };
}

export function environmentNamed(inventory: Inventory, name: EnvironmentName): InventoryEnvironment {
  const found = inventory.environments.find((environment) => environment.name === name);
  if (found === undefined) throw new Error(`the test inventory has no ${name}`);
  return found;
}

function placementsOf(name: EnvironmentName, node: string, nodeIndex: number): Placement[] {
  const slot = (index: number) => ({
    node,
    commandPrefix: [],
    fabricAddress: `198.19.${index}.${nodeIndex + 1}`,
    fabricPrefixLength: 16,
    rdmaDevice: "auto",
    rdmaPort: 1,
  });
  const macAddress = (index: number): string => `56:00:00:00:0${index}:0${nodeIndex + 1}`;
  switch (environmentTraits[name].ownership) {
    case "host":
      return [
        {
          node,
          commandPrefix: [],
          fabricAddress: `198.18.0.${nodeIndex + 1}`,
          rdmaDevice: "auto",
          rdmaPort: 1,
        },
      ];
    case "host-virtual-function":
      return [{ ...slot(2), virtualFunction: 2, macAddress: macAddress(2), rdmaDevice: "rxe0" }];
    case "guest-physical-function":
      return [{ ...slot(0), guest: "g1" }];
    case "guest-virtual-functions":
      return [0, 1].map((index) => ({
        ...slot(index),
        guest: `g${index + 1}`,
        virtualFunction: index,
        macAddress: macAddress(index),
      }));
    case "guest-virtio":
      return [0, 1].map((index) => ({
        ...slot(index),
        guest: `g${index + 1}`,
        macAddress: macAddress(index),
      }));
  }
}
