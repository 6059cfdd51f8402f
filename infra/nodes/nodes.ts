/** Nodes from whichever source: above this file nothing asks where a node came from. */
import * as pulumi from "@pulumi/pulumi";
import { Host } from "../appliance/host.ts";
import type { ImageSet } from "../images/image-set.ts";
import type { Connection, InventoryLease } from "../inventory.ts";
import type { NodeSummary } from "../outputs.ts";
import { socketDirectory } from "../paths.ts";
import type { Plan, PlannedNode } from "../plan.ts";
import { declareLeasedNodes } from "./chameleon.ts";
import { declareEmulation, type Emulation } from "./emulation.ts";
import type { DeployingMachine } from "./preflight.ts";

/** What a node's source gives: how to reach it, and for emulated and leased nodes the machine with which everything on it goes. */
export interface Machine {
  readonly connection: pulumi.Input<Connection>;
  /** Changes when the machine is made anew. Absent: the machine is not ours. */
  readonly generation?: pulumi.Output<string>;
  readonly resource?: pulumi.Resource;
}

/** A node that is declared: a host that answers and has an adapter. */
export interface Node {
  readonly plan: PlannedNode;
  readonly host: Host;
  readonly machine: Machine;
}

export interface DeclaredNodes {
  readonly nodes: readonly Node[];
  /** Present when nodes are emulated on this machine. */
  readonly emulation?: Emulation;
  /** Present when nodes are leased. */
  readonly lease?: pulumi.Output<InventoryLease>;
}

/**
 * Declares every node of the plan.
 * @param folders the resource that keeps the stack's folders: it goes last
 * @param deployingMachine that emulated nodes would be on, and that has the user's key
 */
export function declareNodes(
  plan: Plan,
  folders: pulumi.Resource,
  images: pulumi.Output<ImageSet> | undefined,
  deployingMachine: DeployingMachine,
): DeclaredNodes {
  const emulation =
    plan.fabric === null || images === undefined
      ? undefined
      : declareEmulation(plan, plan.fabric, folders, images, deployingMachine);
  const leased =
    plan.lease === null ? undefined : declareLeasedNodes(plan, plan.lease, folders, deployingMachine);
  const machines = (leased ?? emulation)?.machines ?? new Map<string, Machine>();
  const nodes = plan.nodes.map((node) => {
    const machine = machineOf(node, machines);
    const host = new Host(
      node.name,
      {
        name: node.name,
        connection: machine.connection,
        source: node.source,
        adapterAddress: node.source === "existing" ? node.adapter : "auto",
        ...(plan.appliance.changesFirmware ? { changesFirmware: true as const } : {}),
        socketDirectory: socketDirectory(plan.stack),
        ...(machine.generation === undefined ? {} : { generation: machine.generation }),
      },
      machine.resource === undefined
        ? { dependsOn: [folders] }
        : { deletedWith: machine.resource, dependsOn: [folders, machine.resource] },
    );
    return { plan: node, host, machine };
  });
  return {
    nodes,
    ...(emulation === undefined ? {} : { emulation }),
    ...(leased === undefined ? {} : { lease: leased.lease }),
  };
}

function machineOf(node: PlannedNode, machines: ReadonlyMap<string, Machine>): Machine {
  if (node.source === "existing") return { connection: node.connection };
  const machine = machines.get(node.name);
  if (machine === undefined) throw new Error(`there is no machine for node ${node.name}`);
  return machine;
}

/** The row of a node in the stack output `nodes`. */
export function summarise(
  { plan, host }: Node,
  accelerator?: pulumi.Output<"kvm" | "tcg">,
): pulumi.Output<NodeSummary> {
  return pulumi
    .all([
      host.connection,
      host.osId,
      host.osVersion,
      host.kernelRelease,
      host.cpuModel,
      host.cpus,
      host.memoryMib,
      accelerator,
    ])
    .apply(([connection, osId, osVersion, kernelRelease, cpuModel, cpus, memoryMib, acceleratorName]) => ({
      name: plan.name,
      source: plan.source,
      connection,
      operatingSystem: `${osId} ${osVersion}`,
      kernelRelease,
      cpuModel,
      cpus,
      memoryMib,
      ...(acceleratorName === undefined ? {} : { accelerator: acceleratorName }),
    }));
}
