/** The container environments: one container each on a node's own Docker, all of one image. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { declareAction, resultOf } from "../action.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { Connection } from "../inventory.ts";
import type { Machine } from "../nodes/nodes.ts";
import { projectName } from "../paths.ts";
import type { PlannedEnvironment } from "../plan.ts";
import { controlPathOf, sshOptions } from "../remote/ssh-words.ts";
import type { LoadRequest } from "./load-image.ts";
import { loadedImageSchema } from "./loaded-image.ts";

/** Docker's word for "no limit". */
const unlimited = -1;
const rdmaFolder = "/dev/infiniband";

export interface ContainerArgs {
  readonly nodeName: string;
  readonly connection: pulumi.Output<Connection>;
  readonly socketDirectory: string;
  /** Those of kind `container`. */
  readonly environments: readonly PlannedEnvironment[];
  /** Whether RDMA devices are soft-RoCE. */
  readonly softRoce: boolean;
  readonly images: pulumi.Output<ImageSet>;
  /** The machine with which image and container go, and come again. */
  readonly machine: Machine;
}

/** Brings the image to the node, without a registry, and keeps one container for each environment running there. */
export class ContainerEnvironment extends pulumi.ComponentResource {
  /** Docker's id of the image. */
  readonly imageId: pulumi.Output<string>;
  /** Names of the containers, by that of the environment; known when they run. */
  readonly containerNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ContainerArgs, options: pulumi.ComponentResourceOptions) {
    super("testbed:index:ContainerEnvironment", name, {}, options);
    const child: pulumi.CustomResourceOptions =
      args.machine.resource === undefined
        ? { parent: this }
        : { parent: this, deletedWith: args.machine.resource };
    const generations = args.machine.generation === undefined ? [] : [args.machine.generation];

    const request = pulumi.all([args.connection, args.images]).apply(([connection, images]) => {
      const value: LoadRequest = {
        nodeName: args.nodeName,
        connection,
        socketDirectory: args.socketDirectory,
        archivePath: images.containerImage,
        imageName: images.containerImageName,
        imageId: images.containerImageDigest,
      };
      return JSON.stringify(value);
    });
    const loaded = declareAction(
      `${name}-image`,
      "infra/environments/load-image.ts",
      { create: "load", delete: "remove", environment: { TESTBED_REQUEST: request }, triggers: generations },
      child,
    );
    const image = resultOf(loaded, loadedImageSchema);
    this.imageId = image.imageId;

    const provider = new docker.Provider(
      `${name}-docker`,
      {
        // The daemon must answer when the provider is configured, so its address is known only after the image is there.
        host: pulumi.all([args.connection, image]).apply(([connection]) => dockerHost(connection)),
        sshOpts: args.connection.apply((connection) =>
          sshOptions(connection, controlPathOf(connection, args.socketDirectory)),
        ),
      },
      { parent: this },
    );
    const containers = args.environments.map((environment): [string, pulumi.Output<string>] => {
      const container = new docker.Container(
        environment.name === "container-sriov" ? `${name}-sriov` : name,
        {
          ...(environment.containerName === undefined ? {} : { name: environment.containerName }),
          image: this.imageId,
          command: ["sleep", "infinity"],
          networkMode: "host",
          restart: "unless-stopped",
          logDriver: "none",
          ulimits: [{ name: "memlock", soft: unlimited, hard: unlimited }],
          // A machine made anew has no container: another label makes one there.
          labels: generations.map((value) => ({ label: `${projectName}.machine`, value })),
          ...rdmaDevices(args.softRoce),
          ...(environment.privileged
            ? { privileged: true }
            : { privileged: false, capabilities: { adds: ["CAP_IPC_LOCK"], drops: ["ALL"] } }),
        },
        { ...child, provider },
      );
      return [environment.name, container.name];
    });
    this.containerNames = pulumi.output(Object.fromEntries(containers));
    this.registerOutputs({ imageId: this.imageId, containerNames: this.containerNames });
  }
}

/**
 * How a container sees RDMA devices that come and go while it runs.
 *
 * A device of an adapter comes beside those that are there, so the container has the host's folder itself, and may use what appears
 * in it: major 231 is verbs, 10 has rdma_cm among others, and of those only what lies in the folder can be named.
 *
 * Soft-RoCE devices take each other's place: the kernel takes the folder away with its last device, and a container would keep the
 * one that is gone. But the next device gets the lowest free number, which is that of the last one, so that the copies of the
 * device files that the container was made with stay right.
 */
function rdmaDevices(
  softRoce: boolean,
): Pick<docker.ContainerArgs, "devices" | "volumes" | "deviceCgroupRules"> {
  return softRoce
    ? { devices: [{ hostPath: rdmaFolder, containerPath: rdmaFolder, permissions: "rwm" }] }
    : {
        volumes: [{ hostPath: rdmaFolder, containerPath: rdmaFolder }],
        deviceCgroupRules: ["c 231:* rw", "c 10:* rw"],
      };
}

/** Where docker's client reaches a node's daemon. */
export function dockerHost(connection: Connection): string {
  const user = connection.user === undefined ? "" : `${connection.user}@`;
  const port = connection.port === undefined ? "" : `:${connection.port}`;
  return `ssh://${user}${connection.address}${port}`;
}
