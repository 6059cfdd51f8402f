/** Guests as seen from their node: started, waited for, and the device that they were given set up inside. */
import { stripVTControlCharacters } from "node:util";
import type { InventoryGuest, Placement } from "../../infra/inventory.ts";
import type { RemoteResult } from "../../infra/remote/remote.ts";
import { ActivationError } from "./activation.ts";
import { guestDeviceScript, guestFabricScript, inGuestScript } from "./scripts.ts";
import { reasonOf, type Site } from "./site.ts";

/** Two layers of software emulation boot slowly. */
const readyLimitMs = 20 * 60_000;
const answerTimeoutMs = 120_000;
const pollMs = 2_000;
/** Longer than what guest-fabric.sh itself waits for, twice. */
const fabricTimeoutMs = 700_000;
const consoleLines = 8;
/** By which in-guest.sh says that no command could be run. */
const notReachedStatus = 125;

/** Starts a guest that is shut off. */
export async function startGuest({ node, remote }: Site, guest: InventoryGuest): Promise<void> {
  const result = await remote.script(guestDeviceScript, ["start", guest.domain], {
    timeoutMs: answerTimeoutMs,
  });
  if (result.exitCode !== 0) {
    throw new ActivationError(`${node.name} could not start ${guest.name}: ${reasonOf(result)}`);
  }
}

/**
 * Waits until commands run in a guest. One that is shut off meanwhile is started again, once. Throws ActivationError with the
 * last lines of its console when it does not come.
 */
export async function awaitGuest(site: Site, guest: InventoryGuest): Promise<void> {
  const { node, clock, signal } = site;
  const begun = clock.now();
  let wasStarted = false;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await inGuest(site, guest, "", ["true"], answerTimeoutMs);
    if (answer.exitCode === 0) return;
    const state = await stateOf(site, guest);
    if (state === "shut off" || state === "crashed") {
      if (wasStarted)
        throw await gaveUp(site, guest, `${guest.name} on ${node.name} shuts itself off again and again`);
      await startGuest(site, guest);
      wasStarted = true;
    } else if (state === "paused") {
      throw await gaveUp(site, guest, `${guest.name} on ${node.name} is paused and can't answer`);
    }
    if (clock.now() - begun >= readyLimitMs) {
      throw await gaveUp(
        site,
        guest,
        `${guest.name} on ${node.name} does not answer after ${readyLimitMs / 60_000} minutes (${reasonOf(answer)})`,
      );
    }
    await clock.sleep(pollMs, signal);
  }
}

/** What guest-fabric.sh made of the device in a guest. */
export interface GuestFabric {
  readonly rdmaDevice: string;
  readonly networkDevice: string;
  /** False: everything was set up already. */
  readonly changed: boolean;
}

/** Sets up the device that a guest has. @param mtuBytes 0: whatever it has */
export async function setUpFabric(
  site: Site,
  guest: InventoryGuest,
  placement: Placement,
  device: { readonly macAddress: string; readonly mtuBytes: number; readonly softRoce: boolean },
): Promise<GuestFabric> {
  const { node } = site;
  if (placement.fabricPrefixLength === undefined) {
    throw new ActivationError(
      `the inventory gives ${guest.name} on ${node.name} the address ${placement.fabricAddress} without a prefix length; deploy again`,
    );
  }
  const words = [
    "up",
    device.macAddress,
    placement.fabricAddress,
    String(placement.fabricPrefixLength),
    String(device.mtuBytes),
    placement.rdmaDevice === "auto" ? softRoceName : placement.rdmaDevice,
    device.softRoce ? "yes" : "no",
  ];
  const setUp = (): Promise<RemoteResult> =>
    inGuest(site, guest, guestFabricScript, ["sh", "-s", "--", ...words], fabricTimeoutMs);
  let result = await setUp();
  if (result.exitCode === notReachedStatus) {
    await awaitGuest(site, guest);
    result = await setUp();
  }
  const lineOf = (key: string): string | undefined =>
    result.stdout
      .split("\n")
      .find((line) => line.startsWith(`${key} `))
      ?.slice(key.length + 1);
  const rdmaDevice = lineOf("rdma-device");
  const networkDevice = lineOf("network-device");
  if (result.exitCode !== 0 || rdmaDevice === undefined || networkDevice === undefined) {
    throw new ActivationError(
      `${guest.name} on ${node.name} could not set up the device ${device.macAddress} that it was given: ${reasonOf(result)}`,
    );
  }
  return { rdmaDevice, networkDevice, changed: lineOf("changed") === "yes" };
}

/** Of a soft-RoCE device that nobody named. */
const softRoceName = "rxe0";

function inGuest(
  { remote }: Site,
  guest: InventoryGuest,
  text: string,
  words: readonly string[],
  timeoutMs: number,
): Promise<RemoteResult> {
  return remote.script(inGuestScript, [text, ...guest.commandPrefix, ...words], { timeoutMs });
}

async function stateOf({ remote }: Site, guest: InventoryGuest): Promise<string> {
  const result = await remote.script(guestDeviceScript, ["state", guest.domain], {
    timeoutMs: answerTimeoutMs,
  });
  return result.stdout.trim();
}

async function gaveUp({ remote }: Site, guest: InventoryGuest, sentence: string): Promise<ActivationError> {
  const result = await remote.run(["tail", "-n", String(consoleLines), guest.consolePath], {
    timeoutMs: answerTimeoutMs,
  });
  const lines = stripVTControlCharacters(result.stdout)
    .split(/\r?\n/)
    .map((line) => line.replace(/[^\x20-\x7e]/g, "").trim())
    .filter((line) => line !== "");
  return new ActivationError(
    `${sentence}; ${lines.length === 0 ? `its console ${guest.consolePath} is empty` : `its console ends with: ${lines.join(" | ")}`}`,
  );
}
