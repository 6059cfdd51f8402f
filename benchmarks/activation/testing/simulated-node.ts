/** A node that is not there: what its adapter, its guests and its kernel would do when a step is done to them. */
import type { Step } from "../steps.ts";
import { adapterAddress } from "./inventory.ts";

export interface SimulatedNetwork {
  name: string;
  up: boolean;
  mtuBytes: number;
  macAddress: string;
  addresses: string[];
}

export interface SimulatedFunction {
  driver: string | null;
  network: SimulatedNetwork | null;
  /** That the adapter gave it. */
  macAddress: string;
}

export interface SimulatedGuest {
  name: string;
  domain: string;
  state: "running" | "paused" | "shut-off" | "missing";
  answers: boolean;
  /** The adapter's functions that it has: the adapter itself is -1. */
  functions: number[];
  interfaces: string[];
  /** Addresses that were set up inside, by the MAC address of the device. */
  fabric: Map<string, string>;
}

export interface NodeModel {
  adapter: { driver: string | null; network: SimulatedNetwork | null };
  autoprobe: boolean;
  virtualFunctions: SimulatedFunction[];
  remembered: SimulatedNetwork | null;
  softRoce: Map<string, string>;
  guests: SimulatedGuest[];
}

const permanentMac = "52:54:00:00:00:01";

/** The adapter's network device as the deployment leaves it. */
export function networkAtHome(): SimulatedNetwork {
  return {
    name: "fab0",
    up: true,
    mtuBytes: 9000,
    macAddress: permanentMac,
    addresses: ["198.18.0.1/16", "fd00::1/64"],
  };
}

/** As the kernel makes it when its driver comes back: nothing of what was set is there. */
export function bareNetwork(): SimulatedNetwork {
  return { name: "eth1", up: false, mtuBytes: 1500, macAddress: permanentMac, addresses: [] };
}

/** A network device of the host's driver for virtual functions. */
export function virtualNetwork(index: number, macAddress: string): SimulatedNetwork {
  return { name: `fab0v${index}`, up: false, mtuBytes: 1500, macAddress, addresses: [] };
}

export function pciAddressOf(index: number): string {
  return index < 0 ? adapterAddress : `0000:01:10.${index * 2}`;
}

/** A node just after the deployment: the adapter at home, guests running with nothing of it. */
export function deployedNode(): NodeModel {
  return {
    adapter: { driver: "igb", network: networkAtHome() },
    autoprobe: false,
    virtualFunctions: Array.from({ length: 3 }, freshFunction),
    remembered: null,
    softRoce: new Map([["rxe0", "fab0"]]),
    guests: ["g1", "g2"].map((name) => ({
      name,
      domain: `testbed-test-${name}`,
      state: "running",
      answers: true,
      functions: [],
      interfaces: [],
      fabric: new Map(),
    })),
  };
}

function freshFunction(): SimulatedFunction {
  return { driver: null, network: null, macAddress: "00:00:00:00:00:00" };
}

/** The world does not do that: a plan with such a step is wrong. */
export class ImpossibleStep extends Error {}

function need(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new ImpossibleStep(sentence);
}

/** Does a step to a node. Throws ImpossibleStep for what the real one would refuse, hang at or be damaged by. */
export function applyStep(node: NodeModel, step: Step): void {
  const guest = "guest" in step ? node.guests.find(({ name }) => name === step.guest) : undefined;
  const answering = (): SimulatedGuest => {
    need(guest?.state === "running" && guest.answers, `${guest?.name} does not answer`);
    return guest;
  };
  // The step waits for a guest that does not hear yet.
  const lettingGo = (): SimulatedGuest => {
    need(guest?.state === "running", "only what runs can let go");
    guest.answers = true;
    return guest;
  };
  switch (step.kind) {
    case "start-guest":
      need(guest?.state === "shut-off", "only what is shut off can be started");
      guest.state = "running";
      return;
    case "resume-guest":
      need(guest?.state === "paused", "only what is paused can be resumed");
      guest.state = "running";
      return;
    case "pause-guest":
      need(guest?.state === "running", "only what runs can be paused");
      guest.state = "paused";
      return;
    case "await-guest":
      need(guest?.state === "running", "only what runs can answer");
      guest.answers = true;
      return;
    case "attach-device":
      attachDevice(node, answering(), step.virtualFunction ?? -1);
      return;
    case "detach-device":
      detachDevice(node, lettingGo(), step.pciAddress);
      return;
    case "attach-interface":
      need(node.adapter.network?.up === true, "a virtio device needs the adapter's network device up");
      answering().interfaces.push(step.macAddress);
      return;
    case "detach-interface":
      lettingGo().interfaces = lettingGo().interfaces.filter((mac) => mac !== step.macAddress);
      return;
    default:
      applyAdapterStep(node, step);
  }
}

function holderOf(node: NodeModel, index: number): SimulatedGuest | undefined {
  return node.guests.find(({ functions }) => functions.includes(index));
}

