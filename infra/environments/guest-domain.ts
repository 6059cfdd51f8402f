/** One guest as resources of its node's libvirt: its disk, its seed and its domain. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { declareAction } from "../action.ts";
import type { SshKeyPair } from "../appliance/ssh-key-pair.ts";
import type { SeedRequest } from "../nodes/make-seed.ts";
import { checkoutDirectory, stackDirectory } from "../paths.ts";
import type { PlannedGuest, PlannedGuests } from "../plan.ts";
import { guestKernelArguments, kernelCommandLine } from "./guest-kernel.ts";
import { consolePath } from "./guest-places.ts";
import {
  type GuestIdentity,
  type GuestPrograms,
  renderCloudConfig,
  renderLeanSeed,
  renderMetaData,
} from "./guest-seed.ts";
import type { GuestSource, GuestVolumes } from "./guest-volumes.ts";
import { renderGuestXslt } from "./guest-xslt.ts";

/** Bytes that a cloud image's disk is grown to, for drivers and packages; its file takes only what is written. */
const cloudDiskBytes = 20 * 2 ** 30;

export interface GuestDomainArgs {
  readonly stack: string;
  readonly nodeName: string;
  readonly accelerator: pulumi.Output<"kvm" | "tcg">;
  readonly guests: PlannedGuests;
  readonly hugepageKib: number | null;
  readonly source: GuestSource;
  readonly volumes: GuestVolumes;
  readonly userKey: SshKeyPair;
  readonly hostKey: SshKeyPair;
  /** Of what is made on this machine. */
  readonly seedOptions: pulumi.CustomResourceOptions;
  /** Of what is made in the node's libvirt. */
  readonly options: pulumi.CustomResourceOptions;
  /** What the guest itself comes after, and goes before. */
  readonly dependsOn: pulumi.Resource[];
}

/** Declares the guest; it runs when its domain's id is known. */
export function declareGuestDomain(guest: PlannedGuest, args: GuestDomainArgs): libvirt.Domain {
  const { guests, options, source, volumes } = args;
  const name = `${args.nodeName}-guest-${guest.name}`;
  const lean = source.directBoot !== undefined;
  const seedFile = declareGuestSeed(guest, args);
  const xslt = args.accelerator.apply((accelerator) =>
    renderGuestXslt({
      accelerator,
      managementPort: guest.managementPort,
      reachesOut: !lean,
      consolePath: consolePath(guest.domainName),
      sharedMemory: guests.ivshmem,
      pinnedCpus: guest.pinnedCpus,
      numaNode: guests.numaNode,
      hugepageKib: args.hugepageKib,
    }),
  );
  const cmdlines = lean ? kernelCommandLine(guestKernelArguments) : undefined;
  // A disk is of one life of the guest: what its domain is made anew for, it is made anew for too, since a guest that was ended
  // from outside leaves a file system that is not clean.
  const life = pulumi
    .all([options.replacementTrigger, xslt, seedFile, args.accelerator])
    .apply((parts) => JSON.stringify([parts, cmdlines, guests.memoryMib, guests.virtualCpus]));

  const disk = new libvirt.Volume(
    `${name}-disk`,
    {
      name: `${guest.name}.qcow2`,
      pool: volumes.pool.name,
      baseVolumeId: volumes.base.id,
      format: "qcow2",
      ...(source.virtualSizeBytes === undefined
        ? {}
        : { size: source.virtualSizeBytes.apply((bytes) => Math.max(bytes, cloudDiskBytes)) }),
    },
    { ...options, replacementTrigger: life },
  );
  const seed = new libvirt.Volume(
    `${name}-seed`,
    {
      name: seedFile.apply((path) => basename(path)),
      pool: volumes.pool.name,
      source: seedFile,
      format: "raw",
    },
    // libvirt says iso of it once it has looked into the file; without a format the provider would take it for qcow2.
    { ...options, ignoreChanges: ["format"] },
  );
  return new libvirt.Domain(
    name,
    {
      name: guest.domainName,
      type: args.accelerator.apply((accelerator) => (accelerator === "kvm" ? "kvm" : "qemu")),
      machine: "q35",
      memory: guests.memoryMib,
      vcpu: guests.virtualCpus,
      ...(volumes.kernel === undefined ? {} : { kernel: volumes.kernel.id }),
      ...(volumes.initrd === undefined ? {} : { initrd: volumes.initrd.id }),
      ...(cmdlines === undefined ? {} : { cmdlines }),
      // The seed as an ordinary disk: the guest needs no driver beside its own disk's.
      disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
      running: true,
      autostart: false,
      xml: { xslt },
    },
    {
      ...options,
      dependsOn: args.dependsOn,
      // The provider would only note another kernel, and the guest would keep what is no more.
      replaceOnChanges: ["kernel", "initrd"],
      // What the runner has plugged in when a refresh looks is not the deployment's.
      ignoreChanges: ["networkInterfaces"],
    },
  );
}

/** The guest's identity as a disk image on this machine. It holds the guest's private host key. */
function declareGuestSeed(guest: PlannedGuest, args: GuestDomainArgs): pulumi.Output<string> {
  const hostname = `${args.nodeName}-${guest.name}`;
  const request = pulumi
    .secret(pulumi.all([args.userKey.publicKey, args.hostKey.privateKey, args.hostKey.publicKey]))
    .apply(([authorizedKey, hostPrivateKey, hostPublicKey]) => {
      const identity = { hostname, authorizedKey, hostPrivateKey, hostPublicKey };
      const value: SeedRequest = {
        directory: join(stackDirectory(args.stack), "seeds"),
        name: hostname,
        ...(args.source.directBoot === undefined
          ? cloudSeed(identity, args.guests)
          : { userData: renderLeanSeed(identity, args.guests) }),
      };
      return JSON.stringify(value);
    });
  const made = declareAction(
    `${hostname}-seed-file`,
    "infra/nodes/make-seed.ts",
    { create: "make", delete: "remove", environment: { TESTBED_REQUEST: request } },
    args.seedOptions,
  );
  // The path tells nothing of what is in the file.
  return pulumi.unsecret(made.stdout).apply((text) => (JSON.parse(text) as { path: string }).path);
}

function cloudSeed(
  identity: GuestIdentity,
  guests: PlannedGuests,
): Pick<SeedRequest, "userData" | "metaData"> {
  const userData = renderCloudConfig(identity, guests, readPrograms());
  const instance = createHash("sha256").update(userData).digest("hex").slice(0, 12);
  return { userData, metaData: renderMetaData(identity.hostname, instance) };
}

function readPrograms(): GuestPrograms {
  const text = (...path: string[]): string => readFileSync(join(checkoutDirectory, "infra", ...path), "utf8");
  return {
    init: text("images", "guest-root", "usr", "local", "lib", "testbed", "guest-init.sh"),
    cloudInitSteps: text("environments", "on-guest", "cloud-init-steps.sh"),
  };
}
