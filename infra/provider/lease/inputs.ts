/** The inputs and outputs of a lease. */
import * as z from "zod";
import type { BlazarLease } from "../../openstack/blazar.ts";
import { fromBlazarTime, hourMs, nextMinuteMs } from "../../openstack/lease-time.ts";
import type { Properties } from "../values.ts";

/** A shorter one is over before its hosts are started. */
const minimumHours = 0.05;

const startSchema = z
  .string()
  .refine((text) => text === "now" || isTime(text), 'must be "now", or a time in UTC as in 2026-11-23 12:55');

/** What the suite of a stack needs (benchmarks/estimate/estimate.ts). */
const suiteNeedsSchema = z.strictObject({
  seconds: z.number().min(0),
  /** As many as a stopping rule allows. */
  mostSeconds: z.number().min(0),
  secondsPerBlock: z.number().min(0),
  launches: z.int().min(1),
  /** A part of the suite is done, and would not be with another number of launches. */
  isContinued: z.boolean(),
  /** The suite has been run to its end: only machines that are made anew would run it again. */
  isDone: z.boolean(),
});
export type SuiteNeeds = z.infer<typeof suiteNeedsSchema>;

export const leaseInputsSchema = z.strictObject({
  name: z.string().min(1),
  /** Entry of clouds.yaml; absent: see readCredentials. */
  cloud: z.string().min(1).optional(),
  site: z.string().min(1),
  project: z.string().min(1),
  nodeType: z.string().min(1),
  count: z.int().min(1),
  start: startSchema,
  hours: z
    .number()
    .min(minimumHours, `must be ${minimumHours} at least: a lease of seconds ends before its nodes start`),
  /** What is to be run on it; absent: nothing that it could be too short for. */
  suite: suiteNeedsSchema.optional(),
});
export type LeaseInputs = z.infer<typeof leaseInputsSchema>;

function isTime(text: string): boolean {
  try {
    fromBlazarTime(text);
    return true;
  } catch {
    return false;
  }
}

/** When a new lease would start and end, milliseconds of the epoch. */
export function plannedSpan(
  { start, hours }: LeaseInputs,
  nowMs: number,
): { startMs: number; endMs: number } {
  const startMs = start === "now" ? nextMinuteMs(nowMs) : fromBlazarTime(start);
  return { startMs, endMs: nextMinuteMs(startMs + hours * hourMs) };
}

/** Until when a lease that has its start is to last. */
export function wantedEndMs({ hours }: LeaseInputs, lease: BlazarLease): number {
  return nextMinuteMs(lease.startMs + hours * hourMs);
}

/** Hours that the project is charged for. */
export function nodeHours({ count, hours }: Pick<LeaseInputs, "count" | "hours">): number {
  return Math.round(count * hours * 10) / 10;
}

/** The resource's outputs for a lease as it is. */
export function leaseOutputs(inputs: Properties, parsed: LeaseInputs, lease: BlazarLease): Properties {
  return {
    ...inputs,
    leaseId: lease.id,
    reservationId: lease.reservation?.id,
    status: lease.status,
    startsAt: new Date(lease.startMs).toISOString(),
    endsAt: new Date(lease.endMs).toISOString(),
    nodeHours: nodeHours(parsed),
  };
}
