/** The resources of the `testbed` provider that leased nodes stand on. */
import * as pulumi from "@pulumi/pulumi";
import type { SuiteNeeds } from "../provider/lease/inputs.ts";

export interface SiteArguments {
  /** Entry of clouds.yaml; absent: the OS_ variables, or the only entry. */
  readonly cloud?: pulumi.Input<string>;
  /** Region that the credentials must be for. */
  readonly site: pulumi.Input<string>;
  /** Project that they must be for, by name or id. */
  readonly project: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  readonly flavour: pulumi.Input<string>;
  readonly network: pulumi.Input<string>;
  readonly floatingNetwork: pulumi.Input<string>;
  /** How many the stack needs. */
  readonly floatingIps: pulumi.Input<number>;
  /** Name that the stack's key pair gets, and its key: another's key of that name is refused. */
  readonly keyPair: pulumi.Input<string>;
  readonly publicKey: pulumi.Input<string>;
}

/** A cloud with what a stack names there; known at preview. */
export class Site extends pulumi.CustomResource {
  declare readonly region: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<string>;
  /** Stays the same when the site publishes a newer image of that name. */
  declare readonly imageId: pulumi.Output<string>;
  declare readonly flavourId: pulumi.Output<string>;
  declare readonly networkId: pulumi.Output<string>;

  constructor(name: string, args: SiteArguments, options?: pulumi.CustomResourceOptions) {
    const outputs = {
      region: undefined,
      projectId: undefined,
      imageId: undefined,
      flavourId: undefined,
      networkId: undefined,
    };
    super("testbed:index:Site", name, { ...args, ...outputs }, options);
  }
}

export interface LeaseArguments {
  /** Name of the lease, by which one that an interrupted `up` has left is found again. */
  readonly name: pulumi.Input<string>;
  readonly cloud?: pulumi.Input<string>;
  readonly site: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly nodeType: pulumi.Input<string>;
  /** Nodes. */
  readonly count: pulumi.Input<number>;
  /** `now`, or a time in UTC as in `2026-11-23 12:55`. */
  readonly start: pulumi.Input<string>;
  /** Hours from its start; more of them extend the lease in place. */
  readonly hours: pulumi.Input<number>;
  /** What the suite takes: a lease that is too short for it is refused at preview. */
  readonly suite?: pulumi.Input<SuiteNeeds>;
}

/** A lease of bare-metal nodes. One that has ended or went wrong is replaced by the next `up`, with the servers on it. */
export class Lease extends pulumi.CustomResource {
  declare readonly reservationId: pulumi.Output<string>;
  declare readonly status: pulumi.Output<string>;
  /** ISO times. */
  declare readonly startsAt: pulumi.Output<string>;
  declare readonly endsAt: pulumi.Output<string>;
  declare readonly nodeHours: pulumi.Output<number>;

  constructor(name: string, args: LeaseArguments, options?: pulumi.CustomResourceOptions) {
    const outputs = {
      reservationId: undefined,
      status: undefined,
      startsAt: undefined,
      endsAt: undefined,
      nodeHours: undefined,
    };
    super("testbed:index:Lease", name, { ...args, ...outputs }, options);
  }
}

export interface LeasedServerArguments {
  readonly name: pulumi.Input<string>;
  readonly cloud?: pulumi.Input<string>;
  readonly imageId: pulumi.Input<string>;
  readonly flavourId: pulumi.Input<string>;
  readonly keyPair: pulumi.Input<string>;
  readonly portId: pulumi.Input<string>;
  readonly reservationId: pulumi.Input<string>;
  readonly metadata: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** For cloud-init. */
  readonly userData: pulumi.Input<string>;
}

/** A server on a leased host. One that went with its lease or into ERROR is made anew by the next `up`. */
export class LeasedServer extends pulumi.CustomResource {
  declare readonly serverId: pulumi.Output<string>;
  /** As in ACTIVE. */
  declare readonly status: pulumi.Output<string>;

  constructor(name: string, args: LeasedServerArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:LeasedServer", name, { ...args, serverId: undefined, status: undefined }, options);
  }
}

export interface ServerIdentityArguments {
  /** The node's name. */
  readonly name: pulumi.Input<string>;
  readonly cloud?: pulumi.Input<string>;
  readonly serverId: pulumi.Input<string>;
}

/** The ssh host key of a new server, from its console. */
export class ServerIdentity extends pulumi.CustomResource {
  /** As in `ssh-ed25519 AAAA…`. */
  declare readonly hostKey: pulumi.Output<string>;

  constructor(name: string, args: ServerIdentityArguments, options?: pulumi.CustomResourceOptions) {
    super("testbed:index:ServerIdentity", name, { ...args, hostKey: undefined }, options);
  }
}
