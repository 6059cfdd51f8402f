/** Tells a guest that is gone from a node that is gone: both look alike through two ssh connections. */
import type { EnvironmentKind, Placement } from "../../infra/inventory.ts";
import { type Remote, RemoteError, type RemoteResult } from "../../infra/remote/remote.ts";
import type { LaunchResult } from "./launch.ts";

const answerTimeoutMs = 60_000;

/**
 * The sentence of a failure that is the environment's own. The ssh that leads into a guest complains in the words of the one
 * that leads to the node, so a node that is said to be unreachable is asked once more.
 * @param remotes the nodes that took part
 * @throws RemoteError when one of the nodes can't be reached
 */
export async function environmentFailure(
  error: unknown,
  kind: EnvironmentKind,
  remotes: readonly Remote[],
): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof RemoteError)) return message;
  if (kind !== "guest") throw error;
  await Promise.all(remotes.map((remote) => remote.run(["true"], { timeoutMs: answerTimeoutMs })));
  return `the guest does not answer (${message})`;
}

/** OpenSSH's status where a connection broke; no benchmark ends with it. */
const connectionLost = 255;

/** Which guest the connection of a side broke to, as a sentence; null: none. `placements` and `results` go together. */
export function lostGuest(placements: readonly Placement[], results: readonly RemoteResult[]): string | null {
  const placement = placements.find(
    ({ guest }, index) => guest !== undefined && results[index]?.exitCode === connectionLost,
  );
  return placement === undefined
    ? null
    : `the connection into guest ${placement.guest} on ${placement.node} broke while the test ran`;
}

/** Exit statuses of a side that point at its surroundings: ssh into the guest failed, or timeout ended or killed the program. */
const surroundingStatuses: readonly (number | null)[] = [connectionLost, 124, 137, null];

/**
 * Whether a refused launch looks as if a guest has died or lost its device. Containers and hosts don't go away by themselves,
 * and the passive side that we stopped ourselves says nothing.
 */
export function guestMayBeGone(
  kind: EnvironmentKind,
  { client, servers, serverStopped }: LaunchResult,
): boolean {
  const telling = serverStopped ? servers.filter(({ exitCode }) => exitCode === connectionLost) : servers;
  const sides = [client, ...telling];
  return kind === "guest" && sides.some(({ exitCode }) => surroundingStatuses.includes(exitCode));
}
