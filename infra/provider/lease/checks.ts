/** What of a lease can be judged before it is asked for. */
import { nearest } from "../../config-problems.ts";
import type { BlazarLease } from "../../openstack/blazar.ts";
import { chameleonSites } from "../../openstack/chameleon.ts";
import { minuteMs, toBlazarTime } from "../../openstack/lease-time.ts";
import type { CloudSession } from "../../openstack/session.ts";
import type { CallContext, CheckFailure } from "../resource-type.ts";
import { dueEndMs } from "./changes.ts";
import { type LeaseInputs, plannedSpan } from "./inputs.ts";
import { type LeaseSpan, leaseLine, suiteMisfit } from "./suite-fit.ts";

/** Whether the credentials are for the site and the project that the stack names. */
export async function checkPlace(
  { site, project }: Pick<LeaseInputs, "site" | "project">,
  session: CloudSession,
): Promise<CheckFailure[]> {
  const [region, owner] = [await session.region(), await session.project()];
  const failures: CheckFailure[] = [];
  if (region !== site) {
    failures.push({
      property: "site",
      reason: `site is ${site}, but the credentials are for ${region}: each site has credentials of its own`,
    });
  }
  if (owner.name !== project && owner.id !== project) {
    failures.push({
      property: "project",
      reason: `project is ${project}, but the credentials are for ${owner.name}; an application credential has one project`,
    });
  }
  return failures;
}

/**
 * Whether the lease's times make sense by the cloud's clock.
 * @param isNew the lease is not there yet, or its start was changed
 */
export async function checkTimes(
  inputs: LeaseInputs,
  isNew: boolean,
  session: CloudSession,
  context: CallContext,
): Promise<CheckFailure[]> {
  const aheadMinutes = Math.round((await session.clockAheadMs()) / minuteMs);
  if (aheadMinutes !== 0) {
    context.log(
      "warning",
      `this machine's clock is ${Math.abs(aheadMinutes)} minutes ${aheadMinutes > 0 ? "ahead of" : "behind"} the cloud's; ` +
        "the lease is reckoned by the cloud's clock",
    );
  }
  const nowMs = await session.nowMs();
  const { startMs } = plannedSpan(inputs, nowMs);
  if (!isNew || inputs.start === "now" || startMs > nowMs) return [];
  return [
    {
      property: "start",
      reason: `start is ${inputs.start}, and at ${inputs.site} it is ${toBlazarTime(nowMs)} UTC; right would be a later time, or "now"`,
    },
  ];
}

/**
 * Says what the lease is and costs, and whether its suite ends before it does.
 * @param lease as it is; null: a new one is needed
 * @param formerHours that it was last declared with
 */
export function checkSuite(
  inputs: LeaseInputs,
  lease: BlazarLease | null,
  formerHours: unknown,
  nowMs: number,
  context: CallContext,
): CheckFailure[] {
  const planned = plannedSpan(inputs, nowMs);
  const span: LeaseSpan = {
    count: inputs.count,
    hours: inputs.hours,
    startMs: lease?.startMs ?? planned.startMs,
    endMs: lease === null ? planned.endMs : dueEndMs(inputs, lease, formerHours),
    nowMs,
    isNew: lease === null,
  };
  context.log("info", leaseLine(span, inputs.nodeType, inputs.site, inputs.suite));
  const misfit = inputs.suite === undefined ? null : suiteMisfit(span, inputs.suite);
  return misfit === null ? [] : [{ property: "hours", reason: misfit }];
}

/**
 * What has become of a lease that the stack had and that serves no more.
 * @param named those of its name that there still are: all of them are over
 */
export function lossOf(name: string, named: readonly BlazarLease[]): string {
  const last = [...named].sort((one, other) => other.endMs - one.endMs)[0];
  const what =
    last === undefined
      ? "is not there any more: somebody has deleted it"
      : `is ${last.status}${last.status === "ERROR" ? "" : `: its end was ${toBlazarTime(last.endMs)} UTC`}`;
  return `the lease "${name}" ${what}; a new one is needed, and its servers are made anew`;
}

/** What the site is known to have speaks against a type or a number: a warning only, as it may have changed. */
export function doubtAboutNodes({ site, nodeType, count }: LeaseInputs): string | undefined {
  const types = chameleonSites[site]?.nodeTypes;
  if (types === undefined) return undefined;
  const known = types[nodeType];
  if (known === undefined) {
    const near = nearNodeTypes(site, nodeType);
    const hint = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
    return `${site} is not known to have nodes of type ${nodeType}${hint}`;
  }
  return known < count
    ? `${site} is known to have ${known} nodes of type ${nodeType}, not ${count}`
    : undefined;
}

/** Types that a site is known to have and that a word may stand for; empty for the right word. */
export function nearNodeTypes(site: string, nodeType: string): string[] {
  const types = Object.keys(chameleonSites[site]?.nodeTypes ?? {});
  if (types.includes(nodeType)) return [];
  const best = nearest(nodeType, types);
  return best === undefined ? types.slice(0, 3) : [best];
}
