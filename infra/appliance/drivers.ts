/** RDMA drivers of a host. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface SoftRoce {
  /** Name of the RDMA device to make, as `rxe0`. */
  readonly rdmaDevice: string;
  /** Network device that it runs on, as `enp1s0`. */
  readonly networkDevice: string;
}

export interface DriversArguments extends HostReferenceArguments {
  /** `inbox`: what the distribution brings. Other stacks are not in this version. */
  readonly driverStack: pulumi.Input<"inbox">;
  /** A soft-RoCE device, for adapters without RDMA; kept over reboots. */
  readonly softRoce?: pulumi.Input<{
    rdmaDevice: pulumi.Input<string>;
    networkDevice: pulumi.Input<string>;
  }>;
}

/** Deleting removes the device, and the module if it was not loaded before. */
export class Drivers extends pulumi.CustomResource {
  declare readonly driverStack: pulumi.Output<"inbox">;
  /** The soft-RoCE device as it is; absent when there is none. */
  declare readonly softRoce: pulumi.Output<SoftRoce | undefined>;
  declare readonly persisted: pulumi.Output<boolean>;

  constructor(name: string, args: DriversArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:Drivers", name, { ...args, persisted: undefined }, options);
  }
}
