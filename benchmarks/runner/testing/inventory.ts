/** Inventories for tests, with nothing behind them. */
import {
  type EnvironmentName,
  environmentTraits,
  type Inventory,
  type InventoryEnvironment,
  type InventoryNode,
  type Placement,
} from "../../../infra/inventory.ts";

const nodeNames = ["n1", "n2"];
const guestNames = ["g1", "g2"];

function testNode(name: string): InventoryNode {
  return {
    name,
    source: "emulated",
    connection: { address: "192.0.2.1", user: "root" },
    adapter: { pciAddress: "0000:01:00.0", model: "igb", driver: "igb", virtualFunctions: 2 },
    fabric: {
      networkDevice: "fab0",
      rdmaDevice: "rxe0",
      rdmaPort: 1,
      address: "127.0.0.1",
      softRoce: true,
    },
    guests: guestNames.map((guest) => ({
      name: guest,
      domain: `testbed-test-${guest}`,
      commandPrefix: ["ssh", guest],
      consolePath: `/var/log/${guest}.console`,
      sharedMemory: null,
    })),
  };
}

function testEnvironment(name: EnvironmentName, commandPrefix: readonly string[]): InventoryEnvironment {
  const traits = environmentTraits[name];
  const place = { fabricAddress: "127.0.0.1", rdmaDevice: "rxe0", rdmaPort: 1 };
  const guests = traits.ownership === "guest-physical-function" ? guestNames.slice(0, 1) : guestNames;
  const placements: Placement[] =
    traits.kind === "guest"
      ? guests.flatMap((guest) =>
          nodeNames.map((node) => ({
            ...place,
            node,
            guest,
            commandPrefix: [...commandPrefix, "ssh", guest],
            fabricPrefixLength: 16,
            rdmaDevice: "auto",
          })),
        )
      : nodeNames.map((node) => ({ ...place, node, commandPrefix: [...commandPrefix] }));
  return { name, ...traits, placements };
}

/**
 * Two nodes with two guests each.
 * @param commandPrefix the words before every command in every environment
 */
export function testInventory(
  commandPrefix: readonly string[] = [],
  environments: readonly EnvironmentName[] = ["native", "container-passthrough"],
): Inventory {
  return {
    schemaVersion: 1,
    stack: "test",
    fidelity: "emulated",
    socketDirectory: "/nonexistent",
    nodes: nodeNames.map(testNode),
    environments: environments.map((name) => testEnvironment(name, commandPrefix)),
  };
}
