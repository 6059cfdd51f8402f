/** Why a node's adapter may not change hands: each reason is one sentence with the node, what was found and what to do. */
import { type AdapterState, guestDriver, type NodeState } from "./node-state.ts";
import type { Step } from "./steps.ts";
import { guestsInUse, type NodeTarget, virtualFunctionCount } from "./target.ts";

/** Steps that whoever uses the adapter does not notice. */
const harmlessSteps: readonly Step["kind"][] = ["start-guest", "await-guest", "resume-guest", "pause-guest"];

/** @param steps what is planned: an adapter that is not touched may be in use */
export function findRefusals(observed: NodeState, target: NodeTarget, steps: readonly Step[]): string[] {
  const { node } = target;
  const { adapter } = observed;
  if (adapter === null) {
    return [
      `${node.name} has no PCI device ${node.adapter.pciAddress}; if the adapter was moved, deploy again so that the inventory names it`,
    ];
  }
  return [
    ...driverRefusals(adapter, target),
    ...guestRefusals(observed, target),
    ...(target.ownership.startsWith("guest-") ? deviceRefusals(observed, adapter, target) : []),
    ...virtualFunctionRefusals(adapter, target),
    ...(steps.some(({ kind }) => !harmlessSteps.includes(kind)) ? holderRefusals(observed, target) : []),
  ];
}

function driverRefusals({ driver, pciAddress }: AdapterState, { node }: NodeTarget): string[] {
  if (driver === null || driver === node.adapter.driver || driver === guestDriver) return [];
  return [
    `${node.name} has its adapter ${pciAddress} bound to the driver ${driver}, which is neither ${node.adapter.driver} nor ${guestDriver}; ` +
      `bind it to ${node.adapter.driver} again or deploy again`,
  ];
}

function guestRefusals({ guests, libvirtFailure }: NodeState, target: NodeTarget): string[] {
  const { node } = target;
  const needed = guestsInUse(target);
  // Without an answer of libvirt nobody knows whether a guest has the adapter.
  if (libvirtFailure !== null) {
    return [
      `${node.name} does not say what its guests are like (${libvirtFailure === "" ? "virsh printed nothing" : libvirtFailure}); see that libvirt runs there`,
    ];
  }
  return guests
    .filter(({ name, state }) => state === "missing" && needed.includes(name))
    .map(
      ({ name, domain }) =>
        `${node.name} has no guest ${name}: its libvirt knows no domain ${domain}; deploy again with a refresh`,
    );
}

function deviceRefusals(
  observed: NodeState,
  adapter: AdapterState,
  { node, ownership, placements }: NodeTarget,
): string[] {
  const refusals: string[] = [];
  const functions =
    ownership === "guest-physical-function"
      ? [adapter]
      : ownership === "guest-virtual-functions"
        ? placements.map(
            ({ virtualFunction }) =>
              adapter.virtualFunctions.find(({ index }) => index === virtualFunction) ?? adapter,
          )
        : [];
  if (functions.some(({ iommuGroup }) => iommuGroup === null)) {
    refusals.push(
      `${node.name} has no IOMMU group for ${adapter.pciAddress}, so no guest can have it; turn the IOMMU on in its firmware and kernel arguments`,
    );
  }
  const own = adapter.virtualFunctions.map(({ pciAddress }) => pciAddress);
  for (const { pciAddress, iommuGroup } of functions) {
    // A virtual function that is still to be made is judged when it is there.
    const isJudged = ownership === "guest-physical-function" || own.includes(pciAddress);
    const others = (iommuGroup?.others ?? []).filter(
      (other) => ownership !== "guest-physical-function" || !own.includes(other.pciAddress),
    );
    if (isJudged && others.length > 0) {
      const named = others.map((other) => `${other.pciAddress} (class ${other.pciClass})`).join(", ");
      refusals.push(
        `${node.name} has ${pciAddress} in IOMMU group ${iommuGroup?.number} together with ${named}, which would have to go to the guest too; ` +
          "put the adapter into another slot or turn access control services (ACS) on in the firmware",
      );
    }
  }
  if (ownership === "guest-physical-function") {
    const carrier = adapter.networkDevices.find(({ name }) => observed.managementDevices.includes(name));
    if (carrier !== undefined) {
      refusals.push(
        `${node.name} is reached over its adapter's own network device ${carrier.name}, which a guest must not take away; reach the node by another network`,
      );
    }
  }
  return refusals;
}

function virtualFunctionRefusals(adapter: AdapterState, target: NodeTarget): string[] {
  const { node, ownership, placements } = target;
  const count = virtualFunctionCount(target);
  const refusals: string[] = [];
  if (count > adapter.virtualFunctionTotal) {
    refusals.push(
      `${node.name} shall have ${count} virtual functions on ${adapter.pciAddress}, which offers ${adapter.virtualFunctionTotal}; set a smaller number and deploy again`,
    );
  }
  for (const { virtualFunction } of placements) {
    if (virtualFunction !== undefined && virtualFunction >= count) {
      refusals.push(
        `${node.name} gets ${count} virtual functions, too few for one of index ${virtualFunction}; set a greater number and deploy again`,
      );
    }
  }
  const needsEthernet = ownership !== "host" && ownership !== "guest-physical-function";
  if (needsEthernet && adapter.networkDevices.some(({ linkLayer }) => linkLayer === "infiniband")) {
    refusals.push(
      `${node.name} has an adapter on InfiniBand, whose virtual functions need GUIDs that this version does not set; use vm-passthrough there, or an Ethernet link`,
    );
  }
  return refusals;
}

function holderRefusals({ holders }: NodeState, { node }: NodeTarget): string[] {
  return holders.map(
    ({ processId, program, device }) =>
      `${node.name} has its adapter in use by ${program} (process ${processId}, ${device}); end it and try again`,
  );
}
