/**
 * Under which activation of its environment each attempt ran, by the ledger alone. An activation begins when the adapters' owner changes or
 * something had to be done to a node or guest for it, such as starting a guest again; looking and finding everything in place begins none.
 */
import type { Ownership } from "../../infra/inventory.ts";
import type { LedgerEvent } from "./ledger.ts";

/** Who has the adapters, as far as the ledger says. */
export interface HeldActivation {
  /** Counted from 1 over the run. */
  readonly activation: number;
  readonly ownership: Ownership;
  /** The block of the last launch under it; null: none yet, or something was tried since that may have ended it. */
  readonly block: number | null;
}

/** What an event makes of the activation that held before it. */
export function heldAfter(held: HeldActivation | null, event: LedgerEvent): HeldActivation | null {
  if (event.event === "started") return held === null ? null : { ...held, block: event.block };
  if (event.event === "activation-failed") return held === null ? null : { ...held, block: null };
  if (event.event !== "activated" && event.event !== "released") return held;
  const ownership = event.event === "released" ? "host" : event.ownership;
  if (held?.ownership === ownership && event.steps.length === 0) return held;
  return { activation: (held?.activation ?? 0) + 1, ownership, block: null };
}

/** The activation of each attempt that was started. */
export function activationsOfAttempts(events: readonly LedgerEvent[]): ReadonlyMap<string, number> {
  const activations = new Map<string, number>();
  let held: HeldActivation | null = null;
  for (const event of events) {
    held = heldAfter(held, event);
    if (event.event === "started" && held !== null) activations.set(event.attempt, held.activation);
  }
  return activations;
}
