/** Waits for a guest: by its console until its init says how it ended, and then by one command in it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { connectionSchema } from "../inventory.ts";
import { type Remote, RemoteError } from "../remote/remote.ts";

export const waitRequestSchema = z.strictObject({
  nodeName: z.string(),
  connection: connectionSchema,
  socketDirectory: z.string(),
  elevation: z.array(z.string()),
  guest: z.string(),
  domain: z.string(),
  commandPrefix: z.array(z.string()),
  consolePath: z.string(),
  timeoutSeconds: z.int().min(1),
});
export type WaitRequest = z.infer<typeof waitRequestSchema>;

/** The guest is not ready and won't be; the message tells why, and below it the end of the console. */
export class GuestWaitError extends Error {}

/** Time as the wait sees it. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Seconds that one look on the node waits for the guest at most. */
const lookSeconds = 20;
/** Milliseconds until a node that did not answer is asked again. */
const unansweredMs = 2_000;
/** Milliseconds for a command on a node that is busy with booting guests, beyond what the command itself waits. */
const nodeTimeoutMs = 60_000;
/** Milliseconds that the first login in a guest is given, however late the guest was. */
const shortestLoginMs = 120_000;
const consoleLines = 15;
const statusFile = "/run/testbed-guest/status";

const lookScript = readFileSync(join(import.meta.dirname, "on-node", "look-at-guest.sh"), "utf8");

/** How far a guest is, from what look-at-guest.sh printed. */
export type GuestProgress =
  | { readonly state: "booting" | "ready" | "gone" }
  | { readonly state: "failed"; readonly reason: string };

/** Reads what look-at-guest.sh printed. Pure. */
export function readProgress(printed: string): GuestProgress {
  const [state = "", said = ""] = printed.trimEnd().split("\n");
  // A guest that failed may have powered itself off: what it said tells more than that it is gone.
  const failure = /^testbed-guest: failed:?\s*(.*)$/.exec(said.trimEnd());
  if (failure !== null) return { state: "failed", reason: failure[1] || "an unknown step" };
  if (state !== "running") return { state: "gone" };
  return { state: /^testbed-guest: ready\b/.test(said) ? "ready" : "booting" };
}

/** Waits on the node until the guest is no longer booting, or for the seconds; null: the node was too busy to answer. */
async function lookAtGuest(
  remote: Remote,
  look: readonly string[],
  seconds: number,
): Promise<GuestProgress | null> {
  try {
    const seen = await remote.run([...look, String(seconds)], {
      timeoutMs: seconds * 1000 + nodeTimeoutMs,
    });
    if (seen.timedOut) return null;
    if (seen.exitCode === 0) return readProgress(seen.stdout);
    throw new GuestWaitError(`${remote.description} can't be looked at: ${seen.stderr.trim()}`);
  } catch (error) {
    if (error instanceof RemoteError && error.failure === "unreachable") return null;
    throw error;
  }
}

/**
 * Returns when the guest is ready.
 * @returns seconds that it took
 * @throws GuestWaitError when it failed, is gone, or is not ready in time
 */
export async function waitForGuest(remote: Remote, request: WaitRequest, clock: Clock): Promise<number> {
  const { guest, domain, consolePath, elevation, timeoutSeconds } = request;
  const begin = clock.now();
  const remainingMs = (): number => begin + timeoutSeconds * 1000 - clock.now();
  const fail = async (sentence: string): Promise<never> => {
    const tail = [...elevation, "tail", "-n", String(consoleLines), consolePath];
    const { stdout } = await remote.run(tail, { timeoutMs: nodeTimeoutMs });
    const lines = stdout.replaceAll("\r", "").trimEnd();
    throw new GuestWaitError(
      lines === ""
        ? `${sentence} Its console has nothing.`
        : `${sentence} Its console ends with:\n${lines.replaceAll(/^/gm, "    ")}`,
    );
  };
  const late = () =>
    fail(
      `Guest ${guest} on ${remote.description} was not ready within ${timeoutSeconds} s (guest.readyTimeoutSeconds).`,
    );
  const failed = (reason: string) =>
    fail(`Guest ${guest} on ${remote.description} came up, but a step failed in it: ${reason}.`);

  const look = [...elevation, "sh", "-c", lookScript, "look-at-guest", domain, consolePath];
  for (;;) {
    const seconds = Math.max(0, Math.min(lookSeconds, Math.floor(remainingMs() / 1000)));
    const progress = await lookAtGuest(remote, look, seconds);
    if (progress?.state === "ready") break;
    if (progress?.state === "gone") {
      return fail(
        `Guest ${guest} (domain ${domain}) does not run on ${remote.description}; virsh start ${domain} there shows why.`,
      );
    }
    if (progress?.state === "failed") return failed(progress.reason);
    if (remainingMs() < 1000) return late();
    if (progress === null) await clock.sleep(unansweredMs);
  }
  // The first login also opens the connection that all later commands share.
  const asked = await remote.run([...request.commandPrefix, "cat", statusFile], {
    timeoutMs: Math.max(remainingMs(), shortestLoginMs),
  });
  if (asked.timedOut) return late();
  const lines = asked.stdout.trimEnd().split("\n");
  if (asked.exitCode === 0 && lines.at(-1) === "ready") return (clock.now() - begin) / 1000;
  const step = lines.find((line) => line.startsWith("failed "));
  if (step !== undefined) return failed(step.slice("failed ".length));
  const said = asked.stderr.trim().split("\n").at(-1) || `exit status ${asked.exitCode ?? "none"}`;
  return fail(`Guest ${guest} on ${remote.description} is up but can't be logged in to: ${said}.`);
}
