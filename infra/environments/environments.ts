/** The environments of a plan, each on every node: how a command is run there. */
import * as pulumi from "@pulumi/pulumi";
import type { Appliance } from "../appliance/appliance.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { EnvironmentKind, InventoryEnvironment, InventoryGuest, Placement } from "../inventory.ts";
import type { Node } from "../nodes/nodes.ts";
import { socketDirectory } from "../paths.ts";
import type { Plan, PlannedEnvironment } from "../plan.ts";
import { ContainerEnvironment } from "./container.ts";
import { declareGuests, type NodeGuests } from "./guests.ts";

/** RDMA ports are numbered from 1; adapters with more are used by their first. */
const firstRdmaPort = 1;

/** A node whose appliance is in effect. */
export interface PreparedNode extends Node {
  readonly appliance: Appliance;
}

export interface DeclaredEnvironments {
  /** Each is known when it is ready. */
  readonly environments: readonly pulumi.Output<InventoryEnvironment>[];
  /** The guests of each node, by its name. */
  readonly guests: ReadonlyMap<string, NodeGuests>;
}

/** Words before a command of an environment, by node and guest. */
type PrefixOf = (node: string, guest?: string) => string[];

/**
 * Declares the environments.
 * @param folders the resource that keeps the stack's folders
 */
export function declareEnvironments(
  plan: Plan,
  nodes: readonly PreparedNode[],
  images: pulumi.Output<ImageSet> | undefined,
  folders: pulumi.Resource,
): DeclaredEnvironments {
  const containers = declareContainers(plan, nodes, images);
  const guests = declareGuests(plan, nodes, images, folders);
  const declare: Record<
    EnvironmentKind,
    (environment: PlannedEnvironment) => pulumi.Output<InventoryEnvironment>
  > = {
    host: (environment) => hostEnvironment(environment, nodes),
    container: (environment) => containerEnvironment(environment, containers),
    guest: (environment) => guestEnvironment(environment, guests),
  };
  const environments = plan.environments.map((environment) => declare[environment.kind](environment));
  return { environments, guests };
}

function declareContainers(
  plan: Plan,
  nodes: readonly PreparedNode[],
  images: pulumi.Output<ImageSet> | undefined,
): ReadonlyMap<string, ContainerEnvironment> {
  const environments = plan.environments.filter(({ kind }) => kind === "container");
  if (environments.length === 0) return new Map();
  if (images === undefined) throw new Error("containers need an image");
  return new Map(
    nodes.map(({ plan: { name }, host, appliance, machine }) => [
      name,
      new ContainerEnvironment(
        `${name}-container`,
        {
          nodeName: name,
          connection: host.connection,
          socketDirectory: socketDirectory(plan.stack),
          environments,
          softRoce: plan.appliance.softRoce,
          images,
          machine,
        },
        { dependsOn: [appliance.virtualFunctions] },
      ),
    ]),
  );
}

function hostEnvironment(
  environment: PlannedEnvironment,
  nodes: readonly PreparedNode[],
): pulumi.Output<InventoryEnvironment> {
  return pulumi
    .all(nodes.map(({ appliance }) => appliance.ready))
    .apply(() => inventoryEnvironment(environment, {}, () => []));
}

function containerEnvironment(
  environment: PlannedEnvironment,
  containers: ReadonlyMap<string, ContainerEnvironment>,
): pulumi.Output<InventoryEnvironment> {
  const names = [...containers].map(([node, { containerNames, imageId }]) =>
    pulumi.all([containerNames, imageId]).apply(([byEnvironment, imageDigest]) => ({
      node,
      container: byEnvironment[environment.name] ?? "",
      imageDigest,
    })),
  );
  return pulumi.all(names).apply((known) =>
    inventoryEnvironment(
      environment,
      { privileged: environment.privileged === true, imageDigest: known[0]?.imageDigest ?? "" },
      (node) => {
        const container = known.find((one) => one.node === node)?.container ?? "";
        return ["docker", "exec", "-i", container];
      },
    ),
  );
}

function guestEnvironment(
  environment: PlannedEnvironment,
  guests: ReadonlyMap<string, NodeGuests>,
): pulumi.Output<InventoryEnvironment> {
  const ready = [...guests].map(([node, { ready, imageDigest }]) =>
    pulumi.all([ready, imageDigest]).apply(([known, digest]) => ({ node, guests: known, digest })),
  );
  return pulumi.all(ready).apply((known) => {
    const prefixOf: PrefixOf = (node, guest) => {
      const ofNode: readonly InventoryGuest[] = known.find((one) => one.node === node)?.guests ?? [];
      return ofNode.find(({ name }) => name === guest)?.commandPrefix ?? [];
    };
    return inventoryEnvironment(environment, { imageDigest: known[0]?.digest ?? "" }, prefixOf);
  });
}

function inventoryEnvironment(
  { name, kind, ownership, placements }: PlannedEnvironment,
  traits: Pick<InventoryEnvironment, "privileged" | "imageDigest">,
  prefixOf: PrefixOf,
): InventoryEnvironment {
  return {
    name,
    kind,
    ownership,
    ...traits,
    placements: placements.map(
      (placement): Placement => ({
        ...placement,
        commandPrefix: prefixOf(placement.node, placement.guest),
        rdmaPort: firstRdmaPort,
      }),
    ),
  };
}
