/**
 * The plan: configuration in, plain data out. Which nodes, ports, addresses, settings, containers and cells there will be,
 * with every name decided; nothing here asks a host or makes a resource, so the plan of 512 nodes is a table to look at.
 */
import type { DeclaredSuite } from "../benchmarks/suite.ts";
import type { Configuration } from "./config.ts";
import { environmentTraits, type Fidelity } from "./inventory.ts";
import { expandEnvironment, type PlannedEnvironment } from "./plan-environments.ts";
import { expandGuests, type PlannedGuests } from "./plan-guests.ts";
import {
  expandFabric,
  expandLease,
  expandNodes,
  PlanError,
  type PlannedFabric,
  type PlannedLease,
  type PlannedNode,
} from "./plan-nodes.ts";

export type { PlannedEnvironment, PlannedPlacement } from "./plan-environments.ts";
export type { PlannedGuest, PlannedGuests } from "./plan-guests.ts";
export type {
  PlannedEmulatedNode,
  PlannedExistingNode,
  PlannedFabric,
  PlannedLease,
  PlannedLeasedNode,
  PlannedNode,
} from "./plan-nodes.ts";
export { PlanError } from "./plan-nodes.ts";

/** RDMA drivers of NVIDIA's. */
export interface PlannedDrivers {
  readonly stack: "mlnx-ofed" | "doca-ofed";
  readonly version: string;
  /** URL that the nodes can reach, or a path on them. */
  readonly source: string;
  readonly sha256: string;
  readonly buildModules: boolean;
}

export interface PlannedAppliance {
  /** Kernel arguments wanted besides those that turn the IOMMU on. */
  readonly kernelArguments: readonly string[];
  readonly iommu: "passthrough" | "translated";
  readonly managesCpuFrequency: boolean;
  /** Null: the distribution's own drivers. */
  readonly vendorDrivers: PlannedDrivers | null;
  /** Whether firmware that has SR-IOV off is changed. */
  readonly changesFirmware: boolean;
  /** Whether firewalls are opened for the other nodes' fabric addresses. */
  readonly opensFirewall: boolean;
  readonly softRoce: boolean;
  readonly virtualFunctions: number;
  readonly hostDriverForVirtualFunctions: boolean;
  readonly hugepages: { readonly sizeKib: number; readonly count: number };
}

export interface Plan {
  readonly stack: string;
  readonly fidelity: Fidelity;
  readonly nodes: readonly PlannedNode[];
  readonly fabric: PlannedFabric | null;
  /** Null: the nodes are not leased. */
  readonly lease: PlannedLease | null;
  readonly appliance: PlannedAppliance;
  readonly environments: readonly PlannedEnvironment[];
  /** Null: no environment needs guests. */
  readonly guests: PlannedGuests | null;
  readonly suite: DeclaredSuite;
}

/**
 * Expands the configuration of a stack. Equal input gives an equal plan.
 * @throws PlanError for a stack name that can't be part of names.
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
    lease: expandLease(configuration.nodes),
    appliance: {
      kernelArguments: configuration.appliance.kernelArguments,
      vendorDrivers: vendorDrivers(configuration.appliance),
      changesFirmware: configuration.appliance.adapterFirmware === "enable-sriov",
      opensFirewall: configuration.appliance.firewall === "open-fabric",
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

function vendorDrivers({ drivers, driverArchive }: Configuration["appliance"]): PlannedDrivers | null {
  return drivers === "inbox" || driverArchive === undefined ? null : { stack: drivers, ...driverArchive };
}
