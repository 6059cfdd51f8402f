/** A node as the parts of an activation see it, and what they say when something fails there. */
import type { Inventory, InventoryNode } from "../../infra/inventory.ts";
import type { Remote, RemoteResult } from "../../infra/remote/remote.ts";

/** Time, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Ends early, with an error, when the signal comes. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Site {
  readonly inventory: Pick<Inventory, "stack">;
  readonly node: InventoryNode;
  readonly remote: Remote;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Why a script failed: the last line that it printed about it. */
export function reasonOf({ stderr, timedOut, exitCode }: RemoteResult): string {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (said !== "") return said;
  return timedOut ? "it took too long" : `it ended with status ${exitCode ?? "unknown"} and said nothing`;
}
