/** What the project adds to a guest's start and to a switch of the adapter, over the bare commands. Needs a deployed stack. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { activateEnvironment, releaseAdapters } from "../../benchmarks/activation/activate.ts";
import { remoteFactory } from "../../benchmarks/activation/edge.ts";
import { medianOf } from "../../benchmarks/statistics/quantile.ts";
import { waitForGuest } from "../../infra/environments/guest-wait.ts";
import {
  type Inventory,
  type InventoryEnvironment,
  type InventoryNode,
  inventorySchema,
} from "../../infra/inventory.ts";
import { noStack, type Row } from "./row.ts";

const script = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const startScript = script("./start-guest.sh");
const switchScript = script("./switch-by-hand.sh");
const goal = 1.15;
/** Two layers of emulation, and a machine that does other things as well. */
const limitMs = 1_800_000;
/** Switches of each kind: a single one varies by a third on emulated nodes. */
const switchRounds = 5;

const secondsOf = async (action: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await action();
  return (performance.now() - begun) / 1000;
};

function outcome(ours: number, byHand: number): Row["outcome"] {
  return { ratio: ours / byHand, from: `${ours.toFixed(1)} s over ${byHand.toFixed(1)} s` };
}

/** The environment of a name in the inventory of the stack; undefined when it has none. */
function find(inventory: Inventory, name: string): InventoryEnvironment | undefined {
  return inventory.environments.find((environment) => environment.name === name);
}

/**
 * A guest from `virsh start` to its first answer: with the deployment's own wait, over a loop on the node that looks at the
 * console five times a second.
 * @param text the inventory's; undefined when nothing is deployed
 */
export async function guestStart(text: string | undefined): Promise<Row> {
  const row = { what: "guest from start to ready over the same by hand", goal };
  if (text === undefined) return { ...row, outcome: { notMeasured: noStack } };
  const inventory = inventorySchema.parse(JSON.parse(text));
  const node = inventory.nodes[0];
  const guest = node?.guests[0];
  if (node === undefined || guest === undefined) {
    return { ...row, outcome: { notMeasured: "not measured: the stack has no guests" } };
  }
  const remote = remoteFactory(inventory)(node.name);
  const byHand = async (verb: "start" | "start-and-wait"): Promise<void> => {
    const words = [verb, guest.domain, guest.consolePath, ...guest.commandPrefix];
    const result = await remote.script(startScript, words, { timeoutMs: limitMs });
    if (result.exitCode !== 0) throw new Error(`the guest did not start by hand: ${result.stderr}`);
  };
  const handSeconds = await secondsOf(() => byHand("start-and-wait"));
  const ourSeconds = await secondsOf(async () => {
    await byHand("start");
    const request = {
      nodeName: node.name,
      connection: node.connection,
      socketDirectory: inventory.socketDirectory,
      elevation: [],
      guest: guest.name,
      domain: guest.domain,
      commandPrefix: guest.commandPrefix,
      consolePath: guest.consolePath,
      timeoutSeconds: limitMs / 1000,
    };
    await waitForGuest(remote, request, { now: () => Date.now(), sleep });
  });
  return { ...row, outcome: outcome(ourSeconds, handSeconds) };
}

/**
 * From virtual functions to the whole adapter on running guests: `testbed activate`, which looks before and after, over the
 * bare commands on all nodes at once; medians of several switches each, in turn.
 * @param text the inventory's; undefined when nothing is deployed
 */
export async function environmentSwitch(text: string | undefined): Promise<Row> {
  const row = { what: "environment switch over bare detach and attach", goal };
  if (text === undefined) return { ...row, outcome: { notMeasured: noStack } };
  const inventory = inventorySchema.parse(JSON.parse(text));
  const from = find(inventory, "vm-sriov");
  const to = find(inventory, "vm-passthrough");
  if (from === undefined || to === undefined) {
    return { ...row, outcome: { notMeasured: "not measured: the stack has not both kinds of guests" } };
  }
  const options = { inventory, remoteOf: remoteFactory(inventory) };
  const switches = {
    ours: () => activateEnvironment(to, options),
    byHand: () => Promise.all(inventory.nodes.map((node) => switchByHand(node, to, options.remoteOf))),
  };
  const seconds: Record<keyof typeof switches, number[]> = { ours: [], byHand: [] };
  for (let round = 0; round < switchRounds; round += 1) {
    // What the machine does meanwhile, and what it gets used to, is to strike both alike.
    const order = round % 2 === 0 ? (["ours", "byHand"] as const) : (["byHand", "ours"] as const);
    for (const who of order) {
      await activateEnvironment(from, options);
      seconds[who].push(await secondsOf(switches[who]));
      // Nothing remembers what a switch by hand took away: only the way back to the hosts is open.
      await releaseAdapters(options);
    }
  }
  return { ...row, outcome: outcome(medianOf(seconds.ours), medianOf(seconds.byHand)) };
}

async function switchByHand(
  node: InventoryNode,
  environment: InventoryEnvironment,
  remoteOf: ReturnType<typeof remoteFactory>,
): Promise<void> {
  const placement = environment.placements.find((candidate) => candidate.node === node.name);
  const guest = node.guests.find(({ name }) => name === placement?.guest);
  if (placement === undefined || guest === undefined) throw new Error(`${node.name} has no guest to switch`);
  const words = [
    guest.domain,
    node.adapter.pciAddress,
    `${placement.fabricAddress}/${placement.fabricPrefixLength}`,
    placement.rdmaDevice,
    ...guest.commandPrefix,
  ];
  const result = await remoteOf(node.name).script(switchScript, words, { timeoutMs: limitMs });
  if (result.exitCode !== 0) throw new Error(`${node.name} could not be switched by hand: ${result.stderr}`);
}
