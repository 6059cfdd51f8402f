/**
 * The planner: from what a node is like now to who shall hold its adapter. Pure, and blind to how the node came to be as it is:
 * a switch that was broken off anywhere is finished by planning again.
 */
import type { Placement } from "../../infra/inventory.ts";
import {
  type AdapterState,
  type GuestState,
  guestDriver,
  type NodeState,
  networkNames,
  type VirtualFunction,
} from "./node-state.ts";
import { findRefusals } from "./refusals.ts";
import type { Step } from "./steps.ts";
import {
  guestNamed,
  guestsInUse,
  hasMac,
  type NodeTarget,
  softRoceName,
  virtualFunctionCount,
} from "./target.ts";

/** What is to be done; or why nothing may be, one sentence each. No steps: the node is as it shall be. */
export type Transition =
  | { readonly kind: "steps"; readonly steps: readonly Step[] }
  | { readonly kind: "refused"; readonly refusals: readonly string[] };

/** Plans the way of one node to its target. */
export function planTransition(observed: NodeState, target: NodeTarget): Transition {
  const { adapter } = observed;
  const steps = adapter === null ? [] : new Planner(observed, adapter, target).plan();
  const refusals = findRefusals(observed, target, steps);
  return refusals.length > 0 ? { kind: "refused", refusals } : { kind: "steps", steps };
}

/**
 * Collects steps in the one order that never has two owners: what guests have and shall not have comes off, the host lets go,
 * the whole adapter changes hands, virtual functions are made, and only then is anything given out.
 */
class Planner {
  readonly #observed: NodeState;
  readonly #adapter: AdapterState;
  readonly #target: NodeTarget;
  readonly #steps: Step[] = [];
  readonly #guestStates: Map<string, GuestState["state"]>;
  readonly #awaited = new Set<string>();
  /** Virtual functions of now go: their number is another one. */
  readonly #remakes: boolean;

  constructor(observed: NodeState, adapter: AdapterState, target: NodeTarget) {
    this.#observed = observed;
    this.#adapter = adapter;
    this.#target = target;
    this.#guestStates = new Map(observed.guests.map(({ name, state }) => [name, state]));
    this.#remakes = adapter.virtualFunctionCount !== virtualFunctionCount(target);
  }

  plan(): Step[] {
    const { ownership, placements, node } = this.#target;
    this.#stopDriverProbing();
    const cameBack = this.#takeFromGuests();
    this.#removeSoftRoce();
    this.#releaseVirtualFunctions();
    if (!this.#adapterStays()) this.#bringHome(cameBack);
    if (ownership === "host-virtual-function") {
      for (const placement of placements) this.#useOnHost(placement);
    } else if (ownership !== "guest-physical-function" && node.fabric.softRoce) {
      this.#ensureSoftRoce(node.fabric.rdmaDevice, null, cameBack);
    }
    if (ownership.startsWith("guest-")) for (const placement of placements) this.#giveToGuest(placement);
    this.#settleIdleGuests();
    return this.#steps;
  }

  /** A guest that is off stays off: nobody needs it now, and to start it is the stack's to say. */
  #settleIdleGuests(): void {
    const used = guestsInUse(this.#target);
    const { idleGuests } = this.#target;
    for (const { name } of this.#observed.guests.filter((guest) => !used.includes(guest.name))) {
      const state = this.#guestStates.get(name);
      if (state === "running" && idleGuests === "paused") {
        this.#steps.push({ kind: "pause-guest", guest: name });
      } else if (state === "paused" && idleGuests === "running") {
        this.#steps.push({ kind: "resume-guest", guest: name });
      }
    }
  }

  /** Else a virtual function that leaves a guest would get the host's driver at once. */
  #stopDriverProbing(): void {
    if (this.#adapter.autoprobe && this.#adapter.virtualFunctionCount > 0) {
      this.#steps.push({ kind: "stop-driver-probing" });
    }
  }

