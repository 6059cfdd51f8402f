/** Taking away what a stack has on a cloud, kind after kind, each gone before the next: a lease can't go while a server stands on it. */
import { setTimeout as sleep } from "node:timers/promises";
import { CloudError } from "./cloud-error.ts";
import { findLeftovers, type Leftover, removeLeftover } from "./leftovers.ts";
import type { CloudSession } from "./session.ts";

/** A server of bare metal is cleaned before it is gone. */
const rounds = 240;
const pauseMs = 5000;

/** What is still there at the end, and the cloud's last refusal; empty when all is gone. */
export interface Remainder {
  readonly left: readonly Leftover[];
  readonly refusal: string | undefined;
}

/**
 * Removes everything of a stack's that is due, until none of it is left or twenty minutes have passed.
 * @param isDue which of what the cloud has is to go
 * @param tell is told each deletion before it is asked for
 * @param pause between two looks
 */
export async function removeLeftovers(
  session: CloudSession,
  stack: string,
  isDue: (leftover: Leftover) => boolean,
  tell: (leftover: Leftover) => void,
  pause: () => Promise<void> = () => sleep(pauseMs),
): Promise<Remainder> {
  let refusal: string | undefined;
  const look = async () => (await findLeftovers(session, stack)).filter(isDue);
  let left = await look();
  for (let round = 0; round < rounds && left.length > 0; round += 1) {
    if (round > 0) await pause();
    const kind = left[0]?.kind;
    for (const one of left.filter((item) => item.kind === kind)) {
      tell(one);
      try {
        await removeLeftover(session, one);
      } catch (error) {
        // Blazar refuses while a lease changes; what stays to the end is told then.
        if (!(error instanceof CloudError)) throw error;
        refusal = error.message;
      }
    }
    left = await look();
  }
  return { left, refusal: left.length > 0 ? refusal : undefined };
}
