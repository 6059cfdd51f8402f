/** How long launches and activations took in a run, by its ledger. Pure. */
import type { Ownership } from "../../infra/inventory.ts";
import type { LedgerEvent } from "../runner/ledger.ts";
import type { LaunchContent } from "../runner/schedule.ts";

/** Means of what was measured; a key that is not there was not. */
export interface MeasuredSeconds {
  readonly launches: ReadonlyMap<string, number>;
  readonly activations: ReadonlyMap<Ownership, number>;
}

/** The key of launches that take equally long. */
export function durationKey({ benchmark, environment, sizesBytes }: LaunchContent): string {
  return `${benchmark} ${environment} ${sizesBytes.join(",")}`;
}

/** The means of a ledger's valid launches, and of its activations that did something. */
export function measuredSeconds(events: readonly LedgerEvent[]): MeasuredSeconds {
  const keys = new Map<string, string>();
  const launches: [string, number][] = [];
  const activations: [Ownership, number][] = [];
  for (const event of events) {
    if (event.event === "started") keys.set(event.attempt, durationKey(event));
    else if (event.event === "valid") {
      const key = keys.get(event.attempt);
      if (key !== undefined) launches.push([key, event.seconds]);
    } else if (event.event === "activated" && event.steps.length > 0) {
      activations.push([event.ownership, event.seconds]);
    }
  }
  return { launches: means(launches), activations: means(activations) };
}

function means<Key>(pairs: readonly (readonly [Key, number])[]): Map<Key, number> {
  return new Map(
    [...Map.groupBy(pairs, ([key]) => key)].map(([key, members]) => [
      key,
      members.reduce((total, [, seconds]) => total + seconds, 0) / members.length,
    ]),
  );
}
