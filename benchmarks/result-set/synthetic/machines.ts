/** The inventory of a synthetic result set: as many machines as the paper had, and nothing behind them. */
import {
  type EnvironmentName,
  environmentTraits,
  type Inventory,
  type Placement,
} from "../../../infra/inventory.ts";

/** The environments of the paper, in its order. */
export const paperEnvironments = ["native", "vm-passthrough", "vm-sriov", "container-passthrough"] as const;

const fabric = {
  networkDevice: "ib0",
  rdmaDevice: "synthetic0",
  rdmaPort: 1,
  address: "192.0.2.1",
  softRoce: false,
};

/** One guest and one container on each node. */
export function syntheticInventory(nodes: number): Inventory {
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  return {
    schemaVersion: 1,
    stack: "synthetic",
    fidelity: "hardware",
    socketDirectory: "/nonexistent",
    nodes: names.map((name) => ({
      name,
      source: "existing",
      connection: { address: "192.0.2.1" },
      adapter: { pciAddress: "0000:00:00.0", model: "synthetic", driver: "none", virtualFunctions: 1 },
      fabric,
      guests: [
        {
          name: "g1",
          domain: "synthetic",
          commandPrefix: [],
          consolePath: "/nonexistent",
          sharedMemory: null,
        },
      ],
    })),
    environments: paperEnvironments.map((name) => ({
      name,
      ...environmentTraits[name],
      placements: names.map((node) => placement(name, node)),
    })),
  };
}

function placement(environment: EnvironmentName, node: string): Placement {
  return {
    node,
    commandPrefix: [],
    ...(environmentTraits[environment].kind === "guest" ? { guest: "g1" } : {}),
    fabricAddress: fabric.address,
    rdmaDevice: fabric.rdmaDevice,
    rdmaPort: fabric.rdmaPort,
  };
}
