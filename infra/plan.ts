/**
 * The plan: configuration in, plain data out. Which nodes, ports, addresses, settings, containers and cells there will be,
 * with every name decided; nothing here asks a host or makes a resource, so the plan of 512 nodes is a table to look at.
 */
import { createHash } from "node:crypto";
import type { Suite } from "../benchmarks/suite.ts";
import { type Configuration, defaultGuest, type NodesConfiguration } from "./config.ts";
import {
  type Connection,
  type EnvironmentKind,
  type EnvironmentName,
  environmentTraits,
  type Fidelity,
  type Ownership,
} from "./inventory.ts";
import { projectName } from "./paths.ts";

/** Name that soft-RoCE devices get on every node. */
const softRoceDevice = "rxe0";
/** RFC 2544 sets this network aside for benchmarks of network devices; it is routed nowhere. */
const fabricNetworkPrefix = "198.18";
const fabricPrefixLength = 16;
/** The other half of that network: devices that the activation of an environment gives an address. */
const activatedNetworkPrefix = "198.19";
/** Nodes that share the slots of that half: slot × this + node. */
const nodesInSlot = 1024;
/** Largest frame that the emulated adapter and soft-RoCE's largest path MTU (4096) fit in. */
const fabricMtuBytes = 9000;
/** Interface names in Linux have 15 characters at most. */
const bridgeDigestLength = 8;

export interface PlannedEmulatedNode {
  readonly source: "emulated";
  readonly name: string;
  /** Port on 127.0.0.1 of this machine that leads to the node's ssh. */
  readonly managementPort: number;
  readonly virtualCpus: number;
  /** Above 2000 QEMU 10.0.2 maps the virtual functions' registers wrongly. */
  readonly memoryMib: number;
  readonly macAddress: string;
  readonly fabricAddress: string;
  readonly rdmaDevice: string;
}

export interface PlannedExistingNode {
  readonly source: "existing";
  readonly name: string;
  readonly connection: Connection;
  /** PCI address of the adapter, or `auto`: the only one with SR-IOV. */
  readonly adapter: string;
  readonly fabricAddress: string;
  readonly rdmaDevice: string;
}

export type PlannedNode = PlannedEmulatedNode | PlannedExistingNode;

/** The isolated network that carries the fabric of emulated nodes. */
export interface PlannedFabric {
  /** An interface name of this machine: at most 15 bytes. */
  readonly bridgeName: string;
  readonly mtuBytes: number;
  readonly prefixLength: number;
}

export interface PlannedAppliance {
  /** Kernel arguments wanted besides those that turn the IOMMU on. */
  readonly kernelArguments: readonly string[];
  readonly iommu: "passthrough" | "translated";
  readonly managesCpuFrequency: boolean;
  readonly softRoce: boolean;
  readonly virtualFunctions: number;
  readonly hostDriverForVirtualFunctions: boolean;
  readonly hugepages: { readonly sizeKib: number; readonly count: number };
}

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

/** One guest of a node. All nodes have the same ones. */
export interface PlannedGuest {
  readonly name: string;
  /** Counted from 0. Its virtual function is that of the same index. */
  readonly index: number;
  readonly domainName: string;
  /** Port on 127.0.0.1 of the node that leads to the guest's ssh. */
  readonly managementPort: number;
  /** Processors of the node that its virtual processors run on, in their order; empty: any. */
  readonly pinnedCpus: readonly number[];
}

export interface PlannedGuests {
  readonly guests: readonly PlannedGuest[];
  readonly virtualCpus: number;
  readonly memoryMib: number;
  readonly numaNode: number | null;
  readonly hugepages: boolean;
  readonly accelerator: "auto" | "kvm" | "tcg";
  readonly ivshmem: { readonly name: string; readonly sizeMib: number };
  readonly image: { readonly source: string; readonly sha256: string } | null;
  readonly drivers: Configuration["guest"]["drivers"];
  readonly packages: readonly string[];
  readonly softRoce: boolean;
  readonly readyTimeoutSeconds: number;
}

export interface Plan {
  readonly stack: string;
  readonly fidelity: Fidelity;
  readonly nodes: readonly PlannedNode[];
  readonly fabric: PlannedFabric | null;
  readonly appliance: PlannedAppliance;
  readonly environments: readonly PlannedEnvironment[];
  /** Null: no environment needs guests. */
  readonly guests: PlannedGuests | null;
  readonly suite: Suite;
}

/** The plan can't be made of a configuration that is right by itself; the message tells what to do. */
export class PlanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PlanError";
  }
}

/**
 * Expands the configuration of a stack. Equal input gives an equal plan.
 * @throws PlanError for a stack name that can't be part of names, and for the source `chameleon`.
 */
