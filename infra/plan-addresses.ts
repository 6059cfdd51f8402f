/** Addresses of a plan: each a pure function of the stack's name and of places in it. */
import { createHash } from "node:crypto";
import { projectName } from "./paths.ts";

/** RFC 2544 sets this network aside for benchmarks of network devices; it is routed nowhere. */
const fabricNetworkPrefix = "198.18";
export const fabricPrefixLength = 16;
/** The other half of that network: devices that the activation of an environment gives an address. */
const activatedNetworkPrefix = "198.19";
/** Nodes that share the slots of that half: slot × this + node. */
const nodesInSlot = 1024;

/** The address of a device that an activation sets up. Slots are guests, and after them the node's own virtual function. */
export function activatedAddress(nodeIndex: number, slot: number): string {
  const number = slot * nodesInSlot + nodeIndex + 1;
  return `${activatedNetworkPrefix}.${number >> 8}.${number & 0xff}`;
}

/** Locally administered unicast address of the device in a slot, different for every stack and node. */
export function activatedMacAddress(stack: string, nodeIndex: number, slot: number): string {
  const bytes = [
    0x56,
    ...Buffer.from(stackDigest(stack), "hex").subarray(0, 2),
    slot,
    nodeIndex >> 8,
    nodeIndex & 0xff,
  ];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** Locally administered unicast address (second-lowest bit of the first byte), different for every stack and node. */
export function macAddress(stack: string, index: number): string {
  const bytes = [
    0x52,
    0x54,
    ...Buffer.from(stackDigest(stack), "hex").subarray(0, 2),
    (index >> 8) & 0xff,
    index & 0xff,
  ];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** The index-th address of the fabric's network, skipping the network's own address. */
export function fabricAddress(index: number): string {
  const number = index + 1;
  return `${fabricNetworkPrefix}.${number >> 8}.${number & 0xff}`;
}

/** A digest that tells stacks apart. */
export function stackDigest(stack: string): string {
  return createHash("sha256").update(`${projectName}\0${stack}`).digest("hex");
}
