/** A plan while it is made. */
import type { GuestState } from "./node-state.ts";
import type { Step } from "./steps.ts";

/** Collects steps, and knows what guests are like when those so far are done. */
export class StepPlan {
  readonly #steps: Step[] = [];
  readonly #guestStates: Map<string, GuestState["state"]>;
  readonly #awaited = new Set<string>();

  /** @param guests as they are before the first step */
  constructor(guests: readonly GuestState[]) {
    this.#guestStates = new Map(guests.map(({ name, state }) => [name, state]));
  }

  /** In the order in which they are to be done. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  add(step: Step): void {
    this.#steps.push(step);
  }

  /** What a guest is like after the steps so far. */
  stateOf(guest: string): GuestState["state"] | undefined {
    return this.#guestStates.get(guest);
  }

  /** Has a guest run, and answer when it did not run before. */
  runGuest(guest: string): void {
    const state = this.#guestStates.get(guest);
    if (state === "paused") this.add({ kind: "resume-guest", guest });
    else if (state === "shut-off") this.add({ kind: "start-guest", guest });
    else return;
    this.#guestStates.set(guest, "running");
    this.awaitGuest(guest);
  }

  /**
   * A guest that is to let something go must run. Whether it answers is not asked beforehand, which on an emulated node takes a second or two:
   * that it has let go says so, and one that does not is waited for then (see execute.ts).
   */
  letGo(guest: string): void {
    this.runGuest(guest);
    this.#awaited.add(guest);
  }

  /** A device comes only with the guest's help. */
  awaitGuest(guest: string): void {
    this.runGuest(guest);
    if (this.#awaited.has(guest)) return;
    this.#awaited.add(guest);
    this.add({ kind: "await-guest", guest });
  }
}
