/** A lease of bare-metal hosts as a resource: asked for, followed, extended in place, and given back with nothing left on it. */
import { isDeepStrictEqual } from "node:util";
import { Blazar, type BlazarLease } from "../openstack/blazar.ts";
import { CloudError } from "../openstack/cloud-error.ts";
import { CredentialsError } from "../openstack/credentials.ts";
import { explainLeaseError } from "../openstack/lease-sentence.ts";
import { toBlazarTime } from "../openstack/lease-time.ts";
import { Nova } from "../openstack/nova.ts";
import type { CloudSession } from "../openstack/session.ts";
import { schemaFailures } from "./check-inputs.ts";
import { type CloudPace, realCloudPace } from "./cloud-pace.ts";
import type { Clouds } from "./clouds.ts";
import { isOver, leaseChange, leaseDifferences } from "./lease/changes.ts";
import {
  checkPlace,
  checkSuite,
  checkTimes,
  doubtAboutNodes,
  lossOf,
  nearNodeTypes,
} from "./lease/checks.ts";
import {
  type LeaseInputs,
  leaseInputsSchema,
  leaseOutputs,
  nodeHours,
  plannedSpan,
  wantedEndMs,
} from "./lease/inputs.ts";
import { removeLease } from "./lease/remove.ts";
import { findLease, type Watch, waitUntilActive, waitUntilSettled } from "./lease/wait.ts";
import {
  type CallContext,
  type CheckFailure,
  PartialCreateError,
  type PropertyChange,
  type ResourceState,
  type ResourceType,
} from "./resource-type.ts";
import { containsUnknown, type Properties } from "./values.ts";

export class LeaseResource implements ResourceType {
  readonly token = "testbed:index:Lease";
  /** A project may have no hosts left for a second lease beside the first. */
  readonly deleteBeforeReplace = true;
  readonly #clouds: Clouds;
  readonly #pace: CloudPace;

  constructor(clouds: Clouds, pace: CloudPace = realCloudPace) {
    this.#clouds = clouds;
    this.#pace = pace;
  }

  async check(inputs: Properties, former: Properties | null, context: CallContext): Promise<CheckFailure[]> {
    const failures = schemaFailures(leaseInputsSchema, inputs);
    if (failures.length > 0 || containsUnknown(inputs)) return failures;
    const lease = leaseInputsSchema.parse(inputs);
    try {
      const session = this.#clouds.session(lease.cloud);
      const isNew = former === null || !isDeepStrictEqual(former.start, lease.start);
      const refusals = [
        ...(await checkPlace(lease, session)),
        ...(await checkTimes(lease, isNew, session, context)),
      ];
      if (refusals.length > 0) return refusals;
      const named = former?.name === lease.name ? await namedLeases(new Blazar(session), lease.name) : [];
      const present = named.find((one) => !isOver(one)) ?? null;
      if (former?.name === lease.name && present === null) {
        context.log("warning", lossOf(lease.name, named));
      }
      return checkSuite(lease, present, former?.hours, await session.nowMs(), context);
    } catch (error) {
      if (error instanceof CloudError || error instanceof CredentialsError) {
        return [{ property: "", reason: error.message }];
      }
      throw error;
    }
  }

  async diff(resource: ResourceState, inputs: Properties): Promise<PropertyChange[]> {
    const wanted = leaseInputsSchema.parse(inputs);
    const { blazar } = this.#open(wanted);
    const lease = await findLease(blazar, resource.id);
    return leaseDifferences(leaseInputsSchema.parse(resource.inputs), wanted, lease);
  }

  preview(inputs: Properties, context: CallContext): Promise<Properties> {
    if (containsUnknown(inputs)) return Promise.resolve(inputs);
    const lease = leaseInputsSchema.parse(inputs);
    const doubt = doubtAboutNodes(lease);
    if (doubt !== undefined) context.log("warning", doubt);
    return Promise.resolve({ ...inputs, nodeHours: nodeHours(lease) });
  }

