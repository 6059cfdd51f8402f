/** Huge pages of one size, set aside. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface HugepagesArguments extends HostReferenceArguments {
  /** Size of one page in KiB, as 2048; must be one that the host has. */
  readonly sizeKib: pulumi.Input<number>;
  /** 0 and more. */
  readonly count: pulumi.Input<number>;
}

/** Kept over reboots; deleting puts the former count back. */
export class Hugepages extends pulumi.CustomResource {
  /** How many there are. */
  declare readonly count: pulumi.Output<number>;
  declare readonly persisted: pulumi.Output<boolean>;

  constructor(name: string, args: HugepagesArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:Hugepages", name, { ...args, persisted: undefined }, options);
  }
}