  /** Takes from guests what they shall not have; true when the whole adapter comes back by that. */
  #takeFromGuests(): boolean {
    let cameBack = false;
    const networks = networkNames(this.#adapter);
    const wantedMacs = this.#target.placements.map(({ macAddress }) => macAddress);
    for (const guest of this.#observed.guests) {
      for (const pciAddress of guest.pciDevices) {
        const isAdapter = pciAddress === this.#adapter.pciAddress;
        const virtualFunction = this.#adapter.virtualFunctions.find((vf) => vf.pciAddress === pciAddress);
        if ((!isAdapter && virtualFunction === undefined) || this.#staysInGuest(guest.name, pciAddress))
          continue;
        this.#awaitGuest(guest.name);
        this.#steps.push({ kind: "detach-device", guest: guest.name, pciAddress });
        cameBack ||= isAdapter;
      }
      for (const { macAddress, networkDevice } of guest.interfaces) {
        const isOurs = networks.includes(networkDevice) || wantedMacs.includes(macAddress);
        if (!isOurs || this.#interfaceStays(guest.name, macAddress, networkDevice)) continue;
        this.#awaitGuest(guest.name);
        this.#steps.push({ kind: "detach-interface", guest: guest.name, macAddress });
      }
    }
    return cameBack;
  }

  #staysInGuest(guest: string, pciAddress: string): boolean {
    const { ownership, placements } = this.#target;
    const placement = placements.find((candidate) => candidate.guest === guest);
    if (placement === undefined) return false;
    if (ownership === "guest-physical-function") return pciAddress === this.#adapter.pciAddress;
    if (ownership !== "guest-virtual-functions" || this.#remakes) return false;
    const virtualFunction = this.#virtualFunctionOf(placement);
    return virtualFunction?.pciAddress === pciAddress && hasMac(virtualFunction, placement);
  }

  #interfaceStays(guest: string, macAddress: string, networkDevice: string): boolean {
    const { ownership, placements } = this.#target;
    return (
      ownership === "guest-virtio" &&
      networkNames(this.#adapter).includes(networkDevice) &&
      placements.some((placement) => placement.guest === guest && placement.macAddress === macAddress)
    );
  }

  /** The target is that one guest has the whole adapter, and it has it. */
  #adapterStays(): boolean {
    return this.#observed.guests.some(
      (guest) =>
        guest.pciDevices.includes(this.#adapter.pciAddress) &&
        this.#staysInGuest(guest.name, this.#adapter.pciAddress),
    );
  }

  /** Soft-RoCE devices on the adapter that nobody shall use, and others that have a name that is needed. */
  #removeSoftRoce(): void {
    if (!this.#target.node.fabric.softRoce) return;
    const functions = [this.#adapter, ...this.#adapter.virtualFunctions];
    const needed = this.#hostRdmaDevices();
    for (const { rdmaDevice, networkDevice } of this.#observed.softRoceLinks) {
      const owner = functions.find((candidate) => networkNames(candidate).includes(networkDevice));
      const stays = needed.some(
        (device) =>
          owner !== undefined && device.rdmaDevice === rdmaDevice && device.pciAddress === owner.pciAddress,
      );
      const named = needed.some((device) => device.rdmaDevice === rdmaDevice);
      if (!stays && (owner !== undefined || named))
        this.#steps.push({ kind: "remove-soft-roce", rdmaDevice });
    }
  }

  /** The soft-RoCE devices that the host itself shall have, each on which function. */
  #hostRdmaDevices(): { readonly rdmaDevice: string; readonly pciAddress: string | undefined }[] {
    const { ownership, placements, node } = this.#target;
    if (ownership === "guest-physical-function") return [];
    if (ownership !== "host-virtual-function") {
      return [{ rdmaDevice: node.fabric.rdmaDevice, pciAddress: this.#adapter.pciAddress }];
    }
    return placements.map((placement) => ({
      rdmaDevice: softRoceName(placement, node.fabric.rdmaDevice),
      pciAddress: this.#virtualFunctionOf(placement)?.pciAddress,
    }));
  }

  #releaseVirtualFunctions(): void {
    const attached = this.#observed.guests.flatMap(({ pciDevices }) => pciDevices);
    for (const virtualFunction of this.#adapter.virtualFunctions) {
      const { driver, pciAddress, index } = virtualFunction;
      if (driver === null || attached.includes(pciAddress) || this.#staysOnHost(virtualFunction)) continue;
      this.#steps.push({ kind: "release-virtual-function", virtualFunction: index });
    }
  }

  #staysOnHost(virtualFunction: VirtualFunction): boolean {
    const { ownership, placements } = this.#target;
    return (
      ownership === "host-virtual-function" &&
      !this.#remakes &&
      virtualFunction.driver !== null &&
      virtualFunction.driver !== guestDriver &&
      placements.some(
        (placement) =>
          placement.virtualFunction === virtualFunction.index && hasMac(virtualFunction, placement),
      )
    );
  }

  /** Has the adapter on the host, as it was and with the right number of virtual functions. */
  #bringHome(cameBack: boolean): void {
    const { ownership, node } = this.#target;
    const isBound = cameBack || this.#adapter.driver === node.adapter.driver;
    if (!isBound) this.#steps.push({ kind: "bind-adapter" });
    const isUp = this.#adapter.networkDevices.some(({ up }) => up);
    if (cameBack || !isBound || !isUp || this.#observed.remembered !== null) {
      this.#steps.push({ kind: "restore-network" });
    }
    if (ownership === "guest-physical-function") this.#steps.push({ kind: "remember-network" });
    if (this.#remakes) {
      this.#steps.push({ kind: "set-virtual-functions", count: virtualFunctionCount(this.#target) });
    }
    for (const placement of this.#target.placements) {
      const { virtualFunction, macAddress } = placement;
      if (virtualFunction === undefined || macAddress === undefined) continue;
      const now = this.#remakes ? undefined : this.#virtualFunctionOf(placement);
      if (now === undefined || !hasMac(now, placement)) {
        this.#steps.push({ kind: "set-virtual-function-mac", virtualFunction, macAddress });
      }
    }
  }

  #useOnHost(placement: Placement): void {
    const { virtualFunction, fabricAddress: address, fabricPrefixLength } = placement;
    if (virtualFunction === undefined) return;
    const now = this.#virtualFunctionOf(placement);
    const stays = now !== undefined && this.#staysOnHost(now);
    if (!stays) this.#steps.push({ kind: "bind-virtual-function", virtualFunction });
    const mtuBytes = this.#adapter.networkDevices[0]?.mtuBytes;
    const isSetUp =
      stays &&
      now.networkDevices.some(
        (network) =>
          network.up &&
          network.mtuBytes === mtuBytes &&
          (fabricPrefixLength === undefined ||
            network.addresses.includes(`${address}/${fabricPrefixLength}`)),
      );
    if (!isSetUp && fabricPrefixLength !== undefined) {
      const prefixLength = fabricPrefixLength;
      this.#steps.push({ kind: "virtual-function-network", virtualFunction, address, prefixLength });
    }
    const { fabric } = this.#target.node;
    if (fabric.softRoce) {
      this.#ensureSoftRoce(softRoceName(placement, fabric.rdmaDevice), virtualFunction, !stays);
    }
  }

