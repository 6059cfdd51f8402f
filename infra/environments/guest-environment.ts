/** The guests of one node on its own libvirt. They run from the deployment on; the runner gives them the adapter and takes it away. */
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { declareAction, resultOf } from "../action.ts";
import type { Host } from "../appliance/host.ts";
import { SshKeyPair } from "../appliance/ssh-key-pair.ts";
import type { InventoryGuest } from "../inventory.ts";
import type { Machine } from "../nodes/nodes.ts";
import type { PlannedGuest, PlannedGuests } from "../plan.ts";
import { withoutComment } from "../remote/public-key.ts";
import type { GuestAccessRequest } from "./guest-access.ts";
import { declareGuestDomain } from "./guest-domain.ts";
import { consolePath, inGuestProgram, sharedMemoryFile } from "./guest-places.ts";
import { guestAccessSchema, libvirtReachSchema } from "./guest-schemas.ts";
import { declareGuestVolumes, type GuestSource } from "./guest-volumes.ts";
import type { WaitRequest } from "./guest-wait.ts";
import type { LibvirtReachRequest } from "./libvirt-reach.ts";

export interface GuestEnvironmentArgs {
  readonly stack: string;
  readonly nodeName: string;
  readonly host: Host;
  /** The machine with which everything on it goes, and comes again. */
  readonly machine: Machine;
  readonly accelerator: pulumi.Output<"kvm" | "tcg">;
  readonly guests: PlannedGuests;
  /** Size of the huge pages that the guests' memory is of; null: of ordinary pages. */
  readonly hugepageKib: number | null;
  readonly source: GuestSource;
  /** Lets the node into its guests. */
  readonly userKey: SshKeyPair;
  /** Folder of keys on this machine. */
  readonly keyDirectory: string;
  readonly socketDirectory: string;
}

/** Makes the guests and the way into them, and waits for them. */
export class GuestEnvironment extends pulumi.ComponentResource {
  /** Known when all guests are ready. */
  readonly ready: pulumi.Output<InventoryGuest[]>;

  constructor(name: string, args: GuestEnvironmentArgs, options: pulumi.ComponentResourceOptions) {
    super("testbed:index:GuestEnvironment", name, {}, options);
    const { machine, nodeName, stack, guests } = args;
    const { connection } = args.host;
    const generations = machine.generation === undefined ? [] : [machine.generation];
    const onThisMachine: pulumi.CustomResourceOptions = { parent: this };
    const onNode: pulumi.CustomResourceOptions =
      machine.resource === undefined ? { parent: this } : { parent: this, deletedWith: machine.resource };

    const reach = declareAction(
      `${name}-reach`,
      "infra/environments/libvirt-reach.ts",
      {
        create: "prepare",
        delete: "remove",
        environment: {
          TESTBED_REQUEST: connection.apply((known) => {
            const request: LibvirtReachRequest = {
              connection: known,
              knownHostsPath: join(args.keyDirectory, `${nodeName}-known-hosts`),
            };
            return JSON.stringify(request);
          }),
        },
        triggers: generations,
      },
      onThisMachine,
    );
    // The daemon must answer when the provider is configured: it does once the accelerator was found out by it.
    const uri = pulumi
      .all([resultOf(reach, libvirtReachSchema), args.accelerator])
      .apply(([reached]) => reached.uri);
    const provider = new libvirt.Provider(`${name}-libvirt`, { uri }, onThisMachine);
    // Names, ports and addresses stay when something is made anew, so the old one goes first; a machine made anew has nothing.
    const inLibvirt: pulumi.CustomResourceOptions = {
      ...onNode,
      provider,
      deleteBeforeReplace: true,
      ...(machine.generation === undefined ? {} : { replacementTrigger: machine.generation }),
    };
    const volumes = declareGuestVolumes(name, stack, args.source, inLibvirt);

    const hostKeys = guests.guests.map(
      (guest) =>
        new SshKeyPair(
          `${nodeName}-${guest.name}-host-key`,
          {
            name: `${nodeName}-${guest.name}-host`,
            directory: args.keyDirectory,
            comment: `${nodeName}-${guest.name}`,
          },
          onThisMachine,
        ),
    );
    const access = declareAccess(name, args, hostKeys, generations, onNode);

    const ready = guests.guests.map((guest, index) => {
      const hostKey = hostKeys[index];
      if (hostKey === undefined) throw new Error(`guest ${guest.name} has no key`);
      const domain = declareGuestDomain(guest, {
        ...args,
        volumes,
        hostKey,
        seedOptions: onThisMachine,
        options: inLibvirt,
        // So that what guests leave behind is removed after them.
        dependsOn: [access.action],
      });
      return this.#declareReady(guest, args, domain, access.result, generations, onNode);
    });
    this.ready = pulumi.all(ready);
    this.registerOutputs({ ready: this.ready });
  }

