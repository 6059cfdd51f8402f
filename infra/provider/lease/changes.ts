/** What becomes of a lease whose declaration differs from what it is: nothing, a change in place, or a new one. Pure. */
import type { BlazarLease, LeaseChange } from "../../openstack/blazar.ts";
import { fromBlazarTime } from "../../openstack/lease-time.ts";
import type { PropertyChange } from "../resource-type.ts";
import { type LeaseInputs, wantedEndMs } from "./inputs.ts";

/** Whether a lease can serve no more: it has ended, is ending, or went wrong. Null: it is not there. */
export function isOver(lease: BlazarLease | null): boolean {
  return lease === null || ["TERMINATING", "TERMINATED", "DELETING", "ERROR"].includes(lease.status);
}

/** Whether hosts may have been given already; then type and start are fixed, and Blazar gives no host back. */
function hasStarted(lease: BlazarLease): boolean {
  return lease.status !== "PENDING" && lease.status !== "CREATING";
}

/**
 * The properties that differ, and whether each can be mended in place.
 * @param lease as it is now; null: it is not there any more
 */
export function leaseDifferences(
  former: LeaseInputs,
  wanted: LeaseInputs,
  lease: BlazarLease | null,
): PropertyChange[] {
  if (lease === null || isOver(lease)) return [{ property: "status", replace: true }];
  const started = hasStarted(lease);
  const changes: PropertyChange[] = [];
  for (const property of ["name", "site", "project"] as const) {
    if (former[property] !== wanted[property]) changes.push({ property, replace: true });
  }
  if (former.cloud !== wanted.cloud) changes.push({ property: "cloud", replace: false });
  const { reservation } = lease;
  if (reservation?.nodeType !== wanted.nodeType) changes.push({ property: "nodeType", replace: started });
  if (reservation?.count !== wanted.count) {
    changes.push({ property: "count", replace: started && wanted.count < (reservation?.count ?? 0) });
  }
  if (former.start !== wanted.start) {
    const isLater = wanted.start !== "now" && fromBlazarTime(wanted.start) > lease.startMs;
    changes.push({ property: "start", replace: started && isLater });
  }
  // A lease that was extended by hand is not cut short: only the declaration's own change counts.
  if (former.hours !== wanted.hours || wantedEndMs(wanted, lease) > lease.endMs) {
    changes.push({ property: "hours", replace: false });
  }
  return changes;
}

/** When a lease ends after what is due was done to it. One that was extended by hand is cut short only by the declaration's own change. */
export function dueEndMs(wanted: LeaseInputs, lease: BlazarLease, formerHours: unknown): number {
  const endMs = wantedEndMs(wanted, lease);
  return formerHours === wanted.hours ? Math.max(endMs, lease.endMs) : endMs;
}

/** What Blazar is to be told so that a lease becomes what is wanted. Null: nothing. */
export function leaseChange(
  wanted: LeaseInputs,
  lease: BlazarLease,
  former: LeaseInputs,
): LeaseChange | null {
  const startMs =
    !hasStarted(lease) && former.start !== wanted.start && wanted.start !== "now"
      ? fromBlazarTime(wanted.start)
      : undefined;
  const endMs = wantedEndMs(wanted, startMs === undefined ? lease : { ...lease, startMs });
  const isEndDue = former.hours !== wanted.hours ? endMs !== lease.endMs : endMs > lease.endMs;
  const { reservation } = lease;
  const isReservationDue =
    reservation !== null && (reservation.count !== wanted.count || reservation.nodeType !== wanted.nodeType);
  if (startMs === undefined && !isEndDue && !isReservationDue) return null;
  return {
    ...(startMs === undefined ? {} : { startMs }),
    ...(isEndDue || startMs !== undefined ? { endMs } : {}),
    ...(isReservationDue
      ? { hosts: { reservationId: reservation.id, nodeType: wanted.nodeType, count: wanted.count } }
      : {}),
  };
}
