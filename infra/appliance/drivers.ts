/** RDMA drivers of a host. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface SoftRoce {
  /** Name of the RDMA device to make, as `rxe0`. */
  readonly rdmaDevice: string;
  /** Network device that it runs on, as `enp1s0`. */
  readonly networkDevice: string;
}

/** NVIDIA's drivers, from an archive with a known digest. */
export interface VendorDrivers {
  /** As in `24.10-1.1.4.0`, or `3.2.1` of DOCA. */
  readonly version: string;
  /** URL that the host can reach, or a path on it. */
  readonly source: string;
  readonly sha256: string;
  /** Build the modules for the running kernel. */
  readonly buildModules: boolean;
}

export interface DriversArguments extends HostReferenceArguments {
  /** `inbox`: what the distribution brings. */
  readonly driverStack: pulumi.Input<"inbox" | "mlnx-ofed" | "doca-ofed">;
  /** What to install, and the adapter that it must fit; absent for `inbox`. */
  readonly vendor?: pulumi.Input<VendorDrivers & { readonly pciAddress: string }>;
  /** A soft-RoCE device, for adapters without RDMA; kept over reboots. */
  readonly softRoce?: pulumi.Input<{
    rdmaDevice: pulumi.Input<string>;
    networkDevice: pulumi.Input<string>;
  }>;
}

/**
 * What does not fit adapter, release and kernel is refused at preview. Deleting removes the device, and the module if it was not
 * loaded before; NVIDIA's drivers go, and the packages come back that they had replaced.
 */
export class Drivers extends pulumi.CustomResource {
  declare readonly driverStack: pulumi.Output<"inbox" | "mlnx-ofed" | "doca-ofed">;
  /** Of NVIDIA's drivers as they are; absent for `inbox`. */
  declare readonly version: pulumi.Output<string | undefined>;
  /** The soft-RoCE device as it is; absent when there is none. */
  declare readonly softRoce: pulumi.Output<SoftRoce | undefined>;
  declare readonly persisted: pulumi.Output<boolean>;

  constructor(name: string, args: DriversArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:Drivers", name, { ...args, version: undefined, persisted: undefined }, options);
  }
}
