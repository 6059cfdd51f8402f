/** The environment `container-passthrough`: one container a node on the node's own Docker, with the whole adapter. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { declareAction } from "../action.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { Connection } from "../inventory.ts";
import type { Machine } from "../nodes/nodes.ts";
import { projectName } from "../paths.ts";
import type { PlannedEnvironment } from "../plan.ts";
import { controlPathOf, sshOptions } from "../remote/ssh-words.ts";
import type { LoadRequest } from "./load-image.ts";

/** Docker's word for "no limit". */
const unlimited = -1;

export interface ContainerArgs {
  readonly nodeName: string;
  readonly connection: pulumi.Output<Connection>;
  readonly socketDirectory: string;
  readonly environment: PlannedEnvironment;
  readonly images: pulumi.Output<ImageSet>;
  /** The machine with which image and container go, and come again. */
  readonly machine: Machine;
}

/** Brings the image to the node, without a registry, and keeps one container running there. */
export class ContainerEnvironment extends pulumi.ComponentResource {
  /** Docker's id of the image. */
  readonly imageId: pulumi.Output<string>;
  readonly containerName: pulumi.Output<string>;

  constructor(name: string, args: ContainerArgs, options: pulumi.ComponentResourceOptions) {
    super("testbed:index:ContainerEnvironment", name, {}, options);
    const containerName = args.environment.containerName ?? name;
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
    this.imageId = loaded.stdout.apply((text) => (JSON.parse(text) as { imageId: string }).imageId);

    const provider = new docker.Provider(
      `${name}-docker`,
      {
        // The daemon must answer when the provider is configured, so its address is known only after the image is there.
        host: pulumi.all([args.connection, loaded.stdout]).apply(([connection]) => dockerHost(connection)),
        sshOpts: args.connection.apply((connection) =>
          sshOptions(connection, controlPathOf(connection, args.socketDirectory)),
        ),
      },
      { parent: this },
    );
    const container = new docker.Container(
      name,
      {
        name: containerName,
        image: this.imageId,
        command: ["sleep", "infinity"],
        networkMode: "host",
        restart: "unless-stopped",
        logDriver: "none",
        ulimits: [{ name: "memlock", soft: unlimited, hard: unlimited }],
        // A machine made anew has no container: another label makes one there.
        labels: generations.map((value) => ({ label: `${projectName}.machine`, value })),
        devices: [{ hostPath: "/dev/infiniband", containerPath: "/dev/infiniband", permissions: "rwm" }],
        ...(args.environment.privileged
          ? { privileged: true }
          : { privileged: false, capabilities: { adds: ["CAP_IPC_LOCK"], drops: ["ALL"] } }),
      },
      { ...child, provider },
    );
    this.containerName = container.name;
    this.registerOutputs({ imageId: this.imageId, containerName: this.containerName });
  }
}

/** Where docker's client reaches a node's daemon. */
export function dockerHost(connection: Connection): string {
  const user = connection.user === undefined ? "" : `${connection.user}@`;
  const port = connection.port === undefined ? "" : `:${connection.port}`;
  return `ssh://${user}${connection.address}${port}`;
}
