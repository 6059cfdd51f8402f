/**
 * Waits until a guest is ready. Run as `wait-for-guest.ts wait` with the request as JSON in TESTBED_REQUEST; prints
 * `{"seconds": …}`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RemoteError } from "../remote/remote.ts";
import { SshRemote } from "../remote/ssh.ts";
import { GuestWaitError, waitForGuest, waitRequestSchema } from "./guest-wait.ts";

async function main(): Promise<void> {
  const request = waitRequestSchema.parse(JSON.parse(process.env.TESTBED_REQUEST ?? "null"));
  if (process.argv[2] !== "wait") throw new GuestWaitError("usage: wait-for-guest.ts wait");
  const remote = new SshRemote(request.nodeName, request.connection, request.socketDirectory);
  const name = `${request.nodeName} ${request.guest}`;
  process.stderr.write(`${name}: waiting for the guest, ${request.timeoutSeconds} s at most\n`);
  const seconds = await waitForGuest(remote, request, { now: () => Date.now(), sleep });
  process.stderr.write(`${name}: ready after ${Math.round(seconds)} s\n`);
  process.stdout.write(`${JSON.stringify({ seconds })}\n`);
}

// Pulumi waits for this program when it is interrupted; the wait is for nothing then. Leaving ends the ssh that is running.
for (const [signal, status] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.on(signal, () => process.exit(status));
}
try {
  await main();
} catch (error) {
  if (!(error instanceof GuestWaitError || error instanceof RemoteError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
