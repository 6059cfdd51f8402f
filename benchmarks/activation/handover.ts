/** What stays where it is when an adapter changes hands. Pure. */
import type { Placement } from "../../infra/inventory.ts";
import {
  type AdapterState,
  guestDriver,
  type NodeState,
  networkNames,
  type VirtualFunction,
} from "./node-state.ts";
import { hasMac, type NodeTarget, virtualFunctionCount } from "./target.ts";

/** Who holds what of an adapter now, held against who shall. */
export class Handover {
  readonly observed: NodeState;
  readonly adapter: AdapterState;
  readonly target: NodeTarget;
  /** Virtual functions of now go: their number is another one. */
  readonly remakesVirtualFunctions: boolean;

  /** @param adapter the one that was observed */
  constructor(observed: NodeState, adapter: AdapterState, target: NodeTarget) {
    this.observed = observed;
    this.adapter = adapter;
    this.target = target;
    this.remakesVirtualFunctions = adapter.virtualFunctionCount !== virtualFunctionCount(target);
  }

  /** The virtual function of now that has the index of the placement's. */
  virtualFunctionOf({ virtualFunction }: Placement): VirtualFunction | undefined {
    return this.adapter.virtualFunctions.find(({ index }) => index === virtualFunction);
  }

  /** Whether a guest keeps a PCI device that it has. */
  staysInGuest(guest: string, pciAddress: string): boolean {
    const { ownership, placements } = this.target;
    const placement = placements.find((candidate) => candidate.guest === guest);
    if (placement === undefined) return false;
    if (ownership === "guest-physical-function") return pciAddress === this.adapter.pciAddress;
    if (ownership !== "guest-virtual-functions" || this.remakesVirtualFunctions) return false;
    const virtualFunction = this.virtualFunctionOf(placement);
    return virtualFunction?.pciAddress === pciAddress && hasMac(virtualFunction, placement);
  }

  /** Whether a guest keeps a virtio device that it has on a network device of the host. */
  interfaceStays(guest: string, macAddress: string, networkDevice: string): boolean {
    const { ownership, placements } = this.target;
    return (
      ownership === "guest-virtio" &&
      networkNames(this.adapter).includes(networkDevice) &&
      placements.some((placement) => placement.guest === guest && placement.macAddress === macAddress)
    );
  }

  /** The target is that one guest has the whole adapter, and it has it. */
  adapterStaysInGuest(): boolean {
    const { pciAddress } = this.adapter;
    return this.observed.guests.some(
      (guest) => guest.pciDevices.includes(pciAddress) && this.staysInGuest(guest.name, pciAddress),
    );
  }

  /** Whether the host goes on using a virtual function that it uses. */
  staysOnHost(virtualFunction: VirtualFunction): boolean {
    const { ownership, placements } = this.target;
    return (
      ownership === "host-virtual-function" &&
      !this.remakesVirtualFunctions &&
      virtualFunction.driver !== null &&
      virtualFunction.driver !== guestDriver &&
      placements.some(
        (placement) =>
          placement.virtualFunction === virtualFunction.index && hasMac(virtualFunction, placement),
      )
    );
  }
}
