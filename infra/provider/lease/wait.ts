/** Following a lease from state to state until it is of use, or never will be. */
import type { Blazar, BlazarLease } from "../../openstack/blazar.ts";
import { CloudError, isNotFound } from "../../openstack/cloud-error.ts";
import { minuteMs, toBlazarTime } from "../../openstack/lease-time.ts";
import type { CloudPace } from "../cloud-pace.ts";
import type { CallContext } from "../resource-type.ts";

/** After its start a lease is PENDING for Blazar's own rhythm (10 s) and STARTING while hosts are set aside (seconds). */
const startLimitMs = 10 * minuteMs;
/** How long UPDATING, STARTING or an ending may take before a deletion gives up on them. */
const settleLimitMs = 10 * minuteMs;
/** While a start is far away, a sign of life now and then is enough. */
const progressMs = 10 * minuteMs;

/** What is needed to follow a lease. */
export interface Watch {
  readonly blazar: Blazar;
  readonly nowMs: () => Promise<number>;
  readonly pace: CloudPace;
  readonly context: CallContext;
}

/** The lease as it is; null: it is not there. */
export async function findLease(blazar: Blazar, id: string): Promise<BlazarLease | null> {
  try {
    return await blazar.show(id);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/**
 * Waits until a lease is ACTIVE, however far its start is away.
 * @throws CloudError when it never will be
 */
export async function waitUntilActive(watch: Watch, id: string): Promise<BlazarLease> {
  const { blazar, nowMs, pace, context } = watch;
  let told = "";
  let toldMs = 0;
  for (;;) {
    const lease = await findLease(blazar, id);
    if (lease === null)
      throw new CloudError("The lease was deleted while it was waited for; run up again.", 404);
    const now = await nowMs();
    if (lease.status === "ACTIVE") return lease;
    if (lease.status === "ERROR") {
      throw new CloudError(
        `The lease "${lease.name}" went into ERROR at its start, as it does when Nova is down; run up again, which replaces it.`,
        null,
      );
    }
    if (["TERMINATING", "TERMINATED", "DELETING"].includes(lease.status)) {
      throw new CloudError(
        `The lease "${lease.name}" is ${lease.status} (its end was ${toBlazarTime(lease.endMs)} UTC); run up again for a new one.`,
        null,
      );
    }
    if (now > lease.startMs + startLimitMs) {
      throw new CloudError(
        `The lease "${lease.name}" is still ${lease.status}, ${Math.round((now - lease.startMs) / minuteMs)} minutes after ` +
          "its start: the site's Blazar does not get on. Run up again later; the lease is kept.",
        null,
      );
    }
    if (told !== lease.status || now - toldMs > progressMs) {
      context.log("info", progress(lease, now));
      told = lease.status;
      toldMs = now;
    }
    await pace.sleep(pace.pauseMs, context.signal);
  }
}

function progress(lease: BlazarLease, nowMs: number): string {
  const minutes = Math.ceil((lease.startMs - nowMs) / minuteMs);
  if (lease.status !== "PENDING" || minutes < 1) return `lease ${lease.name} is ${lease.status}`;
  return (
    `lease ${lease.name} starts at ${toBlazarTime(lease.startMs)} UTC, in ${minutes} minutes; interrupt if you like: ` +
    "the lease is kept, and the next up goes on from there"
  );
}

/** Waits until Blazar lets the lease be touched. Null: it has gone meanwhile. */
export async function waitUntilSettled(watch: Watch, id: string): Promise<BlazarLease | null> {
  const { blazar, nowMs, pace, context } = watch;
  const deadline = (await nowMs()) + settleLimitMs;
  for (;;) {
    const lease = await findLease(blazar, id);
    if (lease === null || !isInTransition(lease)) return lease;
    if ((await nowMs()) > deadline) {
      throw new CloudError(
        `The lease "${lease.name}" has been ${lease.status} for ten minutes; try again later.`,
        null,
      );
    }
    context.log("info", `lease ${lease.name} is ${lease.status}: waiting until it may be touched`);
    await pace.sleep(pace.pauseMs, context.signal);
  }
}

function isInTransition({ status }: BlazarLease): boolean {
  return ["CREATING", "STARTING", "UPDATING", "TERMINATING", "DELETING"].includes(status);
}