  async create(inputs: Properties, context: CallContext): Promise<{ id: string; state: Properties }> {
    const wanted = leaseInputsSchema.parse(inputs);
    const { blazar, session, watch } = this.#watch(wanted, context);
    const lease =
      (await this.#findLeftOver(blazar, wanted, context)) ??
      (await explained(session, wanted, async (span) =>
        blazar.create({
          name: wanted.name,
          nodeType: wanted.nodeType,
          count: wanted.count,
          start: wanted.start === "now" ? "now" : span.startMs,
          endMs: span.endMs,
        }),
      ));
    try {
      const active = await waitUntilActive(watch, lease.id);
      return { id: lease.id, state: leaseOutputs(inputs, wanted, active) };
    } catch (error) {
      // The lease is there and costs node-hours: the state must know it, whatever has gone wrong after.
      const reason = error instanceof Error ? error.message : String(error);
      throw new PartialCreateError(lease.id, leaseOutputs(inputs, wanted, lease), reason);
    }
  }

  async read(resource: ResourceState): Promise<Properties | null> {
    const inputs = leaseInputsSchema.parse(resource.inputs);
    const lease = await findLease(this.#open(inputs).blazar, resource.id);
    return lease === null ? null : leaseOutputs(resource.inputs, inputs, lease);
  }

  async update(resource: ResourceState, inputs: Properties, context: CallContext): Promise<Properties> {
    const wanted = leaseInputsSchema.parse(inputs);
    const former = leaseInputsSchema.parse(resource.inputs);
    const { blazar, session, watch } = this.#watch(wanted, context);
    const lease = await waitUntilSettled(watch, resource.id);
    if (lease === null)
      throw new CloudError("The lease is not there any more; run up again for a new one.", 404);
    const change = leaseChange(wanted, lease, former);
    if (change !== null) {
      const endMs = change.endMs ?? wantedEndMs(wanted, lease);
      context.log("info", `lease ${lease.name} is changed; its end is then ${toBlazarTime(endMs)} UTC`);
      await explained(session, wanted, () => blazar.update(lease.id, change), {
        startMs: change.startMs ?? lease.startMs,
        endMs,
      });
    }
    return leaseOutputs(inputs, wanted, await waitUntilActive(watch, lease.id));
  }

  async delete(resource: ResourceState, context: CallContext): Promise<void> {
    const inputs = leaseInputsSchema.parse(resource.inputs);
    const { session, watch } = this.#watch(inputs, context);
    await removeLease(watch, new Nova(session), resource.id, inputs.name.replace(/^testbed-/, ""));
  }

  /**
   * A lease of this name that is in no state: an `up` was cut off between Blazar's answer and ours. It is taken as it is
   * when it is what is wanted; its name is the stack's own. Those that have ended are only records, and go.
   */
  async #findLeftOver(
    blazar: Blazar,
    wanted: LeaseInputs,
    context: CallContext,
  ): Promise<BlazarLease | undefined> {
    const named = await namedLeases(blazar, wanted.name);
    for (const lease of named.filter(({ status }) => status === "TERMINATED")) await blazar.delete(lease.id);
    const left = named.find((lease) => !isOver(lease));
    if (left === undefined) return undefined;
    const isWanted =
      left.reservation?.nodeType === wanted.nodeType && left.reservation.count === wanted.count;
    if (!isWanted) {
      throw new CloudError(
        `There is a lease "${wanted.name}" already (${left.status}, ${left.reservation?.count ?? 0} nodes of type ` +
          `${left.reservation?.nodeType ?? "unknown"}) that this stack does not know; see: npx testbed reap --owner ` +
          wanted.name.replace(/^testbed-/, ""),
        null,
      );
    }
    context.log("info", `the lease "${wanted.name}" that an interrupted up has left is taken over`);
    return left;
  }

  #open({ cloud }: LeaseInputs): { readonly session: CloudSession; readonly blazar: Blazar } {
    const session = this.#clouds.session(cloud);
    return { session, blazar: new Blazar(session) };
  }

  #watch(inputs: LeaseInputs, context: CallContext) {
    const { session, blazar } = this.#open(inputs);
    const watch: Watch = { blazar, nowMs: () => session.nowMs(), pace: this.#pace, context };
    return { session, blazar, watch };
  }
}

/** The name is the stack's own; Blazar itself lets several leases have it. */
async function namedLeases(blazar: Blazar, name: string): Promise<BlazarLease[]> {
  return (await blazar.list()).filter((lease) => lease.name === name);
}

/** Does what is asked of Blazar; its refusals become sentences. */
async function explained<Result>(
  session: CloudSession,
  wanted: LeaseInputs,
  ask: (span: { startMs: number; endMs: number }) => Promise<Result>,
  given?: { readonly startMs: number; readonly endMs: number },
): Promise<Result> {
  const span = given ?? plannedSpan(wanted, await session.nowMs());
  try {
    return await ask(span);
  } catch (error) {
    const { nodeType, count, site } = wanted;
    throw explainLeaseError(error, {
      nodeType,
      count,
      ...span,
      region: site,
      nearNodeTypes: nearNodeTypes(site, nodeType),
    });
  }
}
