/** Does one step of a plan on a node. */
import type { RemoteResult } from "../../infra/remote/remote.ts";
import { ActivationError } from "./activation.ts";
import { awaitGuest, startGuest } from "./guest.ts";
import { memoryFile } from "./observe.ts";
import { adapterScript, guestDeviceScript } from "./scripts.ts";
import { reasonOf, type Site } from "./site.ts";
import { describeStep, type Step } from "./steps.ts";
import { guestNamed } from "./target.ts";

/** The scripts end their own waits before that, with a sentence of what did not happen. */
const stepTimeoutMs = 300_000;

/** Does a step and waits for its effect. Throws ActivationError when there is none, RemoteError when the node can't be reached. */
export async function executeStep(site: Site, step: Step): Promise<void> {
  const { node } = site;
  switch (step.kind) {
    case "await-guest":
      return awaitGuest(site, guestNamed(node, step.guest));
    case "start-guest":
      return startGuest(site, guestNamed(node, step.guest));
  }
  const { text, words } = commandOf(step, site);
  const attempt = (): Promise<RemoteResult> => site.remote.script(text, words, { timeoutMs: stepTimeoutMs });
  let result = await attempt();
  if (result.exitCode !== 0 && (step.kind === "detach-device" || step.kind === "detach-interface")) {
    // A guest that is still booting does not hear that a device is to go.
    await awaitGuest(site, guestNamed(node, step.guest));
    result = await attempt();
  }
  if (result.exitCode !== 0) {
    throw new ActivationError(
      `${node.name} could not ${describeStep(step, node.adapter.pciAddress)}: ${reasonOf(result)}`,
    );
  }
}

function commandOf(
  step: Step,
  { node, inventory }: Site,
): { readonly text: string; readonly words: string[] } {
  const { pciAddress, driver } = node.adapter;
  const onAdapter = (...words: string[]) => ({
    text: adapterScript,
    words: [step.kind, pciAddress, memoryFile(inventory.stack), ...words],
  });
  const onGuest = (verb: string, guest: string, ...words: string[]) => ({
    text: guestDeviceScript,
    words: [verb, guestNamed(node, guest).domain, ...words],
  });
  switch (step.kind) {
    case "start-guest":
    case "await-guest":
      throw new TypeError(`${step.kind} is no step of one script`);
    case "resume-guest":
      return onGuest("resume", step.guest);
    case "pause-guest":
      return onGuest("pause", step.guest);
    case "attach-device":
      return onGuest(step.kind, step.guest, pciAddress, indexWord(step.virtualFunction));
    case "detach-device":
      return onGuest(step.kind, step.guest, step.pciAddress, step.pciAddress === pciAddress ? driver : "-");
    case "attach-interface":
      return onGuest(step.kind, step.guest, pciAddress, step.macAddress);
    case "detach-interface":
      return onGuest(step.kind, step.guest, step.macAddress);
    case "stop-driver-probing":
    case "bind-adapter":
    case "remember-network":
    case "restore-network":
      return onAdapter();
    case "set-virtual-functions":
      return onAdapter(String(step.count));
    case "release-virtual-function":
    case "bind-virtual-function":
      return onAdapter(String(step.virtualFunction));
    case "set-virtual-function-mac":
      return onAdapter(String(step.virtualFunction), step.macAddress);
    case "virtual-function-network":
      return onAdapter(String(step.virtualFunction), step.address, String(step.prefixLength));
    case "add-soft-roce":
      return onAdapter(step.rdmaDevice, indexWord(step.virtualFunction));
    case "remove-soft-roce":
      return onAdapter(step.rdmaDevice);
  }
}

function indexWord(virtualFunction: number | null): string {
  return virtualFunction === null ? "-" : String(virtualFunction);
}
