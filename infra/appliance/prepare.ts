/** From the plan's words to the appliance of one node. */
import type { Node } from "../nodes/nodes.ts";
import type { Plan } from "../plan.ts";
import { iommuArguments } from "../provider/kernel/arguments.ts";
import { Appliance } from "./appliance.ts";

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
    ...(appliance.softRoce
      ? {
          softRoce: host.adapter.apply(({ networkDevices }) => ({
            rdmaDevice: planned.rdmaDevice,
            networkDevice: networkDevices[0] ?? "",
          })),
        }
      : {}),
    ...(machine.resource === undefined ? {} : { deletedWith: machine.resource }),
  });
}
