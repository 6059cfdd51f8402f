/** Makes an environment active: gives each node's adapter to who shall have it, and sees that it is so. */
import { setTimeout as sleep } from "node:timers/promises";
import type { InventoryEnvironment, Placement } from "../../infra/inventory.ts";
import {
  type Activation,
  ActivationError,
  type ActivationOptions,
  type ActivationStep,
} from "./activation.ts";
import { asRoot } from "./elevation.ts";
import { executeStep } from "./execute.ts";
import { setUpFabric } from "./guest.ts";
import type { NetworkDevice, NodeState } from "./node-state.ts";
import { observeNode } from "./observe.ts";
import type { Clock, Site } from "./site.ts";
import { describeStep, type Step } from "./steps.ts";
import { guestNamed, homeOf, type NodeTarget, targetsOf } from "./target.ts";
import { planTransition } from "./transition.ts";

const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};

/**
 * Makes an environment active on every node of the inventory; does nothing where it is so already. Whatever state a node is in,
 * also one that a broken-off switch left, it is brought to the right one. Throws ActivationError when that can't be,
 * RemoteError when a node can't be reached, and the signal's reason between two steps.
 */
export async function activateEnvironment(
  environment: InventoryEnvironment,
  options: ActivationOptions,
  clock: Clock = systemClock,
): Promise<Activation> {
  const begun = clock.now();
  const reached = await reachTargets(targetsOf(options.inventory, environment), options, clock);
  const found = new Map(reached.flatMap(({ placements }) => [...placements]));
  return {
    environment: environment.name,
    ownership: environment.ownership,
    seconds: secondsSince(begun, clock),
    steps: reached.flatMap(({ steps }) => steps),
    placements: environment.placements.map((placement) => found.get(placement) ?? placement),
  };
}

/** Gives every adapter back to its node: nothing of it is in a guest afterwards. Throws as `activateEnvironment` does. */
export async function releaseAdapters(
  options: ActivationOptions,
  clock: Clock = systemClock,
): Promise<readonly ActivationStep[]> {
  const reached = await reachTargets(options.inventory.nodes.map(homeOf), options, clock);
  return reached.flatMap(({ steps }) => steps);
}

interface Reached {
  readonly steps: readonly ActivationStep[];
  /** Placements of the environment with those that every `auto` was found out in. */
  readonly placements: ReadonlyMap<Placement, Placement>;
}

