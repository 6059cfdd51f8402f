/** SR-IOV in the firmware of an NVIDIA adapter. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface AdapterFirmwareArguments extends HostReferenceArguments {
  /** The adapter's PCI address, as `0000:01:00.0`. */
  readonly pciAddress: pulumi.Input<string>;
  /** That the firmware is to offer, at least. */
  readonly virtualFunctions: pulumi.Input<number>;
}

/** Takes effect with the reboot that KernelArguments does. Deleting sets the former configuration for the next boot. */
export class AdapterFirmware extends pulumi.CustomResource {
  /** Whether the adapter offers the functions, will do so after a reboot that is due, or neither. */
  declare readonly sriov: pulumi.Output<"on" | "on after a reboot" | "off">;

  constructor(name: string, args: AdapterFirmwareArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:AdapterFirmware", name, { ...args, sriov: undefined }, options);
  }
}
