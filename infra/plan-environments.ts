/** The environments of a plan: which there are on each node, and what each gets of the adapter. */
import type { Configuration } from "./config.ts";
import {
  type EnvironmentKind,
  type EnvironmentName,
  environmentTraits,
  type Ownership,
} from "./inventory.ts";
import { activatedAddress, activatedMacAddress, fabricPrefixLength } from "./plan-addresses.ts";
import { guestName } from "./plan-guests.ts";
import { type PlannedNode, softRoceDevice } from "./plan-nodes.ts";

export interface PlannedEnvironment {
  readonly name: EnvironmentName;
  readonly kind: EnvironmentKind;
  readonly ownership: Ownership;
  /** Name of the container on every node; kind `container` only. */
  readonly containerName?: string;
  readonly privileged?: boolean;
  /** The first guest of each node, then the second of each node, …: the first two are on two nodes. */
  readonly placements: readonly PlannedPlacement[];
}

/** What an environment gets on one node. The whole adapter keeps its own MAC address. */
export interface PlannedPlacement {
  readonly node: string;
  /** Name of the guest; kind `guest` only. */
  readonly guest?: string;
  readonly fabricAddress: string;
  /** Absent: the address is the node's own and is not this project's to set. */
  readonly fabricPrefixLength?: number;
  readonly virtualFunction?: number;
  readonly macAddress?: string;
  readonly rdmaDevice: string;
}

/** One environment on every node. */
export function expandEnvironment(
  name: EnvironmentName,
  configuration: Configuration,
  stack: string,
  nodes: readonly PlannedNode[],
  softRoce: boolean,
): PlannedEnvironment {
  const traits = environmentTraits[name];
  const placements = slotsOf(traits.ownership, configuration).flatMap((slot) =>
    nodes.map((node, index) => expandPlacement(traits, stack, node, index, slot, softRoce)),
  );
  return {
    name,
    ...traits,
    ...(traits.kind === "container"
      ? { containerName: containerName(name, stack), privileged: configuration.container.privileged }
      : {}),
    placements,
  };
}

function expandPlacement(
  { kind, ownership }: { readonly kind: EnvironmentKind; readonly ownership: Ownership },
  stack: string,
  node: PlannedNode,
  nodeIndex: number,
  slot: number,
  softRoce: boolean,
): PlannedPlacement {
  if (ownership === "host") {
    return { node: node.name, fabricAddress: node.fabricAddress, rdmaDevice: node.rdmaDevice };
  }
  return {
    node: node.name,
    ...(kind === "guest" ? { guest: guestName(slot) } : {}),
    fabricAddress: activatedAddress(nodeIndex, slot),
    fabricPrefixLength,
    ...(ownership === "guest-virtual-functions" || ownership === "host-virtual-function"
      ? { virtualFunction: slot }
      : {}),
    ...(ownership === "guest-physical-function"
      ? {}
      : { macAddress: activatedMacAddress(stack, nodeIndex, slot) }),
    rdmaDevice: softRoce ? softRoceDevice : "auto",
  };
}

/** Guests are slots from 0; the virtual function of the node's own use comes after theirs. */
function slotsOf(ownership: Ownership, { environments, guestsPerNode }: Configuration): number[] {
  switch (ownership) {
    case "host":
    case "guest-physical-function":
      return [0];
    case "host-virtual-function":
      return [environments.includes("vm-sriov") ? guestsPerNode : 0];
    case "guest-virtual-functions":
    case "guest-virtio":
      return Array.from({ length: guestsPerNode }, (_, index) => index);
  }
}

function containerName(environment: EnvironmentName, stack: string): string {
  return environment === "container-sriov" ? `testbed-${stack}-sriov` : `testbed-${stack}`;
}