  /** @param isNew the network device is not there yet, and what is seen now goes with it */
  #ensureSoftRoce(rdmaDevice: string, virtualFunction: number | null, isNew: boolean): void {
    const owner =
      virtualFunction === null
        ? this.#adapter
        : this.#adapter.virtualFunctions.find((vf) => vf.index === virtualFunction);
    const isThere = this.#observed.softRoceLinks.some(
      (link) =>
        link.rdmaDevice === rdmaDevice &&
        owner !== undefined &&
        networkNames(owner).includes(link.networkDevice),
    );
    if (isNew || !isThere) this.#steps.push({ kind: "add-soft-roce", rdmaDevice, virtualFunction });
  }

  #giveToGuest(placement: Placement): void {
    const { ownership, node } = this.#target;
    const { name } = guestNamed(node, placement.guest);
    const guest = this.#observed.guests.find((candidate) => candidate.name === name);
    if (guest === undefined) return;
    this.#runGuest(name);
    if (ownership === "guest-virtio") {
      const { macAddress } = placement;
      const isThere = guest.interfaces.some(
        (device) =>
          device.macAddress === macAddress && this.#interfaceStays(name, macAddress, device.networkDevice),
      );
      if (isThere || macAddress === undefined) return;
      this.#awaitGuest(name);
      this.#steps.push({ kind: "attach-interface", guest: name, macAddress });
    } else if (!guest.pciDevices.some((pciAddress) => this.#staysInGuest(name, pciAddress))) {
      this.#awaitGuest(name);
      const virtualFunction =
        ownership === "guest-physical-function" ? null : (placement.virtualFunction ?? null);
      this.#steps.push({ kind: "attach-device", guest: name, virtualFunction });
    }
  }

  #runGuest(guest: string): void {
    const state = this.#guestStates.get(guest);
    if (state === "paused") this.#steps.push({ kind: "resume-guest", guest });
    else if (state === "shut-off") this.#steps.push({ kind: "start-guest", guest });
    else return;
    this.#guestStates.set(guest, "running");
    this.#awaitGuest(guest);
  }

  /** A device comes and goes only with the guest's help. */
  #awaitGuest(guest: string): void {
    this.#runGuest(guest);
    if (this.#awaited.has(guest)) return;
    this.#awaited.add(guest);
    this.#steps.push({ kind: "await-guest", guest });
  }

  #virtualFunctionOf({ virtualFunction }: Placement): VirtualFunction | undefined {
    return this.#adapter.virtualFunctions.find(({ index }) => index === virtualFunction);
  }
}
