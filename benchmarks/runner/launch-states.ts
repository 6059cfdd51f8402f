/** What a ledger says about each launch of the plan, pure: how resuming and summarising agree on what was done. */
import type { LedgerEvent } from "./ledger.ts";
import type { Launch } from "./schedule.ts";

export type Outcome = Extract<LedgerEvent, { event: "valid" | "refused" }>;

export interface LaunchState {
  readonly launch: Launch;
  /** Attempts begun, also those that a killed runner left without an outcome. */
  readonly attemptsStarted: number;
  readonly valid: Outcome | null;
  readonly refusals: readonly Extract<LedgerEvent, { event: "refused" }>[];
  /** Why the launch could not be tried in this run; null when it could. */
  readonly notAvailable: string | null;
  /** Why its environment could not be made active when its turn came; null when it could, or was never tried. */
  readonly notStarted: string | null;
}

/** One state for each launch, in the plan's order. */
export function launchStates(launches: readonly Launch[], events: readonly LedgerEvent[]): LaunchState[] {
  const states = launches.map((launch) => ({
    launch,
    attemptsStarted: 0,
    valid: null as Outcome | null,
    refusals: [] as Extract<LedgerEvent, { event: "refused" }>[],
    notAvailable: null as string | null,
    notStarted: null as string | null,
  }));
  const byNumber = new Map(states.map((state) => [state.launch.launch, state]));
  for (const event of events) {
    if (!("launch" in event)) continue;
    const state = byNumber.get(event.launch);
    if (state === undefined) continue;
    if (event.event === "started") state.attemptsStarted += 1;
    else if (event.event === "valid") state.valid = event;
    else if (event.event === "refused") state.refusals.push(event);
    else if (event.event === "not-available") state.notAvailable = event.reason;
    else if (event.event === "not-started") state.notStarted = event.reason;
  }
  return states;
}

/**
 * Whether nothing is left to try: it is valid, can't be had, or was refused as often as allowed. A launch whose environment
 * could not be made active is not settled: that costs it none of its tries.
 */
export function isSettled(state: LaunchState, retries: number): boolean {
  return state.valid !== null || state.notAvailable !== null || state.refusals.length > retries;
}