export function expand(configuration: Configuration, stack: string): Plan {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(stack)) {
    throw new PlanError(
      `The stack's name "${stack}" becomes part of the names of machines, networks and files; ` +
        "right would be lower-case letters, digits and '-', starting with a letter, 31 at most.",
    );
  }
  const nodes = expandNodes(configuration.nodes, stack);
  const emulated = configuration.nodes.source === "emulated";
  const softRoce = configuration.appliance.softRoce ?? emulated;
  return {
    stack,
    // Soft-RoCE is RDMA in software, on whatever host: its speed says nothing of an adapter.
    fidelity: emulated || softRoce ? "emulated" : "hardware",
    nodes,
    fabric: emulated ? expandFabric(stack) : null,
    appliance: {
      kernelArguments: configuration.appliance.kernelArguments,
      iommu: configuration.appliance.iommu,
      managesCpuFrequency: configuration.appliance.cpuFrequency === "performance",
      softRoce,
      virtualFunctions: configuration.appliance.virtualFunctions,
      hostDriverForVirtualFunctions: configuration.appliance.hostDriverForVirtualFunctions,
      hugepages: configuration.appliance.hugepages,
    },
    environments: configuration.environments.map((name) =>
      expandEnvironment(name, configuration, stack, nodes, softRoce),
    ),
    guests: configuration.environments.some((name) => environmentTraits[name].kind === "guest")
      ? expandGuests(configuration, stack, softRoce)
      : null,
    suite: { ...configuration.suite, environments: configuration.environments },
  };
}

function expandNodes(nodes: NodesConfiguration, stack: string): PlannedNode[] {
  switch (nodes.source) {
    case "emulated":
      return Array.from({ length: nodes.count }, (_, index) => ({
        source: "emulated",
        name: `n${index + 1}`,
        managementPort: nodes.managementPortBase + index,
        virtualCpus: nodes.virtualCpus,
        memoryMib: nodes.memoryMib,
        macAddress: macAddress(stack, index),
        fabricAddress: fabricAddress(index),
        rdmaDevice: softRoceDevice,
      }));
    case "existing":
      return nodes.hosts.map((host) => ({
        source: "existing",
        name: host.name,
        connection: {
          address: host.address,
          ...(host.port === undefined ? {} : { port: host.port }),
          ...(host.user === undefined ? {} : { user: host.user }),
          ...(host.privateKeyPath === undefined ? {} : { privateKeyPath: host.privateKeyPath }),
          ...(host.hostKey === undefined ? {} : { hostKey: host.hostKey }),
        },
        adapter: host.adapter,
        fabricAddress: host.fabricAddress,
        rdmaDevice: host.rdmaDevice ?? softRoceDevice,
      }));
    case "chameleon":
      throw new PlanError(
        `Stack "${stack}" asks for ${nodes.count} nodes of type ${nodes.nodeType} at ${nodes.site}, but this version can't lease ` +
          "nodes on Chameleon yet; nodes that you have leased yourself can be given with source: existing.",
      );
  }
}

function expandEnvironment(
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

function guestName(index: number): string {
  return `g${index + 1}`;
}

function containerName(environment: EnvironmentName, stack: string): string {
  return environment === "container-sriov" ? `testbed-${stack}-sriov` : `testbed-${stack}`;
}

function expandGuests(configuration: Configuration, stack: string, softRoce: boolean): PlannedGuests {
  const { guest, guestsPerNode } = configuration;
  const size = defaultGuest(configuration.nodes.source);
  const virtualCpus = guest.virtualCpus ?? size.virtualCpus;
  return {
    guests: Array.from({ length: guestsPerNode }, (_, index) => ({
      name: guestName(index),
      index,
      domainName: `testbed-${stack}-${guestName(index)}`,
      managementPort: guest.managementPortBase + index,
      pinnedCpus: guest.pinnedCpus.slice(index * virtualCpus, (index + 1) * virtualCpus),
    })),
    virtualCpus,
    memoryMib: guest.memoryMib ?? size.memoryMib,
    numaNode: guest.numaNode ?? null,
    hugepages: guest.hugepages,
    accelerator: guest.accelerator,
    ivshmem: { name: guest.ivshmem.name ?? `testbed-${stack}`, sizeMib: guest.ivshmem.sizeMib },
    image: guest.image ?? null,
    drivers: guest.drivers,
    packages: guest.packages,
    softRoce,
    readyTimeoutSeconds: guest.readyTimeoutSeconds,
  };
}

/** The address of a device that an activation sets up. Slots are guests, and after them the node's own virtual function. */
export function activatedAddress(nodeIndex: number, slot: number): string {
  const number = slot * nodesInSlot + nodeIndex + 1;
  return `${activatedNetworkPrefix}.${number >> 8}.${number & 0xff}`;
}

/** Locally administered unicast address of the device in a slot, different for every stack and node. */
export function activatedMacAddress(stack: string, nodeIndex: number, slot: number): string {
  const bytes = [
    0x56,
    ...Buffer.from(digest(stack), "hex").subarray(0, 2),
    slot,
    nodeIndex >> 8,
    nodeIndex & 0xff,
  ];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function expandFabric(stack: string): PlannedFabric {
  return {
    bridgeName: `tb-${digest(stack).slice(0, bridgeDigestLength)}`,
    mtuBytes: fabricMtuBytes,
    prefixLength: fabricPrefixLength,
  };
}

/** Locally administered unicast address (second-lowest bit of the first byte), different for every stack and node. */
function macAddress(stack: string, index: number): string {
  const bytes = [
    0x52,
    0x54,
    ...Buffer.from(digest(stack), "hex").subarray(0, 2),
    (index >> 8) & 0xff,
    index & 0xff,
  ];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** The index-th address of the fabric's network, skipping the network's own address. */
function fabricAddress(index: number): string {
  const number = index + 1;
  return `${fabricNetworkPrefix}.${number >> 8}.${number & 0xff}`;
}

function digest(stack: string): string {
  return createHash("sha256").update(`${projectName}\0${stack}`).digest("hex");
}
