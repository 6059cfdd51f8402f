/** What an environment asks of one node: who shall hold its adapter. */
import type {
  Inventory,
  InventoryEnvironment,
  InventoryGuest,
  InventoryNode,
  Ownership,
  Placement,
} from "../../infra/inventory.ts";
import { ActivationError } from "./activation.ts";
import type { VirtualFunction } from "./node-state.ts";

export interface NodeTarget {
  readonly node: InventoryNode;
  readonly ownership: Ownership;
  /** Those on this node. Empty when it gets home only. */
  readonly placements: readonly Placement[];
}

/** What each node of the inventory shall be like; a node without a placement goes home. */
export function targetsOf(inventory: Inventory, environment: InventoryEnvironment): NodeTarget[] {
  return inventory.nodes.map((node) => {
    const placements = environment.placements.filter((placement) => placement.node === node.name);
    return placements.length === 0 ? homeOf(node) : { node, ownership: environment.ownership, placements };
  });
}

/** The state in which a node has its whole adapter and nothing of it is in a guest. */
export function homeOf(node: InventoryNode): NodeTarget {
  return { node, ownership: "host", placements: [] };
}

/** The guest of a node by its name. Throws ActivationError when the inventory has none. */
export function guestNamed(node: InventoryNode, name: string | undefined): InventoryGuest {
  const guest = node.guests.find((candidate) => candidate.name === name);
  if (guest === undefined) {
    throw new ActivationError(
      `the inventory places an environment in guest "${name ?? ""}" of ${node.name}, which has ` +
        `${node.guests.length === 0 ? "no guests" : `only ${node.guests.map((known) => known.name).join(", ")}`}`,
    );
  }
  return guest;
}

/** How many virtual functions the adapter has when the target is reached. */
export function virtualFunctionCount({ node, ownership }: NodeTarget): number {
  return ownership === "guest-physical-function" ? 0 : node.adapter.virtualFunctions;
}

/** Names of the guests that shall have something of the adapter. */
export function guestsInUse({ node, ownership, placements }: NodeTarget): string[] {
  return ownership.startsWith("guest-") ? placements.map(({ guest }) => guestNamed(node, guest).name) : [];
}

/** An address that is not asked for is right whatever it is. */
export function hasMac(virtualFunction: VirtualFunction, { macAddress }: Placement): boolean {
  return macAddress === undefined || virtualFunction.macAddress === macAddress.toLowerCase();
}

/** Name of the soft-RoCE device of a placement; an `auto` leaves it to the node's. */
export function softRoceName({ rdmaDevice }: Placement, otherwise: string): string {
  return rdmaDevice === "auto" ? otherwise : rdmaDevice;
}
