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
  /** Those on this node; none: it only has its adapter back. */
  readonly placements: readonly Placement[];
  /** What guests do that have nothing of the adapter: paused they disturb nothing that is measured beside them. */
  readonly idleGuests: "running" | "paused";
}

/** What each node of the inventory shall be like; one without a placement has its own adapter meanwhile. */
export function targetsOf(inventory: Inventory, environment: InventoryEnvironment): NodeTarget[] {
  return inventory.nodes.map((node) => {
    const placements = environment.placements.filter((placement) => placement.node === node.name);
    const ownership = placements.length === 0 ? "host" : environment.ownership;
    return { node, ownership, placements, idleGuests: "paused" };
  });
}

/** The state that the stack declares: the node has its whole adapter, and its guests run with nothing of it. */
export function homeOf(node: InventoryNode): NodeTarget {
  return { node, ownership: "host", placements: [], idleGuests: "running" };
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
