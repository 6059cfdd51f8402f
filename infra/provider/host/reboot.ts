/** One reboot of a host, proven by a changed boot id. */
import { setTimeout as sleep } from "node:timers/promises";
import { RemoteError } from "../../remote/remote.ts";
import { type HostAccess, HostError } from "./access.ts";

const bootIdPath = "/proc/sys/kernel/random/boot_id";

/** Pauses between questions; a test makes them short. */
export interface WaitPace {
  /** Milliseconds between two attempts to reach the host. */
  readonly intervalMs: number;
}

/** The pace for real hosts. */
export const realPace: WaitPace = { intervalMs: 1000 };

/** The identifier that the kernel makes at each boot. */
export async function readBootId(access: HostAccess): Promise<string> {
  const bootId = (await access.read([`content:${bootIdPath}`])).value(bootIdPath);
  if (bootId === undefined) throw new HostError(`${access.description} has no ${bootIdPath}`);
  return bootId;
}

/**
 * Reboots once and waits until the host answers from another boot. An answer alone proves nothing: the old boot still
 * gives some. Throws HostError when the time is over.
 * @param timeoutSeconds from the order to the first answer of the new boot
 */
export async function reboot(
  access: HostAccess,
  timeoutSeconds: number,
  signal: AbortSignal,
  pace: WaitPace = realPace,
): Promise<void> {
  const former = await readBootId(access);
  // By a timer, so that this command returns before the connection goes; without the accuracy it may take a minute.
  await access.apply([
    {
      kind: "run",
      command: ["systemd-run", "--on-active=1", "--timer-property=AccuracySec=100ms", "systemctl", "reboot"],
    },
  ]);
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (Date.now() < deadline) {
    await access.disconnect();
    await pause(access.description, pace, signal);
    try {
      if ((await readBootId(access)) !== former) return;
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
  throw new HostError(`${access.description} did not come back within ${timeoutSeconds} s after its reboot`);
}

/** Waits before the next question. Throws HostError when the user has interrupted the deployment. */
export async function pause(description: string, pace: WaitPace, signal: AbortSignal): Promise<void> {
  try {
    await sleep(pace.intervalMs, undefined, { signal });
  } catch {
    throw new HostError(`interrupted while waiting for ${description}`);
  }
}

/** Whether a host that is starting or stopping may give this error for a while. */
export function isTransient(error: unknown): boolean {
  if (error instanceof RemoteError) return error.failure === "unreachable" || error.failure === "other";
  return error instanceof HostError;
}
