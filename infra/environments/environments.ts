/** The environments of a plan, each on every node: how a command is run there. */
import * as pulumi from "@pulumi/pulumi";
import type { Appliance } from "../appliance/appliance.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { InventoryEnvironment, Placement } from "../inventory.ts";
import type { Node } from "../nodes/nodes.ts";
import { socketDirectory } from "../paths.ts";
import type { Plan, PlannedEnvironment } from "../plan.ts";
import { ContainerEnvironment } from "./container.ts";

/** RDMA ports are numbered from 1; adapters with more are used by their first. */
const firstRdmaPort = 1;

/** A node whose appliance is in effect. */
export interface PreparedNode extends Node {
  readonly appliance: Appliance;
}

/** Declares the environments; each is ready when its output is. */
export function declareEnvironments(
  plan: Plan,
  nodes: readonly PreparedNode[],
  images: pulumi.Output<ImageSet> | undefined,
): pulumi.Output<InventoryEnvironment>[] {
  return plan.environments.map((environment) => {
    if (environment.containerName === undefined) return nativeEnvironment(environment, nodes);
    if (images === undefined) throw new Error(`environment ${environment.name} needs a container image`);
    return containerEnvironment(plan, environment, nodes, images);
  });
}

function nativeEnvironment(
  { name }: PlannedEnvironment,
  nodes: readonly PreparedNode[],
): pulumi.Output<InventoryEnvironment> {
  return pulumi
    .all(nodes.map(({ appliance }) => appliance.ready))
    .apply(() => ({ name, placements: nodes.map((node) => placement(node, [])) }));
}

function containerEnvironment(
  plan: Plan,
  environment: PlannedEnvironment,
  nodes: readonly PreparedNode[],
  images: pulumi.Output<ImageSet>,
): pulumi.Output<InventoryEnvironment> {
  const containers = nodes.map((node) => {
    const { host, appliance, machine } = node;
    return new ContainerEnvironment(
      `${node.plan.name}-container`,
      {
        nodeName: node.plan.name,
        connection: host.connection,
        socketDirectory: socketDirectory(plan.stack),
        environment,
        images,
        machine,
      },
      { dependsOn: [appliance.virtualFunctions] },
    );
  });
  return pulumi
    .all([images, pulumi.all(containers.map(({ containerName }) => containerName))])
    .apply(([{ containerImageDigest: imageDigest }, names]) => ({
      name: environment.name,
      privileged: environment.privileged === true,
      imageDigest,
      placements: nodes.map((node, index) => placement(node, ["docker", "exec", "-i", names[index] ?? ""])),
    }));
}

function placement({ plan }: Node, commandPrefix: string[]): Placement {
  return {
    node: plan.name,
    commandPrefix,
    fabricAddress: plan.fabricAddress,
    rdmaDevice: plan.rdmaDevice,
    rdmaPort: firstRdmaPort,
  };
}
