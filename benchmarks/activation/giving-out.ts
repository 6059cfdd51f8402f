/** The second half of a switch: what is free by now is given to the host or to the guests that shall have it. */
import type { Placement } from "../../infra/inventory.ts";
import type { Handover } from "./handover.ts";
import { networkNames } from "./node-state.ts";
import type { StepPlan } from "./step-plan.ts";
import { guestNamed, softRoceName } from "./target.ts";

/** Plans that the target's owners get what they have not. `cameBack`: as taking it back told. */
export function giveOut(
  handover: Handover,
  plan: StepPlan,
  { cameBack }: { readonly cameBack: boolean },
): void {
  const { ownership, placements, node } = handover.target;
  if (ownership === "host-virtual-function") {
    for (const placement of placements) useOnHost(handover, plan, placement);
  } else if (ownership !== "guest-physical-function" && node.fabric.softRoce) {
    ensureSoftRoce(handover, plan, node.fabric.rdmaDevice, null, cameBack);
  }
  if (ownership.startsWith("guest-")) {
    for (const placement of placements) giveToGuest(handover, plan, placement);
  }
}

function useOnHost(handover: Handover, plan: StepPlan, placement: Placement): void {
  const { virtualFunction, fabricAddress: address, fabricPrefixLength } = placement;
  if (virtualFunction === undefined) return;
  const now = handover.virtualFunctionOf(placement);
  const stays = now !== undefined && handover.staysOnHost(now);
  if (!stays) plan.add({ kind: "bind-virtual-function", virtualFunction });
  const mtuBytes = handover.adapter.networkDevices[0]?.mtuBytes;
  const isSetUp =
    stays &&
    now.networkDevices.some(
      (network) =>
        network.up &&
        network.mtuBytes === mtuBytes &&
        (fabricPrefixLength === undefined || network.addresses.includes(`${address}/${fabricPrefixLength}`)),
    );
  if (!isSetUp && fabricPrefixLength !== undefined) {
    const prefixLength = fabricPrefixLength;
    plan.add({ kind: "virtual-function-network", virtualFunction, address, prefixLength });
  }
  const { fabric } = handover.target.node;
  if (fabric.softRoce) {
    ensureSoftRoce(handover, plan, softRoceName(placement, fabric.rdmaDevice), virtualFunction, !stays);
  }
}

/** @param isNew the network device is not there yet, and what is seen now goes with it */
function ensureSoftRoce(
  { observed, adapter }: Handover,
  plan: StepPlan,
  rdmaDevice: string,
  virtualFunction: number | null,
  isNew: boolean,
): void {
  const owner =
    virtualFunction === null
      ? adapter
      : adapter.virtualFunctions.find(({ index }) => index === virtualFunction);
  const isThere = observed.softRoceLinks.some(
    (link) =>
      link.rdmaDevice === rdmaDevice &&
      owner !== undefined &&
      networkNames(owner).includes(link.networkDevice),
  );
  if (isNew || !isThere) plan.add({ kind: "add-soft-roce", rdmaDevice, virtualFunction });
}

function giveToGuest(handover: Handover, plan: StepPlan, placement: Placement): void {
  const { ownership, node } = handover.target;
  const { name } = guestNamed(node, placement.guest);
  const guest = handover.observed.guests.find((candidate) => candidate.name === name);
  if (guest === undefined) return;
  plan.runGuest(name);
  if (ownership === "guest-virtio") {
    const { macAddress } = placement;
    const isThere = guest.interfaces.some(
      (device) =>
        device.macAddress === macAddress && handover.interfaceStays(name, macAddress, device.networkDevice),
    );
    if (isThere || macAddress === undefined) return;
    plan.awaitGuest(name);
    plan.add({ kind: "attach-interface", guest: name, macAddress });
  } else if (!guest.pciDevices.some((pciAddress) => handover.staysInGuest(name, pciAddress))) {
    plan.awaitGuest(name);
    const virtualFunction =
      ownership === "guest-physical-function" ? null : (placement.virtualFunction ?? null);
    plan.add({ kind: "attach-device", guest: name, virtualFunction });
  }
}