/** All nodes at the same time. When one fails the others end after the step that they are in. */
async function reachTargets(
  targets: readonly NodeTarget[],
  { inventory, remoteOf, onStep, signal }: ActivationOptions,
  clock: Clock,
): Promise<Reached[]> {
  const others = new AbortController();
  const either = signal === undefined ? others.signal : AbortSignal.any([signal, others.signal]);
  const outcomes = await Promise.allSettled(
    targets.map(async (target) => {
      try {
        const remote = await asRoot(remoteOf(target.node.name), target.node.connection);
        return await reachTarget(
          { inventory, node: target.node, remote, clock, signal: either },
          target,
          onStep,
        );
      } catch (error) {
        others.abort(error);
        throw error;
      }
    }),
  );
  signal?.throwIfAborted();
  const refusals = new Set(
    outcomes.flatMap((outcome) =>
      outcome.status === "rejected" && outcome.reason instanceof ActivationError ? [outcome.reason] : [],
    ),
  );
  if (refusals.size > 1) throw new ActivationError([...refusals].map(({ message }) => message).join("; "));
  // The first failure is the reason by which the others ended.
  others.signal.throwIfAborted();
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

async function reachTarget(
  site: Site,
  target: NodeTarget,
  onStep: ActivationOptions["onStep"],
): Promise<Reached> {
  const { node, remote, clock, signal, inventory } = site;
  const done: ActivationStep[] = [];
  const report = (step: string, begun: number): void => {
    const entry = { node: node.name, step, seconds: secondsSince(begun, clock) };
    done.push(entry);
    onStep?.(entry);
  };
  signal?.throwIfAborted();
  const before = await observeNode(remote, node, inventory);
  const steps = plannedSteps(before, target);
  for (const step of steps) {
    signal?.throwIfAborted();
    const begun = clock.now();
    await executeStep(site, step);
    report(describeStep(step, node.adapter.pciAddress), begun);
  }
  signal?.throwIfAborted();
  const setUp = (state: NodeState): Promise<ReadonlyMap<Placement, Placement>> =>
    setUpPlacements(site, target, state, report);
  if (steps.length === 0) return { steps: done, placements: await setUp(before) };
  const verified = async (): Promise<NodeState> => {
    const after = await observeNode(remote, node, inventory);
    const left = plannedSteps(after, target);
    if (left.length > 0) {
      throw new ActivationError(
        `${node.name} is not as it should be after ${steps.length} steps that all went well; still to do: ` +
          `${left.map((step) => describeStep(step, node.adapter.pciAddress)).join(", ")}; see with testbed status who changes it`,
      );
    }
    return after;
  };
  if (!isKnownBefore(target, before)) return { steps: done, placements: await setUp(await verified()) };
  // The second look and what a guest does with its device have nothing to do with each other, and both take seconds. Neither is
  // left behind when the other fails: it would still be at work when the switch is tried again.
  const [look, placements] = await Promise.allSettled([verified(), setUp(before)]);
  if (look.status === "rejected") throw look.reason;
  if (placements.status === "rejected") throw placements.reason;
  return { steps: done, placements: placements.value };
}

function plannedSteps(state: NodeState, target: NodeTarget): readonly Step[] {
  const transition = planTransition(state, target);
  if (transition.kind === "refused") throw new ActivationError(transition.refusals.join("; "));
  return transition.steps;
}

/** What the host knows of the adapter's network device. While a guest has the whole adapter it is as it was remembered. */
function networkOf({
  adapter,
  remembered,
}: NodeState): Pick<NetworkDevice, "macAddress" | "mtuBytes"> | undefined {
  return adapter?.networkDevices[0] ?? remembered ?? undefined;
}

/** Whether all that a guest needs to set its device up can be told before the switch. */
function isKnownBefore({ ownership }: NodeTarget, before: NodeState): boolean {
  return ownership.startsWith("guest-") && networkOf(before) !== undefined;
}

/** One after the other: guests of one node share its processors. */
async function setUpPlacements(
  site: Site,
  target: NodeTarget,
  state: NodeState,
  report: (step: string, begun: number) => void,
): Promise<ReadonlyMap<Placement, Placement>> {
  const placements = new Map<Placement, Placement>();
  for (const placement of target.placements) {
    site.signal?.throwIfAborted();
    placements.set(placement, await setUpPlacement(site, target, placement, state, report));
  }
  return placements;
}

/** Sees that the device works where it is used, and finds out what its RDMA device is called. */
async function setUpPlacement(
  site: Site,
  { node, ownership }: NodeTarget,
  placement: Placement,
  state: NodeState,
  report: (step: string, begun: number) => void,
): Promise<Placement> {
  if (!ownership.startsWith("guest-")) {
    return placement.rdmaDevice === "auto"
      ? { ...placement, rdmaDevice: hostRdmaDevice(site, placement, state) }
      : placement;
  }
  const guest = guestNamed(node, placement.guest);
  const network = networkOf(state);
  const macAddress =
    placement.macAddress ?? (ownership === "guest-physical-function" ? network?.macAddress : undefined);
  if (macAddress === undefined) {
    throw new ActivationError(
      `${node.name} does not know the address of the device in ${guest.name}: nothing remembers the adapter's; ` +
        "activate native and then this environment again",
    );
  }
  const begun = site.clock.now();
  const fabric = await setUpFabric(site, guest, placement, {
    macAddress: macAddress.toLowerCase(),
    mtuBytes: network?.mtuBytes ?? 0,
    softRoce: node.fabric.softRoce || ownership === "guest-virtio",
  });
  if (fabric.changed) {
    report(`set ${fabric.networkDevice} up in ${guest.name} as ${placement.fabricAddress}`, begun);
  }
  return placement.rdmaDevice === "auto" ? { ...placement, rdmaDevice: fabric.rdmaDevice } : placement;
}

/** The RDMA device on the function that the host uses. */
function hostRdmaDevice(
  { node }: Site,
  { virtualFunction }: Placement,
  { adapter, softRoceLinks }: NodeState,
): string {
  const used =
    virtualFunction === undefined
      ? adapter
      : adapter?.virtualFunctions.find(({ index }) => index === virtualFunction);
  const networks = used?.networkDevices.map(({ name }) => name) ?? [];
  const found =
    used?.rdmaDevices[0] ??
    softRoceLinks.find(({ networkDevice }) => networks.includes(networkDevice))?.rdmaDevice;
  if (found === undefined) {
    throw new ActivationError(
      `${node.name} has no RDMA device on ${used?.pciAddress ?? node.adapter.pciAddress}; see that its driver's RDMA part is loaded`,
    );
  }
  return found;
}

function secondsSince(begun: number, clock: Clock): number {
  return Math.round(clock.now() - begun) / 1000;
}
