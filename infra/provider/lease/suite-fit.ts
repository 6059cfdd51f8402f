/** Whether a suite fits into a lease, in sentences. Pure. */
import { leaseMarginSeconds, preparationSeconds } from "../../../benchmarks/estimate/rates.ts";
import { maximumLeaseHours } from "../../openstack/chameleon.ts";
import { hourMs, toBlazarTime } from "../../openstack/lease-time.ts";
import { nodeHours, type SuiteNeeds } from "./inputs.ts";

/** A lease as it is, or would be. */
export interface LeaseSpan {
  readonly count: number;
  readonly hours: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly nowMs: number;
  /** Its servers are still to be made. */
  readonly isNew: boolean;
}

/** Lease hours are advised in halves. */
const hourSteps = 2;

/** Seconds of a lease that a suite can have, without those for preparing nodes and for giving adapters back. */
function secondsForSuite({ startMs, endMs, nowMs, isNew }: LeaseSpan): number {
  const spanSeconds = (endMs - Math.max(startMs, nowMs)) / 1000;
  return Math.max(0, spanSeconds - leaseMarginSeconds - (isNew ? preparationSeconds : 0));
}

/** Node-hours, end, and the suite's time, in one line. */
export function leaseLine(
  span: LeaseSpan,
  nodeType: string,
  site: string,
  needs: SuiteNeeds | undefined,
): string {
  const lease =
    `${span.count} nodes of type ${nodeType} at ${site} for ${span.hours} hours: ${nodeHours(span)} node-hours, ` +
    `from ${toBlazarTime(span.startMs)} to ${toBlazarTime(span.endMs)} UTC`;
  if (needs === undefined) return lease;
  if (needs.isDone && !span.isNew) return `${lease}; the suite is done`;
  const { seconds, mostSeconds, isContinued } = needs;
  const most = mostSeconds > seconds ? ` (at most ${hoursText(mostSeconds)})` : "";
  const verdict = seconds <= secondsForSuite(span) ? "fits" : "does not fit";
  return (
    `${lease}; ${isContinued ? "what is left of the suite" : "the suite"} takes about ${hoursText(seconds)}${most} of the ` +
    `${hoursText(secondsForSuite(span))} that it can have, and ${verdict}`
  );
}

/** Why a lease is too short, and what would fit; null: it is not. */
export function suiteMisfit(span: LeaseSpan, needs: SuiteNeeds): string | null {
  const { seconds, secondsPerBlock, launches, isContinued, isDone } = needs;
  const available = secondsForSuite(span);
  if (seconds <= available || (isDone && !span.isNew)) return null;
  const missingSeconds = seconds - available;
  const hours =
    Math.ceil(((span.endMs - span.startMs) / hourMs + missingSeconds / 3600) * hourSteps) / hourSteps;
  const fewer = isContinued ? 0 : launches - Math.ceil(missingSeconds / Math.max(secondsPerBlock, 1));
  const fitting = [
    ...(hours <= maximumLeaseHours ? [`nodes.leaseHours of ${hours} or more`] : []),
    ...(fewer >= 1 ? [`suite.launches of ${fewer} or fewer`] : []),
  ];
  const advice =
    fitting.length > 0
      ? fitting.join(", or ")
      : "fewer benchmarks, sizes, environments or iterations in the suite";
  return (
    `${isContinued ? "what is left of the suite" : "the suite"} takes about ${hoursText(seconds)}, and this lease has ` +
    `${hoursText(available)} for it until ${toBlazarTime(span.endMs)} UTC, without ` +
    `${span.isNew ? `${hoursText(preparationSeconds)} in which the nodes are prepared and ` : ""}` +
    `${hoursText(leaseMarginSeconds)} in which the adapters are given back; right would be ${advice}`
  );
}

/** A duration for people: minutes below two hours, else hours with one decimal. */
function hoursText(seconds: number): string {
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
