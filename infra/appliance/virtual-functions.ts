/** Virtual functions of an SR-IOV adapter. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface VirtualFunctionsArguments extends HostReferenceArguments {
  /** The adapter's PCI address, as `0000:01:00.0`. */
  readonly pciAddress: pulumi.Input<string>;
  /** From 1 to what the adapter offers. */
  readonly count: pulumi.Input<number>;
  /** `none`: the host binds no driver to them, so that guests can take them; `default`: the host's own. */
  readonly hostDriver: pulumi.Input<"none" | "default">;
  /** For InfiniBand adapters of mlx5: each function gets a GUID and a port that follows the adapter's. */
  readonly infiniband?: pulumi.Input<true | undefined>;
  /** The firmware is made to offer the functions before. */
  readonly changesFirmware?: true;
}

/** Kept over reboots; deleting puts the former count back. */
export class VirtualFunctions extends pulumi.CustomResource {
  /** How many there are. */
  declare readonly count: pulumi.Output<number>;
  declare readonly hostDriver: pulumi.Output<"none" | "default">;
  /** Whether the adapter's own network device is set up: virtual functions have no link while it is down. */
  declare readonly networkDeviceUp: pulumi.Output<boolean>;
  declare readonly persisted: pulumi.Output<boolean>;
  /** Whether each function has its GUID and port policy; absent without InfiniBand. */
  declare readonly haveGuids: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: VirtualFunctionsArguments, options?: pulumi.CustomResourceOptions) {
    const outputs = { networkDeviceUp: undefined, persisted: undefined, haveGuids: undefined };
    super("testbed:index:VirtualFunctions", name, { ...args, ...outputs }, options);
  }
}
