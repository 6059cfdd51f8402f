/** A node's state in words: who holds its adapter, and which environments are active by that. */
import type { Inventory, InventoryNode } from "../../infra/inventory.ts";
import { type NodeState, networkNames } from "./node-state.ts";
import { type NodeTarget, targetsOf } from "./target.ts";
import { planTransition } from "./transition.ts";

/** One node for `testbed status`. */
export interface NodeDescription {
  readonly node: string;
  /** PCI address and driver. */
  readonly adapter: string;
  /** As in "2 of 7". */
  readonly virtualFunctions: string;
  /** Who has what of the adapter, one phrase each. */
  readonly holders: readonly string[];
  /** As in "g1 paused". */
  readonly guests: readonly string[];
  /** Environments that could run on this node as it is. */
  readonly environments: readonly string[];
}

/** Puts a state into words. Pure. */
export function describeNodeState(
  state: NodeState,
  node: InventoryNode,
  inventory: Inventory,
): NodeDescription {
  const { adapter } = state;
  return {
    node: node.name,
    adapter:
      adapter === null
        ? `${node.adapter.pciAddress} (missing)`
        : `${adapter.pciAddress} (${adapter.driver ?? "no driver"})`,
    virtualFunctions:
      adapter === null ? "-" : `${adapter.virtualFunctionCount} of ${adapter.virtualFunctionTotal}`,
    holders: holdersOf(state, node),
    guests:
      state.libvirtFailure === null
        ? state.guests.map((guest) => `${guest.name} ${guest.state.replace("-", " ")}`)
        : [`unknown: ${state.libvirtFailure}`],
    environments: inventory.environments
      .filter((environment) => {
        const target = targetsOf(inventory, environment).find(
          (candidate) => candidate.node.name === node.name,
        );
        return target !== undefined && isReached(state, target);
      })
      .map(({ name }) => name),
  };
}

/** Guests that are still to be paused hold nothing. */
function isReached(state: NodeState, target: NodeTarget): boolean {
  const transition = planTransition(state, target);
  return transition.kind === "steps" && transition.steps.every(({ kind }) => kind === "pause-guest");
}

/** The environments that are active on every node. */
export function activeEnvironments(nodes: readonly NodeDescription[]): string[] {
  const [first, ...others] = nodes;
  return (first?.environments ?? []).filter((name) =>
    others.every(({ environments }) => environments.includes(name)),
  );
}

function holdersOf({ adapter, guests, holders, softRoceLinks }: NodeState, node: InventoryNode): string[] {
  if (adapter === null) return [];
  const networks = networkNames(adapter);
  const functions = new Map([
    [adapter.pciAddress, "the adapter"],
    ...adapter.virtualFunctions.map(({ pciAddress, index }) => [pciAddress, `VF ${index}`] as const),
  ]);
  const rdmaOn = (names: readonly string[], own: readonly string[]): string[] => [
    ...own,
    ...softRoceLinks
      .filter(({ networkDevice }) => names.includes(networkDevice))
      .map(({ rdmaDevice }) => rdmaDevice),
  ];
  return [
    ...(adapter.driver === node.adapter.driver
      ? [`${node.name}: ${[...networks, ...rdmaOn(networks, adapter.rdmaDevices)].join(" ")}`]
      : []),
    ...adapter.virtualFunctions
      .filter(({ networkDevices }) => networkDevices.length > 0)
      .map((virtualFunction) => {
        const names = networkNames(virtualFunction);
        const devices = [...names, ...rdmaOn(names, virtualFunction.rdmaDevices)];
        return `${node.name}: VF ${virtualFunction.index} ${devices.join(" ")}`;
      }),
    ...guests.flatMap((guest) => [
      ...guest.pciDevices.flatMap((address) => {
        const held = functions.get(address);
        return held === undefined ? [] : [`${guest.name}: ${held}`];
      }),
      ...guest.interfaces
        .filter(({ networkDevice }) => networks.includes(networkDevice))
        .map(({ networkDevice }) => `${guest.name}: virtio on ${networkDevice}`),
    ]),
    ...holders.map(({ program, processId }) => `${program} (process ${processId})`),
  ];
}
