/** An ed25519 ssh key pair, made by ssh-keygen on the deploying machine. */
import * as pulumi from "@pulumi/pulumi";

export interface SshKeyPairArguments {
  /** File name of the private key; the public one has `.pub` after it. */
  readonly name: pulumi.Input<string>;
  /** Absolute path of the folder that holds both; made with mode 0700 when absent. */
  readonly directory: pulumi.Input<string>;
  /** Comment in the public key. */
  readonly comment: pulumi.Input<string>;
}

/** Files that are gone are drift: a refresh sees it and the next `up` makes a new pair. Deleting removes both files. */
export class SshKeyPair extends pulumi.CustomResource {
  /** One line, as for authorized_keys. */
  declare readonly publicKey: pulumi.Output<string>;
  /** Text of the private key; secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** Absolute path of the private key, mode 0600. Known at preview. */
  declare readonly privateKeyPath: pulumi.Output<string>;

  constructor(name: string, args: SshKeyPairArguments, options?: pulumi.CustomResourceOptions) {
    const outputs = { publicKey: undefined, privateKey: undefined, privateKeyPath: undefined };
    super("testbed:index:SshKeyPair", name, { ...args, ...outputs }, options);
  }
}
