/** An inventory for tests: two nodes, both environments, nothing behind it. */
import type { Inventory } from "../../../infra/inventory.ts";

/** @param commandPrefix the words before every command in both environments */
export function testInventory(commandPrefix: readonly string[] = []): Inventory {
  const names = ["n1", "n2"];
  const placements = names.map((node) => ({
    node,
    commandPrefix: [...commandPrefix],
    fabricAddress: "127.0.0.1",
    rdmaDevice: "rxe0",
    rdmaPort: 1,
  }));
  return {
    schemaVersion: 1,
    stack: "test",
    fidelity: "emulated",
    socketDirectory: "/nonexistent",
    nodes: names.map((name) => ({
      name,
      source: "emulated",
      connection: { address: "192.0.2.1" },
      adapter: { pciAddress: "0000:01:00.0", model: "igb", driver: "igb", virtualFunctions: 0 },
      fabric: { networkDevice: "fab0", rdmaDevice: "rxe0", rdmaPort: 1, address: "127.0.0.1" },
    })),
    environments: [
      { name: "native", placements },
      { name: "container-passthrough", placements },
    ],
  };
}
