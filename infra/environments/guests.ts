/** The guests of every node, and what they are made of on this machine. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { declareAction, resultOf } from "../action.ts";
import { SshKeyPair } from "../appliance/ssh-key-pair.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { InventoryGuest } from "../inventory.ts";
import { socketDirectory, stackDirectory } from "../paths.ts";
import type { Plan, PlannedGuests } from "../plan.ts";
import type { PreparedNode } from "./environments.ts";
import { GuestEnvironment } from "./guest-environment.ts";
import type { GuestImageRequest } from "./guest-image.ts";
import { guestImageSchema } from "./guest-schemas.ts";
import type { GuestSource } from "./guest-volumes.ts";

/** The guests of one node. */
export interface NodeGuests {
  /** Known when all are ready. */
  readonly ready: pulumi.Output<InventoryGuest[]>;
  readonly imageDigest: pulumi.Output<string>;
}

/**
 * Declares the guests of all nodes; those of several nodes come up at the same time.
 * @param folders the resource that keeps the stack's folders
 */
export function declareGuests(
  plan: Plan,
  nodes: readonly PreparedNode[],
  images: pulumi.Output<ImageSet> | undefined,
  folders: pulumi.Resource,
): ReadonlyMap<string, NodeGuests> {
  const { guests, stack } = plan;
  if (guests === null) return new Map();
  const generations = nodes.flatMap(({ machine }) => machine.generation ?? []);
  const source = declareSource(guests, images, generations);
  const keyDirectory = join(stackDirectory(stack), "keys");
  const userKey = new SshKeyPair(
    "guest-user-key",
    { name: "guest-user", directory: keyDirectory, comment: `testbed-${stack}-guests` },
    { dependsOn: [folders] },
  );
  return new Map(
    nodes.map((node) => {
      const { virtualFunctions, virtualization } = node.appliance;
      if (virtualization === undefined) throw new Error(`${node.plan.name} is not set up for guests`);
      const environment = new GuestEnvironment(
        `${node.plan.name}-guests`,
        {
          stack,
          nodeName: node.plan.name,
          host: node.host,
          machine: node.machine,
          accelerator: virtualization.accelerator,
          guests,
          hugepageKib: guests.hugepages ? plan.appliance.hugepages.sizeKib : null,
          source,
          userKey,
          keyDirectory,
          socketDirectory: socketDirectory(stack),
        },
        { dependsOn: [folders, virtualFunctions, virtualization] },
      );
      return [node.plan.name, { ready: environment.ready, imageDigest: source.digest }];
    }),
  );
}

/** @param generations of all machines: a machine made anew needs the image's file again, and the cache may have lost it */
function declareSource(
  { image }: PlannedGuests,
  images: pulumi.Output<ImageSet> | undefined,
  generations: readonly pulumi.Output<string>[],
): GuestSource {
  if (image !== null) {
    const request: GuestImageRequest = image;
    const fetched = declareAction(
      "guest-image",
      "infra/environments/guest-image.ts",
      {
        create: "fetch",
        // Node's own fetch heeds the proxy settings of the environment only when it is told to.
        environment: { TESTBED_REQUEST: JSON.stringify(request), NODE_USE_ENV_PROXY: "1" },
        triggers: generations,
      },
      {},
    );
    const found = resultOf(fetched, guestImageSchema);
    return {
      rootPath: found.apply(({ path }) => path),
      digest: pulumi.output(image.sha256),
      virtualSizeBytes: found.apply(({ virtualSizeBytes }) => virtualSizeBytes),
    };
  }
  if (images === undefined) throw new Error("guests need an image");
  const guest = images.apply((built) => built.guest);
  return {
    rootPath: guest.rootImage,
    digest: guest.rootImageDigest,
    directBoot: {
      kernelPath: guest.kernel,
      kernelDigest: guest.kernelDigest,
      initrdPath: guest.initrd,
      initrdDigest: guest.initrdDigest,
    },
  };
}