  #declareReady(
    guest: PlannedGuest,
    { nodeName, host, guests, stack, socketDirectory }: GuestEnvironmentArgs,
    domain: libvirt.Domain,
    access: pulumi.Output<{ elevation: string[] }>,
    generations: readonly pulumi.Output<string>[],
    options: pulumi.CustomResourceOptions,
  ): pulumi.Output<InventoryGuest> {
    const described = access.apply(
      ({ elevation }): InventoryGuest => ({
        name: guest.name,
        domain: guest.domainName,
        commandPrefix: [...elevation, inGuestProgram(stack), guest.name],
        consolePath: consolePath(guest.domainName),
        sharedMemory: guests.ivshmem,
      }),
    );
    const request = pulumi
      .all([host.connection, access, described])
      .apply(([connection, { elevation }, { commandPrefix }]) => {
        const value: WaitRequest = {
          nodeName,
          connection,
          socketDirectory,
          elevation,
          guest: guest.name,
          domain: guest.domainName,
          commandPrefix,
          consolePath: consolePath(guest.domainName),
          timeoutSeconds: guests.readyTimeoutSeconds,
        };
        return JSON.stringify(value);
      });
    const waited = declareAction(
      `${nodeName}-guest-${guest.name}-ready`,
      "infra/environments/wait-for-guest.ts",
      { create: "wait", environment: { TESTBED_REQUEST: request }, triggers: [domain.id, ...generations] },
      options,
    );
    return pulumi.all([described, waited.stdout]).apply(([known]) => known);
  }
}

/** Puts the way to the guests on the node. It holds the key, and tells nothing of it. */
function declareAccess(
  name: string,
  { stack, nodeName, host, guests, userKey, socketDirectory }: GuestEnvironmentArgs,
  hostKeys: readonly SshKeyPair[],
  generations: readonly pulumi.Output<string>[],
  options: pulumi.CustomResourceOptions,
): { readonly action: pulumi.Resource; readonly result: pulumi.Output<{ elevation: string[] }> } {
  const publicKeys = pulumi.all(hostKeys.map(({ publicKey }) => publicKey));
  const request = pulumi
    .secret(pulumi.all([host.connection, userKey.privateKey, publicKeys]))
    .apply(([connection, privateKey, keys]) => {
      const value: GuestAccessRequest = {
        stack,
        nodeName,
        connection,
        socketDirectory,
        privateKey,
        guests: guests.guests.map((guest, index) => ({
          name: guest.name,
          port: guest.managementPort,
          hostKey: withoutComment(keys[index] ?? ""),
        })),
        leftovers: [
          sharedMemoryFile(guests.ivshmem.name),
          ...guests.guests.map(({ domainName }) => consolePath(domainName)),
        ],
      };
      return JSON.stringify(value);
    });
  const installed = declareAction(
    `${name}-access`,
    "infra/environments/guest-access.ts",
    {
      create: "install",
      delete: "remove",
      environment: { TESTBED_REQUEST: request },
      triggers: generations,
    },
    options,
  );
  return { action: installed, result: pulumi.unsecret(resultOf(installed, guestAccessSchema)) };
}
