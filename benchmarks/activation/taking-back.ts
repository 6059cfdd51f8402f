/**
 * The first half of a switch: what guests have and shall not have comes off, the host lets go, the whole adapter comes home, and
 * the virtual functions are made that shall be given out.
 */
import type { Handover } from "./handover.ts";
import { networkNames } from "./node-state.ts";
import type { StepPlan } from "./step-plan.ts";
import { hasMac, softRoceName, virtualFunctionCount } from "./target.ts";

/** Plans that nobody holds what another shall hold. `cameBack`: a guest had the whole adapter, so its network device is a new one. */
export function takeBack(handover: Handover, plan: StepPlan): { readonly cameBack: boolean } {
  stopDriverProbing(handover, plan);
  const cameBack = takeFromGuests(handover, plan);
  removeSoftRoce(handover, plan);
  releaseVirtualFunctions(handover, plan);
  if (!handover.adapterStaysInGuest()) bringHome(handover, plan, cameBack);
  return { cameBack };
}

/** Else a virtual function that leaves a guest would get the host's driver at once. */
function stopDriverProbing({ adapter }: Handover, plan: StepPlan): void {
  if (adapter.autoprobe && adapter.virtualFunctionCount > 0) plan.add({ kind: "stop-driver-probing" });
}

/** Takes from guests what they shall not have; true when the whole adapter comes back by that. */
function takeFromGuests(handover: Handover, plan: StepPlan): boolean {
  const { observed, adapter, target } = handover;
  let cameBack = false;
  const networks = networkNames(adapter);
  const wantedMacs = target.placements.map(({ macAddress }) => macAddress);
  for (const guest of observed.guests) {
    for (const pciAddress of guest.pciDevices) {
      const isAdapter = pciAddress === adapter.pciAddress;
      const isOurs = isAdapter || adapter.virtualFunctions.some((vf) => vf.pciAddress === pciAddress);
      if (!isOurs || handover.staysInGuest(guest.name, pciAddress)) continue;
      plan.letGo(guest.name);
      plan.add({ kind: "detach-device", guest: guest.name, pciAddress });
      cameBack ||= isAdapter;
    }
    for (const { macAddress, networkDevice } of guest.interfaces) {
      const isOurs = networks.includes(networkDevice) || wantedMacs.includes(macAddress);
      if (!isOurs || handover.interfaceStays(guest.name, macAddress, networkDevice)) continue;
      plan.letGo(guest.name);
      plan.add({ kind: "detach-interface", guest: guest.name, macAddress });
    }
  }
  return cameBack;
}

/** Soft-RoCE devices on the adapter that nobody shall use, and others that have a name that is needed. */
function removeSoftRoce(handover: Handover, plan: StepPlan): void {
  const { observed, adapter, target } = handover;
  if (!target.node.fabric.softRoce) return;
  const functions = [adapter, ...adapter.virtualFunctions];
  const needed = softRoceOfHost(handover);
  for (const { rdmaDevice, networkDevice } of observed.softRoceLinks) {
    const owner = functions.find((candidate) => networkNames(candidate).includes(networkDevice));
    const stays = needed.some(
      (device) =>
        owner !== undefined && device.rdmaDevice === rdmaDevice && device.pciAddress === owner.pciAddress,
    );
    const named = needed.some((device) => device.rdmaDevice === rdmaDevice);
    if (!stays && (owner !== undefined || named)) plan.add({ kind: "remove-soft-roce", rdmaDevice });
  }
}

/** The soft-RoCE devices that the host itself shall have, each on which function. */
function softRoceOfHost(
  handover: Handover,
): { readonly rdmaDevice: string; readonly pciAddress: string | undefined }[] {
  const { ownership, placements, node } = handover.target;
  if (ownership === "guest-physical-function") return [];
  if (ownership !== "host-virtual-function") {
    return [{ rdmaDevice: node.fabric.rdmaDevice, pciAddress: handover.adapter.pciAddress }];
  }
  return placements.map((placement) => ({
    rdmaDevice: softRoceName(placement, node.fabric.rdmaDevice),
    pciAddress: handover.virtualFunctionOf(placement)?.pciAddress,
  }));
}

function releaseVirtualFunctions(handover: Handover, plan: StepPlan): void {
  const attached = handover.observed.guests.flatMap(({ pciDevices }) => pciDevices);
  for (const virtualFunction of handover.adapter.virtualFunctions) {
    const { driver, pciAddress, index } = virtualFunction;
    if (driver === null || attached.includes(pciAddress) || handover.staysOnHost(virtualFunction)) continue;
    plan.add({ kind: "release-virtual-function", virtualFunction: index });
  }
}

/** Has the adapter on the host, as it was and with the right number of virtual functions. */
function bringHome(handover: Handover, plan: StepPlan, cameBack: boolean): void {
  const { observed, adapter, target, remakesVirtualFunctions } = handover;
  const isBound = cameBack || adapter.driver === target.node.adapter.driver;
  if (!isBound) plan.add({ kind: "bind-adapter" });
  const isUp = adapter.networkDevices.some(({ up }) => up);
  if (cameBack || !isBound || !isUp || observed.remembered !== null) plan.add({ kind: "restore-network" });
  if (target.ownership === "guest-physical-function") plan.add({ kind: "remember-network" });
  if (remakesVirtualFunctions) {
    plan.add({ kind: "set-virtual-functions", count: virtualFunctionCount(target) });
  }
  for (const placement of target.placements) {
    const { virtualFunction, macAddress } = placement;
    if (virtualFunction === undefined || macAddress === undefined) continue;
    const now = remakesVirtualFunctions ? undefined : handover.virtualFunctionOf(placement);
    if (now === undefined || !hasMac(now, placement)) {
      plan.add({ kind: "set-virtual-function-mac", virtualFunction, macAddress });
    }
  }
}
