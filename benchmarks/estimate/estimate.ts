/** How long a suite takes, pure: a function of suite and nodes, and of what a run of it has measured and done already. */

import type { Fidelity } from "../../infra/inventory.ts";
import { stoppingRule } from "../runner/assessment.ts";
import { isSettled, launchStates } from "../runner/launch-states.ts";
import type { LedgerEvent } from "../runner/ledger.ts";
import { type Launch, ownershipOf, scheduleLaunches } from "../runner/schedule.ts";
import type { Suite } from "../suite.ts";
import { launchSeconds } from "./launch-seconds.ts";
import { durationKey, type MeasuredSeconds, measuredSeconds } from "./measured.ts";
import { ratesOf } from "./rates.ts";

/** What a suite is expected to take. */
export interface SuiteEstimate {
  /** What is left of it: without a former run all of it, with a stopping rule as few launches as it may end with. */
  readonly seconds: number;
  /** The same with as many launches as a stopping rule allows. */
  readonly mostSeconds: number;
  /** A launch of each cell, with the switches between their environments. */
  readonly secondsPerBlock: number;
  /** Measured launches of each cell that `seconds` is for, those that are done among them. */
  readonly launches: number;
  readonly basis: "model" | "measured";
}

/**
 * Estimates a suite.
 * @param before the ledger of a run of the same suite that would be continued; empty: there is none
 */
export function estimateSuite(
  suite: Suite,
  nodes: number,
  fidelity: Fidelity,
  before: readonly LedgerEvent[] = [],
): SuiteEstimate {
  const fewest = stoppingRule(suite, fidelity)?.fewestBlocks ?? suite.launches;
  const planned = scheduleLaunches(suite);
  const left = launchStates(planned, before).flatMap((state) =>
    isSettled(state, suite.retries) ? [] : [state.launch],
  );
  const measured = measuredSeconds(before);
  const secondsOf = (launches: readonly Launch[]): number =>
    sequenceSeconds(launches, suite, nodes, measured);
  const lastBlock = suite.warmUpLaunches + fewest;
  const blocks = Map.groupBy(planned, ({ block }) => block).size;
  const mostSeconds = secondsOf(left);
  const budgetSeconds = 60 * (suite.stop?.budgetMinutes ?? Number.POSITIVE_INFINITY);
  const seconds = secondsOf(left.filter(({ block }) => block <= lastBlock));
  return {
    seconds,
    mostSeconds: Math.max(seconds, Math.min(mostSeconds, budgetSeconds)),
    secondsPerBlock: secondsOf(planned) / blocks,
    launches: fewest,
    basis: measured.launches.size > 0 ? "measured" : "model",
  };
}

/** Launches one after the other, each owner of the adapters made active when it is another one's turn, and anew in each block. */
function sequenceSeconds(
  launches: readonly Launch[],
  suite: Suite,
  nodes: number,
  measured: MeasuredSeconds,
): number {
  const { activationSeconds } = ratesOf[suite.profile];
  const owners = new Set(launches.map(ownershipOf));
  let seconds = 0;
  let last: Launch | undefined;
  for (const launch of launches) {
    const owner = ownershipOf(launch);
    const lastOwner = last === undefined ? undefined : ownershipOf(last);
    const isAnew = last !== undefined && last.block !== launch.block && owners.size > 1;
    if (owner !== lastOwner || isAnew) {
      seconds += measured.activations.get(owner) ?? activationSeconds[owner];
      // It goes to another owner and back: statistics/design.ts.
      const other = owner === lastOwner ? [...owners].find((one) => one !== owner) : undefined;
      if (other !== undefined) seconds += measured.activations.get(other) ?? activationSeconds[other];
    }
    seconds += measured.launches.get(durationKey(launch)) ?? launchSeconds(launch, suite, nodes);
    last = launch;
  }
  return seconds;
}
