/** From the plan's words to the appliance of one node. */
import type { Ownership } from "../inventory.ts";
import type { Node } from "../nodes/nodes.ts";
import type { Plan, PlannedGuests } from "../plan.ts";
import { iommuArguments } from "../provider/kernel/arguments.ts";
import { Appliance, type ApplianceArguments } from "./appliance.ts";

/** Declares the settings that the plan wants on a node. */
export function prepare(plan: Plan, { plan: planned, host, machine }: Node): Appliance {
  const { appliance } = plan;
  const passthrough = appliance.iommu === "passthrough";
  return new Appliance(`${planned.name}-appliance`, {
    host,
    kernelArguments: host.iommuHardware.apply((hardware) => [
      ...iommuArguments(hardware).filter((argument) => passthrough || argument !== "iommu=pt"),
      ...appliance.kernelArguments,
    ]),
    ...(passthrough ? { iommu: { type: "identity" as const } } : {}),
    virtualFunctions: {
      count: appliance.virtualFunctions,
      hostDriver: appliance.hostDriverForVirtualFunctions ? "default" : "none",
    },
    hugepages: appliance.hugepages,
    ...(appliance.managesCpuFrequency ? { cpuFrequency: "performance" as const } : {}),
    ...(appliance.vendorDrivers === null ? {} : { vendorDrivers: appliance.vendorDrivers }),
    ...(appliance.changesFirmware ? { changesFirmware: true as const } : {}),
    ...(appliance.opensFirewall
      ? {
          firewallPeers: plan.nodes
            .filter((node) => node.name !== planned.name)
            .map((node) => node.fabricAddress),
        }
      : {}),
    ...(appliance.softRoce
      ? {
          softRoce: host.adapter.apply(({ networkDevices }) => ({
            rdmaDevice: planned.rdmaDevice,
            networkDevice: networkDevices[0] ?? "",
          })),
        }
      : {}),
    ...(plan.guests === null
      ? {}
      : { virtualization: virtualizationOf(plan, plan.guests, planned.source === "emulated") }),
    ...(machine.resource === undefined ? {} : { deletedWith: machine.resource }),
  });
}

function virtualizationOf(
  { environments }: Plan,
  planned: PlannedGuests,
  emulatedHost: boolean,
): NonNullable<ApplianceArguments["virtualization"]> {
  const isWanted = (ownership: Ownership): boolean =>
    environments.some((environment) => environment.ownership === ownership);
  return {
    guests: {
      count: planned.guests.length,
      virtualCpus: planned.virtualCpus,
      memoryMib: planned.memoryMib,
      pinnedCpus: planned.guests.flatMap((guest) => guest.pinnedCpus),
      numaNode: planned.numaNode,
      hugepages: planned.hugepages,
      ivshmem: planned.ivshmem,
    },
    devices: {
      passthrough: isWanted("guest-physical-function"),
      virtualFunctions: isWanted("guest-virtual-functions"),
      virtio: isWanted("guest-virtio"),
    },
    wantedAccelerator: planned.accelerator,
    emulatedHost,
  };
}
