/**
 * The plan: configuration in, plain data out. Which nodes, ports, addresses, settings, containers and cells there will be,
 * with every name decided; nothing here asks a host or makes a resource, so the plan of 512 nodes is a table to look at.
 */
import { createHash } from "node:crypto";
import type { Suite } from "../benchmarks/suite.ts";
import type { Configuration, NodesConfiguration } from "./config.ts";
import type { Connection, EnvironmentName, Fidelity } from "./inventory.ts";
import { projectName } from "./paths.ts";

/** Name that soft-RoCE devices get on every node. */
const softRoceDevice = "rxe0";
/** RFC 2544 sets this network aside for benchmarks of network devices; it is routed nowhere. */
const fabricNetworkPrefix = "198.18";
const fabricPrefixLength = 16;
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
  /** Name of the container on every node; absent for native. */
  readonly containerName?: string;
  readonly privileged?: boolean;
}

export interface Plan {
  readonly stack: string;
  readonly fidelity: Fidelity;
  readonly nodes: readonly PlannedNode[];
  readonly fabric: PlannedFabric | null;
  readonly appliance: PlannedAppliance;
  readonly environments: readonly PlannedEnvironment[];
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
      name === "native"
        ? { name }
        : { name, containerName: `testbed-${stack}`, privileged: configuration.container.privileged },
    ),
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
