/** A host as the deployment finds it: reachable, with root rights and an SR-IOV adapter. */
import * as pulumi from "@pulumi/pulumi";
import type { Connection, NodeSource } from "../inventory.ts";
import type { IommuHardware } from "../provider/host/facts.ts";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface HostArguments {
  /** The node's name; part of every message. */
  readonly name: pulumi.Input<string>;
  /** How the host is reached by OpenSSH. */
  readonly connection: pulumi.Input<Connection>;
  /** `existing` is asked at preview already; others may not be there yet, and are waited for. */
  readonly source: pulumi.Input<NodeSource>;
  /** Identity of a machine that the stack makes (its domain's or server's id): unknown at preview while there is none. */
  readonly generation?: pulumi.Input<string>;
  /** PCI address of the adapter to use, as `0000:01:00.0`; `auto` (the default) for the only one that is free. */
  readonly adapterAddress?: pulumi.Input<string>;
  /** An adapter whose firmware has SR-IOV off may be chosen: it will be turned on. */
  readonly changesFirmware?: true;
  /** Folder for shared ssh connections on the deploying machine. */
  readonly socketDirectory: pulumi.Input<string>;
  /** Seconds to wait for the first login; 300 by default. */
  readonly waitSeconds?: pulumi.Input<number>;
}

/** The SR-IOV adapter that was chosen. */
export interface HostAdapter {
  /** As in `0000:01:00.0`. */
  readonly pciAddress: string;
  /** As in `8086:10c9`. */
  readonly vendorDevice: string;
  /** Kernel driver, as in `igb`; empty when none is bound. */
  readonly driver: string;
  readonly totalVirtualFunctions: number;
  readonly networkDevices: string[];
  /** Always false for an adapter that was chosen: one that carries the connection is refused. */
  readonly carriesManagement: boolean;
  /** True for a controller of the class InfiniBand; absent for others. */
  readonly isInfiniband?: true;
}

/** Outputs are facts, read when the host is made and at each refresh; for an existing host they are known at preview. */
export class Host extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly connection: pulumi.Output<Connection>;
  declare readonly source: pulumi.Output<NodeSource>;
  declare readonly socketDirectory: pulumi.Output<string>;
  declare readonly generation: pulumi.Output<string | undefined>;
  /** ID of os-release, as `debian`. */
  declare readonly osId: pulumi.Output<string>;
  /** VERSION_ID of os-release, as `13`. */
  declare readonly osVersion: pulumi.Output<string>;
  declare readonly kernelRelease: pulumi.Output<string>;
  /** vendor_id of cpuinfo, as `GenuineIntel`. */
  declare readonly cpuVendor: pulumi.Output<string>;
  declare readonly cpuModel: pulumi.Output<string>;
  declare readonly cpus: pulumi.Output<number>;
  /** Whose IOMMU the firmware describes, on or off. */
  declare readonly iommuHardware: pulumi.Output<IommuHardware>;
  declare readonly memoryMib: pulumi.Output<number>;
  declare readonly adapter: pulumi.Output<HostAdapter>;
  declare readonly bootLoader: pulumi.Output<"grub-debian" | "grubby" | "unknown">;

  constructor(name: string, args: HostArguments, options?: pulumi.CustomResourceOptions) {
    const facts = {
      osId: undefined,
      osVersion: undefined,
      kernelRelease: undefined,
      cpuVendor: undefined,
      cpuModel: undefined,
      cpus: undefined,
      iommuHardware: undefined,
      memoryMib: undefined,
      adapter: undefined,
      bootLoader: undefined,
    };
    super("testbed:index:Host", name, { ...facts, ...args }, options);
  }

  /** What a setting on this host is told about it. */
  reference(): HostReferenceArguments {
    return {
      stack: pulumi.getStack(),
      host: this.name,
      source: this.source,
      connection: this.connection,
      socketDirectory: this.socketDirectory,
      generation: this.generation as pulumi.Output<string>,
    };
  }
}
