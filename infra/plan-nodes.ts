/** The nodes of a plan and the fabric between emulated ones. */
import type { NodesConfiguration } from "./config.ts";
import type { ChameleonConfiguration } from "./config-nodes.ts";
import type { Connection } from "./inventory.ts";
import { fabricAddress, fabricPrefixLength, macAddress, stackDigest } from "./plan-addresses.ts";

/** Name that soft-RoCE devices get on every node. */
export const softRoceDevice = "rxe0";
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

export interface PlannedLeasedNode {
  readonly source: "chameleon";
  readonly name: string;
  readonly fabricAddress: string;
  readonly rdmaDevice: string;
}

export type PlannedNode = PlannedEmulatedNode | PlannedExistingNode | PlannedLeasedNode;

/** What leased nodes stand on. */
export type PlannedLease = Omit<ChameleonConfiguration, "source" | "rdmaDevice"> & {
  /** Bits of the fabric's network, in which the nodes give their adapters the addresses of the plan. */
  readonly fabricPrefixLength: number;
};

/** The isolated network that carries the fabric of emulated nodes. */
export interface PlannedFabric {
  /** An interface name of this machine: at most 15 bytes. */
  readonly bridgeName: string;
  readonly mtuBytes: number;
  readonly prefixLength: number;
}

/** The plan can't be made of a configuration that is right by itself; the message tells what to do. */
export class PlanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PlanError";
  }
}

/** The nodes of a configuration, in its order. */
export function expandNodes(nodes: NodesConfiguration, stack: string): PlannedNode[] {
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
      return Array.from({ length: nodes.count }, (_, index) => ({
        source: "chameleon",
        name: `n${index + 1}`,
        fabricAddress: fabricAddress(index),
        rdmaDevice: nodes.rdmaDevice ?? softRoceDevice,
      }));
  }
}

/** The network of emulated nodes. */
export function expandFabric(stack: string): PlannedFabric {
  return {
    bridgeName: `tb-${stackDigest(stack).slice(0, bridgeDigestLength)}`,
    mtuBytes: fabricMtuBytes,
    prefixLength: fabricPrefixLength,
  };
}

/** The lease that nodes of the source `chameleon` are on; null for all others. */
export function expandLease(nodes: NodesConfiguration): PlannedLease | null {
  if (nodes.source !== "chameleon") return null;
  const { source: _source, rdmaDevice: _rdmaDevice, ...lease } = nodes;
  return { ...lease, fabricPrefixLength };
}
