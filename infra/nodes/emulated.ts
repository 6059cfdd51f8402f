/**
 * The node source `emulated`: QEMU machines on this machine's libvirt, as `@pulumi/libvirt` resources. Everything is named
 * `testbed-<stack>-…`, so that it can be told from what the machine has beside it.
 */
import { basename, join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { declareAction } from "../action.ts";
import type { Connection } from "../inventory.ts";
import { stackDirectory } from "../paths.ts";
import type { PlannedEmulatedNode, PlannedFabric } from "../plan.ts";
import { renderDomainXslt } from "./domain-xslt.ts";
import type { Firmware } from "./firmware.ts";
import type { SeedRequest } from "./make-seed.ts";
import { renderSeed } from "./seed.ts";

/** A stack's emulated nodes. What is an Input is found out by an action of the deployment, and so unknown in a first preview. */
export interface EmulatedPlan {
  readonly stack: string;
  readonly libvirtUri: pulumi.Input<string>;
  /** The pool's folder and the folder of the consoles, as libvirtd sees them (LibvirtStatus). */
  readonly poolDirectory: pulumi.Input<string>;
  readonly logDirectory: pulumi.Input<string>;
  readonly accelerator: pulumi.Input<"kvm" | "tcg">;
  /** Path of the qcow2 disk of an image build. */
  readonly nodeImagePath: pulumi.Input<string>;
  readonly nodeImageDigest: pulumi.Input<string>;
  readonly firmware: Firmware;
  readonly fabric: PlannedFabric;
  readonly nodes: readonly PlannedEmulatedNode[];
}

/** The keys of one node. Made before its first boot, so that its host key can be pinned. */
export interface NodeKeys {
  readonly authorizedKey: pulumi.Input<string>;
  readonly hostPrivateKey: pulumi.Input<string>;
  readonly hostPublicKey: pulumi.Input<string>;
}

export interface EmulatedNode {
  readonly name: string;
  /** Known when the machine runs; its ssh answers some half a minute later. */
  readonly connection: pulumi.Output<Connection>;
  readonly domain: libvirt.Domain;
}

/**
 * Declares the machines and what they need.
 * @param privateKeyPath of the key that `authorizedKey` lets in, on this machine
 * @param keys by the node's name
 * @param options parent of the resources, as for any component
 */
export function declareEmulatedNodes(
  plan: EmulatedPlan,
  privateKeyPath: string,
  keys: ReadonlyMap<string, NodeKeys>,
  options: pulumi.ResourceOptions = {},
): EmulatedNode[] {
  const prefix = `testbed-${plan.stack}`;
  const provider = new libvirt.Provider(`${prefix}-libvirt`, { uri: plan.libvirtUri }, options);
  const withProvider: pulumi.CustomResourceOptions = { ...options, provider };

  const pool = new libvirt.Pool(
    `${prefix}-pool`,
    { name: prefix, type: "dir", target: { path: plan.poolDirectory } },
    withProvider,
  );
  const base = new libvirt.Volume(
    `${prefix}-base`,
    {
      name: pulumi.output(plan.nodeImageDigest).apply((digest) => `base-${digest.slice(0, 12)}.qcow2`),
      pool: pool.name,
      source: plan.nodeImagePath,
      format: "qcow2",
    },
    withProvider,
  );
  // Without addresses this machine has none on the bridge, so that nothing is forwarded. Under the mode `none` libvirt would
  // also leave its firewall chains behind when the network has gone.
  const network = new libvirt.Network(
    `${prefix}-fabric`,
    {
      name: prefix,
      mode: "open",
      bridge: plan.fabric.bridgeName,
      mtu: plan.fabric.mtuBytes,
      autostart: false,
    },
    withProvider,
  );

  // A node keeps its names, its address and its port when it is made anew, so the old one goes first.
  const oneAtATime: pulumi.CustomResourceOptions = { ...withProvider, deleteBeforeReplace: true };

  return plan.nodes.map((node) => {
    const own = keys.get(node.name);
    if (own === undefined) throw new Error(`node ${node.name} has no keys`);
    const name = `${prefix}-${node.name}`;
    const disk = new libvirt.Volume(
      `${name}-disk`,
      { name: `${node.name}.qcow2`, pool: pool.name, baseVolumeId: base.id, format: "qcow2" },
      oneAtATime,
    );
    const seedFile = declareSeedFile(plan, node, own, options);
    const seed = new libvirt.Volume(
      `${name}-seed`,
      {
        name: seedFile.apply((path) => basename(path)),
        pool: pool.name,
        source: seedFile,
        format: "raw",
      },
      // libvirt says iso of it once it has looked into the file; without a format the provider would take it for qcow2.
      { ...oneAtATime, ignoreChanges: ["format"] },
    );
    const domain = new libvirt.Domain(
      name,
      {
        name,
        type: pulumi
          .output(plan.accelerator)
          .apply((accelerator) => (accelerator === "kvm" ? "kvm" : "qemu")),
        machine: "q35",
        memory: node.memoryMib,
        vcpu: node.virtualCpus,
        firmware: plan.firmware.code,
        nvram: { template: plan.firmware.variables },
        // The seed as an ordinary disk: the node needs no driver beside its own disk's.
        disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
        networkInterfaces: [{ networkId: network.id, mac: node.macAddress.toUpperCase() }],
        running: true,
        autostart: false,
        xml: {
          xslt: pulumi.all([plan.accelerator, plan.logDirectory]).apply(([accelerator, logDirectory]) =>
            renderDomainXslt({
              accelerator,
              managementPort: node.managementPort,
              consolePath: `${logDirectory}/${name}.console`,
              memoryMib: node.memoryMib,
            }),
          ),
        },
      },
      oneAtATime,
    );
    const connection = pulumi.all([domain.id, own.hostPublicKey]).apply(
      ([, hostKey]): Connection => ({
        address: "127.0.0.1",
        port: node.managementPort,
        user: "root",
        privateKeyPath,
        hostKey,
      }),
    );
    return { name: node.name, connection, domain };
  });
}

/** The node's identity as a disk image on this machine. It holds the node's private host key. */
function declareSeedFile(
  plan: EmulatedPlan,
  node: PlannedEmulatedNode,
  keys: NodeKeys,
  options: pulumi.ResourceOptions,
): pulumi.Output<string> {
  const request = pulumi
    .secret(pulumi.all([keys.authorizedKey, keys.hostPrivateKey, keys.hostPublicKey]))
    .apply(([authorizedKey, hostPrivateKey, hostPublicKey]) => {
      const value: SeedRequest = {
        directory: join(stackDirectory(plan.stack), "seeds"),
        name: node.name,
        userData: renderSeed({
          hostname: node.name,
          authorizedKey,
          hostPrivateKey,
          hostPublicKey,
          fabricMac: node.macAddress,
          fabricMtu: plan.fabric.mtuBytes,
          fabricAddress: node.fabricAddress,
          prefixLength: plan.fabric.prefixLength,
        }),
      };
      return JSON.stringify(value);
    });
  const made = declareAction(
    `${node.name}-seed-file`,
    "infra/nodes/make-seed.ts",
    { create: "make", delete: "remove", environment: { TESTBED_REQUEST: request } },
    options,
  );
  // The path tells nothing of what is in the file.
  return pulumi.unsecret(made.stdout).apply((text) => (JSON.parse(text) as { path: string }).path);
}
