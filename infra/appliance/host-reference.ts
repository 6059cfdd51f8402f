/** What every host setting is told about its host. */
import type * as pulumi from "@pulumi/pulumi";
import type { Connection, NodeSource } from "../inventory.ts";

/** Arguments that all settings have in common. Take them from a Host, with `hostReference`. */
export interface HostReferenceArguments {
  /** The Pulumi stack; part of the names of all files on the host. */
  readonly stack: pulumi.Input<string>;
  /** The node's name. */
  readonly host: pulumi.Input<string>;
  /** An emulated host that does not answer counts as gone; an existing one as an error. */
  readonly source: pulumi.Input<NodeSource>;
  /** How the host is reached by OpenSSH. */
  readonly connection: pulumi.Input<Connection>;
  /** Folder for shared ssh connections on the deploying machine. */
  readonly socketDirectory: pulumi.Input<string>;
  /** Identity of an emulated machine; when it changes the setting is made on the new one. */
  readonly generation?: pulumi.Input<string>;
}
