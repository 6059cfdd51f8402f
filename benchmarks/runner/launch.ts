/** One launch: the passive side in one placement and the active side in another, at the same time. */
import type { Placement } from "../../infra/inventory.ts";
import type { Remote, RemoteResult } from "../../infra/remote/remote.ts";
import type { LaunchSide } from "../catalogue/benchmark.ts";
import { endedWithin } from "./ended-within.ts";
import { clientScript, serverScript, stopScript } from "./scripts.ts";

/** Time that the passive side gets to end by itself after the active side ended well. */
const serverGraceMs = 10_000;
/** Seconds for everything around a program: connection, `docker exec`, the script itself. */
export const surroundingsSeconds = 60;

/** Where one side runs, and the way to its node. Both sides may be on one node. */
export interface Site extends LaunchSide {
  readonly remote: Remote;
}

/** `token` names the files of a launch in the environment: one for each stack, used again by its next launch. */
export interface LaunchIdentity {
  readonly token: string;
  readonly tcpPort: number;
}

export interface LaunchLimits {
  readonly timeLimitSeconds: number;
  readonly connectLimitSeconds: number;
}

/** How the sides ended. `serverStopped`: a passive side was ended by us, because the active side had failed or gone. */
export interface LaunchResult {
  readonly client: RemoteResult;
  readonly servers: readonly RemoteResult[];
  readonly serverStopped: boolean;
}

/** The words that run a script from standard input in a placement. */
export function inEnvironment(placement: Placement, words: readonly string[]): string[] {
  return [...placement.commandPrefix, "sh", "-s", "--", ...words];
}

/** The first arguments of the scripts of a side. */
export function sideWords({ placement }: Site, token: string): string[] {
  return [token, placement.rdmaDevice, String(placement.rdmaPort)];
}

/**
 * Runs both sides and waits for both. Two commands over the shared connections at the same time: no round trip is spent on
 * asking whether the server listens. Throws RemoteError when a node can't be reached.
 */
export async function runLaunch(
  server: Site,
  client: Site,
  commands: { readonly server: readonly string[]; readonly client: readonly string[] },
  limits: LaunchLimits,
  identity: LaunchIdentity,
): Promise<LaunchResult> {
  const { timeLimitSeconds, connectLimitSeconds } = limits;
  const limit = String(timeLimitSeconds + connectLimitSeconds);
  const timeoutMs = 1000 * (timeLimitSeconds + connectLimitSeconds + surroundingsSeconds);
  let serverEnded = false;
  const serverRun = server.remote
    .run(inEnvironment(server.placement, [...sideWords(server, identity.token), limit, ...commands.server]), {
      input: serverScript,
      timeoutMs,
    })
    .finally(() => {
      serverEnded = true;
    });
  // Its failure is met below by the await; without this a failure of the client first would leave it unhandled.
  serverRun.catch(() => undefined);
  let clientResult: RemoteResult | null = null;
  let serverStopped = false;
  try {
    clientResult = await client.remote.run(
      inEnvironment(client.placement, [
        ...sideWords(client, identity.token),
        String(connectLimitSeconds),
        String(timeLimitSeconds),
        ...commands.client,
      ]),
      { input: clientScript, timeoutMs },
    );
  } finally {
    if (clientResult?.exitCode === 0) await endedWithin(serverRun, serverGraceMs);
    if (!serverEnded) {
      serverStopped = true;
      await stopServer(server, identity);
    }
  }
  return { client: clientResult, servers: [await serverRun], serverStopped };
}

/** Ends what a side of a launch runs, by its process id, if it still runs. */
export async function stopServer(server: Site, identity: LaunchIdentity): Promise<void> {
  const words = [identity.token, String(identity.tcpPort)];
  await server.remote.run(inEnvironment(server.placement, words), {
    input: stopScript,
    timeoutMs: 1000 * surroundingsSeconds,
  });
}
