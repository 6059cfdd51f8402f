/** `testbed status`: who holds each node's adapter, what its guests do, and which environments are active by that. */
import { Command } from "commander";
import type { Inventory } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { activeEnvironments, describeNodeState, type NodeDescription } from "../activation/describe.ts";
import { remoteFactory } from "../activation/edge.ts";
import { asRoot } from "../activation/elevation.ts";
import type { NodeState } from "../activation/node-state.ts";
import { observeNode } from "../activation/observe.ts";
import { alignedTable } from "../report/text.ts";
import { defaultStack, type InventoryOptions, readInventory } from "./inventory-source.ts";

interface Options extends InventoryOptions {
  readonly json?: true;
}

export function statusCommand(): Command {
  return new Command("status")
    .description("show who holds each node's adapter, and which environments are active")
    .option("--inventory <file>", "what was deployed; - is standard input; absent: the stack's output")
    .option("--stack <name>", "whose output is the inventory", defaultStack)
    .option("--json", "print everything that was seen as JSON")
    .action(async (options: Options) => {
      const inventory = await readInventory(options);
      const status = await readStatus(inventory, remoteFactory(inventory));
      process.stdout.write(options.json ? `${JSON.stringify(status, null, 2)}\n` : statusText(status));
    });
}

export interface Status {
  readonly stack: string;
  /** Active on every node. */
  readonly environments: readonly string[];
  readonly nodes: readonly (NodeDescription & { readonly state: NodeState })[];
}

/** Looks at all nodes at the same time. Throws RemoteError when one can't be reached. */
export async function readStatus(inventory: Inventory, remoteOf: (node: string) => Remote): Promise<Status> {
  const nodes = await Promise.all(
    inventory.nodes.map(async (node) => {
      const remote = await asRoot(remoteOf(node.name), node.connection);
      const state = await observeNode(remote, node, inventory);
      return { ...describeNodeState(state, node, inventory), state };
    }),
  );
  return { stack: inventory.stack, environments: activeEnvironments(nodes), nodes };
}

/** The status as a table and a line for people. Pure. */
export function statusText({ stack, environments, nodes }: Status): string {
  const orNone = (words: readonly string[]): string => (words.length === 0 ? "-" : words.join(", "));
  const rows = nodes.map((node) => [
    node.node,
    node.adapter,
    node.virtualFunctions,
    orNone(node.holders),
    orNone(node.guests),
    orNone(node.environments),
  ]);
  return (
    alignedTable([["node", "adapter", "VFs", "held by", "guests", "active"], ...rows]) +
    `active on every node of ${stack}: ${environments.length === 0 ? "none" : environments.join(", ")}\n`
  );
}
