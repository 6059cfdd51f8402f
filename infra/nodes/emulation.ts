/** What emulated nodes stand on: this machine's libvirt, the way to emulate a processor, images and keys. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { declareAction, resultOf } from "../action.ts";
import { SshKeyPair } from "../appliance/ssh-key-pair.ts";
import { acceleratorChoiceSchema } from "../emulation/accelerator-choice.ts";
import { libvirtStatusSchema } from "../emulation/libvirt-status.ts";
import type { ImageSet } from "../images/image-set.ts";
import { stackDirectory } from "../paths.ts";
import type { Plan, PlannedFabric } from "../plan.ts";
import { withoutComment } from "../remote/public-key.ts";
import { declareEmulatedNodes, type NodeKeys } from "./emulated.ts";
import type { Machine } from "./nodes.ts";
import { type DeployingMachine, findObstacles } from "./preflight.ts";

export interface Emulation {
  readonly accelerator: pulumi.Output<"kvm" | "tcg">;
  /** By the node's name. */
  readonly machines: ReadonlyMap<string, Machine>;
}

/**
 * Declares the machines of all emulated nodes and what they stand on.
 * @throws pulumi.RunError when this machine can't have them, with every reason
 */
export function declareEmulation(
  plan: Plan,
  fabric: PlannedFabric,
  folders: pulumi.Resource,
  images: pulumi.Output<ImageSet>,
  deployingMachine: DeployingMachine,
): Emulation {
  const obstacles = findObstacles(plan, deployingMachine.readFacts(plan.stack));
  if (obstacles.length > 0) throw new pulumi.RunError(obstacles.join("\n"));

  const libvirtStart = declareAction(
    "libvirt",
    "infra/emulation/libvirtd.ts",
    { environment: { TESTBED_STACK: plan.stack }, create: "start", delete: "stop" },
    { dependsOn: [folders] },
  );
  const libvirt = resultOf(libvirtStart, libvirtStatusSchema);
  const probe = declareAction("accelerator", "infra/emulation/accelerator.ts", { create: "probe" }, {});
  const accelerator = resultOf(probe, acceleratorChoiceSchema).apply((choice) => choice.accelerator);

  const emulated = plan.nodes.filter((node) => node.source === "emulated");
  const directory = join(stackDirectory(plan.stack), "keys");
  const user = new SshKeyPair(
    "user-key",
    { name: "user", directory, comment: `testbed-${plan.stack}` },
    { dependsOn: [folders] },
  );
  const keys = new Map<string, NodeKeys>();
  for (const { name } of emulated) {
    const host = new SshKeyPair(
      `${name}-host-key`,
      { name: `${name}-host`, directory, comment: name },
      { dependsOn: [folders] },
    );
    keys.set(name, {
      authorizedKey: user.publicKey,
      hostPrivateKey: host.privateKey,
      hostPublicKey: host.publicKey.apply(withoutComment),
    });
  }
  const nodes = declareEmulatedNodes(
    {
      stack: plan.stack,
      libvirtUri: libvirt.apply(({ uri }) => uri ?? ""),
      poolDirectory: libvirt.apply(({ poolDirectory }) => poolDirectory),
      logDirectory: libvirt.apply(({ logDirectory }) => logDirectory),
      accelerator,
      nodeImagePath: images.apply(({ nodeImage }) => nodeImage),
      nodeImageDigest: images.apply(({ nodeImageDigest }) => nodeImageDigest),
      firmware: deployingMachine.findFirmware(),
      fabric,
      nodes: emulated,
    },
    join(directory, "user"),
    keys,
  );
  const machines = nodes.map(({ name, connection, domain }): [string, Machine] => [
    name,
    { connection, generation: domain.id, resource: domain },
  ]);
  return { accelerator, machines: new Map(machines) };
}