function attachDevice(node: NodeModel, guest: SimulatedGuest, index: number): void {
  need(holderOf(node, index) === undefined, "one function in two guests");
  if (index < 0) {
    need(
      node.virtualFunctions.length === 0,
      "the whole adapter goes to a guest while it has virtual functions",
    );
    need(node.remembered !== null, "the adapter's network device goes away and nobody remembers it");
    need(
      node.guests.every(({ interfaces }) => interfaces.length === 0),
      "the adapter's network device goes away from under a virtio device",
    );
    const network = node.adapter.network?.name;
    need(
      ![...node.softRoce.values()].some((parent) => parent === network),
      "a soft-RoCE device is in use on the adapter",
    );
    node.adapter = { driver: "vfio-pci", network: null };
  } else {
    need(node.adapter.network?.up === true, "a virtual function has no link while the adapter is down");
    const virtualFunction = node.virtualFunctions[index];
    need(virtualFunction !== undefined && virtualFunction.network === null, "the host uses that function");
    virtualFunction.driver = "vfio-pci";
  }
  guest.functions.push(index);
}

function detachDevice(node: NodeModel, guest: SimulatedGuest, pciAddress: string): void {
  const index = guest.functions.find((candidate) => pciAddressOf(candidate) === pciAddress);
  need(index !== undefined, `${guest.name} has no ${pciAddress}`);
  guest.functions = guest.functions.filter((candidate) => candidate !== index);
  guest.fabric.clear();
  if (index < 0) {
    node.adapter = { driver: "igb", network: bareNetwork() };
    return;
  }
  const virtualFunction = node.virtualFunctions[index];
  need(virtualFunction !== undefined, "that function is gone");
  virtualFunction.driver = node.autoprobe ? "igbvf" : null;
  virtualFunction.network = node.autoprobe ? virtualNetwork(index, virtualFunction.macAddress) : null;
}

function applyAdapterStep(node: NodeModel, step: Step): void {
  need(holderOf(node, -1) === undefined, `${step.kind} while a guest has the adapter`);
  const { adapter } = node;
  const dropSoftRoce = (network: SimulatedNetwork | null): void => {
    for (const [rdma, parent] of node.softRoce) if (parent === network?.name) node.softRoce.delete(rdma);
  };
  const functionAt = (index: number): SimulatedFunction => {
    const found = node.virtualFunctions[index];
    need(found !== undefined, `there is no virtual function ${index}`);
    return found;
  };
  switch (step.kind) {
    case "stop-driver-probing":
      node.autoprobe = false;
      return;
    case "bind-adapter":
      node.adapter = { driver: "igb", network: bareNetwork() };
      return;
    case "remember-network":
      need(adapter.network !== null, "there is no network device to remember");
      node.remembered = structuredClone(adapter.network);
      return;
    case "restore-network":
      need(adapter.network !== null, "the network device never comes");
      if (node.remembered !== null) {
        for (const [rdma, parent] of node.softRoce) {
          if (parent === adapter.network.name) node.softRoce.set(rdma, node.remembered.name);
        }
        adapter.network = node.remembered;
      }
      adapter.network.up = true;
      node.remembered = null;
      return;
    case "set-virtual-functions":
      need(adapter.driver === "igb", "only the adapter's driver makes virtual functions");
      need(
        node.guests.every(({ functions }) => functions.length === 0),
        "the number of virtual functions changes while a guest has one",
      );
      need(
        node.virtualFunctions.every(({ network }) => network === null),
        "the number of virtual functions changes while the host uses one",
      );
      node.autoprobe = false;
      node.virtualFunctions = Array.from({ length: step.count }, freshFunction);
      return;
    case "release-virtual-function": {
      need(holderOf(node, step.virtualFunction) === undefined, "a guest has that function");
      const released = functionAt(step.virtualFunction);
      dropSoftRoce(released.network);
      Object.assign(released, { driver: null, network: null });
      return;
    }
    case "bind-virtual-function": {
      need(holderOf(node, step.virtualFunction) === undefined, "a guest has that function");
      const bound = functionAt(step.virtualFunction);
      bound.driver = "igbvf";
      bound.network = virtualNetwork(step.virtualFunction, bound.macAddress);
      return;
    }
    case "set-virtual-function-mac": {
      need(adapter.network !== null, "addresses are given by the adapter's network device");
      const addressed = functionAt(step.virtualFunction);
      need(addressed.driver === null, "a driver keeps the address that it began with");
      addressed.macAddress = step.macAddress;
      return;
    }
    case "virtual-function-network": {
      const { network } = functionAt(step.virtualFunction);
      need(network !== null && adapter.network?.up === true, "no link");
      Object.assign(network, { up: true, mtuBytes: adapter.network.mtuBytes });
      network.addresses = [`${step.address}/${step.prefixLength}`];
      return;
    }
    case "add-soft-roce": {
      const network =
        step.virtualFunction === null ? adapter.network : functionAt(step.virtualFunction).network;
      need(network?.up === true, "soft-RoCE is active on a device that is up");
      need(!node.softRoce.has(step.rdmaDevice), "two soft-RoCE devices of one name");
      node.softRoce.set(step.rdmaDevice, network.name);
      return;
    }
    case "remove-soft-roce":
      need(node.softRoce.delete(step.rdmaDevice), "no such soft-RoCE device");
      return;
    default:
      throw new ImpossibleStep(`${step.kind} is nothing that is done to an adapter`);
  }
}
