/** A host's firewall, opened for the other nodes of the fabric. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface FirewallArguments extends HostReferenceArguments {
  /** Fabric addresses of the other nodes. */
  readonly peers: pulumi.Input<string[]>;
}

/** firewalld or ufw, whichever is active; kept over reboots. Deleting closes what was opened. */
export class Firewall extends pulumi.CustomResource {
  declare readonly firewall: pulumi.Output<"firewalld" | "ufw" | "none">;
  /** The peers whose packets are let in. */
  declare readonly openTo: pulumi.Output<string[]>;

  constructor(name: string, args: FirewallArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:Firewall", name, { ...args, firewall: undefined, openTo: undefined }, options);
  }
}
