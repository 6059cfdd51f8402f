/** The lease that the nodes of a run are on: the run stops before it ends, and one that was only extended needs no new run. */
import { join } from "node:path";
import type { Inventory } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { leaseMarginSeconds } from "../estimate/rates.ts";
import { type LedgerEvent, readLedger } from "./ledger.ts";
import { newestRunOf, runFiles } from "./run-directory.ts";
import { machinesDigest } from "./schedule.ts";
import { RunInterrupted, type RunOptions } from "./session.ts";

const answerTimeoutMs = 60_000;

/** The run stops because the lease of its nodes is about to end. */
export class LeaseEnds extends RunInterrupted {}

/** What ends a run from outside. */
export interface LeaseWatch {
  readonly signal: AbortSignal | undefined;
  /** Ends the watch. */
  readonly stop: () => void;
}

/**
 * Watches over the end of the lease: the signal is that of the options, and comes at the latest when only the time is left that giving the
 * adapters back takes. The time is asked of a node, which has the cloud's clock; this machine's may be wrong.
 * @throws RemoteError when the node can't be reached
 */
export async function watchLease({ inventory, remoteOf, signal }: RunOptions): Promise<LeaseWatch> {
  const [node] = inventory.nodes;
  if (inventory.lease === undefined || node === undefined) return { signal, stop: () => undefined };
  const { endsAt } = inventory.lease;
  const leftMs = Date.parse(endsAt) - (await timeOf(remoteOf(node.name))) - 1000 * leaseMarginSeconds;
  const ending = new AbortController();
  const end = (): void =>
    ending.abort(
      new LeaseEnds(
        `the lease of the nodes ends at ${endsAt}; up with a longer or a new one continues the run`,
      ),
    );
  const timer = leftMs > 0 ? setTimeout(end, leftMs) : undefined;
  if (timer === undefined) end();
  return {
    signal: signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]),
    stop: () => clearTimeout(timer),
  };
}

/** What time it is on a node, milliseconds of the epoch. */
async function timeOf(remote: Remote): Promise<number> {
  const { stdout } = await remote.run(["date", "+%s"], { timeoutMs: answerTimeoutMs });
  if (!/^\d+\n?$/.test(stdout)) throw new Error(`${remote.description} does not tell its time: "${stdout}"`);
  return Number(stdout) * 1000;
}

/** What a session's event says of the lease; empty: there is none. */
export function leaseOfSession(
  inventory: Inventory,
): Pick<Extract<LedgerEvent, { event: "session" }>, "lease"> {
  const { lease } = inventory;
  return lease === undefined
    ? {}
    : { lease: { endsAt: lease.endsAt, machinesDigest: machinesDigest(inventory) } };
}

/**
 * The newest run of a plan when it is finished and only the lease's end is another one since: a deployment that extends a lease asks for
 * the suite again, and its results stand. Null: there is something to run.
 */
export function findDoneBeforeExtension(
  stackDirectory: string,
  planDigest: string,
  inventory: Inventory,
): string | null {
  const { lease } = leaseOfSession(inventory);
  const newest = lease === undefined ? null : newestRunOf(stackDirectory, planDigest);
  if (lease === undefined || newest === null) return null;
  const { events } = readLedger(join(newest, runFiles.ledger));
  const last = events.findLast((event) => event.event === "session")?.lease;
  const isOnlyExtended = last?.machinesDigest === lease.machinesDigest && last.endsAt !== lease.endsAt;
  return isOnlyExtended && events.some(({ event }) => event === "finished") ? newest : null;
}
