/** Any setting as a resource: the one place where a setting's plain data meets a host. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { RemoteError } from "../remote/remote.ts";
import { schemaFailures } from "./check-inputs.ts";
import { type HostAccess, HostError } from "./host/access.ts";
import type { HostFacts } from "./host/facts.ts";
import {
  type Journal,
  journalOf,
  journalOn,
  journalRequests,
  removeJournal,
  writeJournal,
} from "./host/journal.ts";
import { type SettingNames, settingNames } from "./host/names.ts";
import type { Operation } from "./host/operations.ts";
import { realPace, reboot, type WaitPace } from "./host/reboot.ts";
import type { HostFiles } from "./host/snapshot.ts";
import { type Hosts, hostReferenceSchema, isMadeByStack } from "./hosts.ts";
import {
  type CallContext,
  type CheckFailure,
  PartialCreateError,
  type PropertyChange,
  type ResourceState,
  type ResourceType,
} from "./resource-type.ts";
import type { Change, Setting } from "./setting.ts";
import { containsUnknown, type Properties } from "./values.ts";

/** What every setting is given besides its own inputs. */
const commonSchema = z.strictObject({
  ...hostReferenceSchema.shape,
  /** Name of the Pulumi stack: part of the names of all files on the host. */
  stack: z.string().regex(/^[A-Za-z0-9_.-]+$/),
  /** Identity of an emulated machine: when it changes, the machine is a new one. */
  generation: z.string().optional(),
});
const commonKeys = Object.keys(commonSchema.shape);
const identityKeys = ["stack", "host"];

export class SettingResource<Inputs, Observed extends object, Before> implements ResourceType {
  readonly token: string;
  // The former place is put back before another is taken: both may write the same files.
  readonly deleteBeforeReplace = true;
  readonly #setting: Setting<Inputs, Observed, Before>;
  readonly #hosts: Hosts;
  readonly #pace: WaitPace;

  constructor(setting: Setting<Inputs, Observed, Before>, hosts: Hosts, pace: WaitPace = realPace) {
    this.token = `testbed:index:${setting.type}`;
    this.#setting = setting;
    this.#hosts = hosts;
    this.#pace = pace;
  }

  async check(inputs: Properties, former: Properties | null, context: CallContext): Promise<CheckFailure[]> {
    const failures = [
      ...schemaFailures(commonSchema, commonPart(inputs)),
      ...schemaFailures(this.#setting.inputsSchema, ownPart(inputs)),
    ];
    // What was accepted before is not asked of the host again: a second `up` costs no round trip.
    if (failures.length > 0 || containsUnknown(inputs) || isDeepStrictEqual(inputs, former)) return failures;
    const on = this.#place(inputs);
    try {
      const facts = await this.#hosts.facts(on.common);
      const refusals = this.#setting.refuse(on.common.host, on.own, facts);
      if (refusals.length === 0) await this.#announce(on, context);
      return refusals;
    } catch (error) {
      // A node that is not there yet, or is being made anew, can't be asked.
      if (isUnreachable(error) && isMadeByStack(on.common.source)) return [];
      return [{ property: "", reason: sentence(error) }];
    }
  }

  async diff(resource: ResourceState, inputs: Properties, context: CallContext): Promise<PropertyChange[]> {
    const replacing = new Set<string>([...identityKeys, ...this.#setting.replacedBy]);
    const changed = new Map<string, boolean>();
    for (const property of new Set([...Object.keys(inputs), ...Object.keys(resource.inputs)])) {
      const isSame = isDeepStrictEqual(inputs[property], resource.inputs[property]);
      if (!isSame) changed.set(property, replacing.has(property) && !containsUnknown(inputs[property]));
    }
    if (!containsUnknown(inputs)) {
      const { own, common } = this.#place(inputs);
      const drift = this.#drift(own, resource.state);
      for (const change of drift) changed.set(change.property, changed.get(change.property) ?? false);
      if (this.#setting.reboot?.isDue(drift)) {
        context.log("warning", `${common.host} will be rebooted once, ${this.#setting.reboot.purpose(own)}`);
      }
    }
    return [...changed].map(([property, replace]) => ({ property, replace }));
  }

  preview(inputs: Properties): Promise<Properties> {
    return Promise.resolve(inputs);
  }

  async create(inputs: Properties, context: CallContext): Promise<{ id: string; state: Properties }> {
    const on = this.#place(inputs);
    const id = `${on.common.host}/${on.names.key}`;
    try {
      return { id, state: { ...inputs, ...(await this.#converge(on, context)) } };
    } catch (error) {
      const observed = await this.#observeIfJournalled(on);
      if (observed === null) throw error;
      throw new PartialCreateError(id, { ...inputs, ...observed }, sentence(error));
    }
  }

  async read(resource: ResourceState): Promise<Properties | null> {
    const on = this.#place(resource.inputs);
    try {
      const { facts, files } = await this.#look(on);
      return { ...resource.inputs, ...this.#setting.observe(on.own, files, on.names, facts) };
    } catch (error) {
      if (isUnreachable(error) && isMadeByStack(on.common.source)) return null;
      throw error;
    }
  }

  async update(_resource: ResourceState, inputs: Properties, context: CallContext): Promise<Properties> {
    return { ...inputs, ...(await this.#converge(this.#place(inputs), context)) };
  }

  async delete(resource: ResourceState, context: CallContext): Promise<void> {
    const on = this.#place(resource.inputs);
    try {
      const { facts, files, journal } = await this.#look(on);
      if (journal === null) return;
      const before = this.#setting.beforeSchema.parse(journal.before);
      const settingContext = { inputs: on.own, names: on.names, facts, files };
      const operations = this.#setting.restore(settingContext, before, journal);
      await on.access.apply([...operations, ...removeJournal(on.names)]);
      if (this.#setting.reboot) context.log("info", this.#setting.reboot.afterRestore(on.common.host));
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      if (isMadeByStack(on.common.source)) {
        context.log("info", `${on.common.host} is gone, and the setting with it`);
        return;
      }
      throw new HostError(
        `${sentence(error)}; what was there before could not be put back. Run destroy again when the host is up, or give it up with "pulumi state delete"`,
      );
    }
  }

  /** Makes the host as it should be and returns what it then is. Does nothing that is not due. */
  async #converge(on: Place<Inputs>, context: CallContext): Promise<Observed> {
    const setting = this.#setting;
    const { facts, files, journal } = await this.#look(on);
    const refusal = setting.refuse(on.common.host, on.own, facts)[0];
    if (refusal !== undefined) throw new HostError(refusal.reason);
    const observed = setting.observe(on.own, files, on.names, facts);
    const changes = setting.compare(on.own, observed);
    const kept =
      journal ??
      journalOf(on.names, setting.writes(on.own, on.names), files, setting.remember(on.own, files));
    const operations: Operation[] = journal === null ? [writeJournal(on.names, kept)] : [];
    if (changes.length > 0) {
      const before = setting.beforeSchema.parse(kept.before);
      operations.push(...setting.apply({ inputs: on.own, names: on.names, facts, files }, before));
    }
    await on.access.apply(operations);
    if (changes.length === 0) return observed;
    if (setting.reboot?.isDue(changes)) await this.#reboot(on, context);
    return this.#verify(on, setting.reboot?.isDue(changes) === true);
  }

  async #reboot(on: Place<Inputs>, context: CallContext): Promise<void> {
    const rule = this.#setting.reboot;
    if (rule === undefined) return;
    const seconds = rule.timeoutSeconds(on.own);
    context.log("info", `${on.common.host} reboots now, ${rule.purpose(on.own)}; up to ${seconds} s`);
    const start = Date.now();
    await reboot(on.access, seconds, context.signal, this.#pace);
    this.#hosts.forget(on.common);
    context.log("info", `${on.common.host} is back after ${Math.round((Date.now() - start) / 1000)} s`);
  }

  /** Reads back. What is still not as it should be is an error: nothing is tried a second time. */
  async #verify(on: Place<Inputs>, isAfterReboot: boolean): Promise<Observed> {
    const { facts, files } = await this.#look(on);
    const observed = this.#setting.observe(on.own, files, on.names, facts);
    const left = this.#setting.compare(on.own, observed);
    if (left.length === 0) return observed;
    const found = left.map(describeChange).join(", ");
    throw new HostError(`${on.common.host}: ${isAfterReboot ? "after the reboot" : "read back,"} ${found}`);
  }

  async #observeIfJournalled(on: Place<Inputs>): Promise<Observed | null> {
    try {
      const { facts, files, journal } = await this.#look(on);
      return journal === null ? null : this.#setting.observe(on.own, files, on.names, facts);
    } catch {
      return null;
    }
  }

  /** Says what the changes will bring about, where a setting has anything to say. */
  async #announce(on: Place<Inputs>, context: CallContext): Promise<void> {
    const setting = this.#setting;
    if (setting.reboot === undefined && setting.notices === undefined) return;
    const { facts, files } = await this.#look(on);
    const changes = setting.compare(on.own, setting.observe(on.own, files, on.names, facts));
    if (setting.reboot?.isDue(changes)) {
      context.log("warning", `${on.common.host} will be rebooted once, ${setting.reboot.purpose(on.own)}`);
    }
    const settingContext = { inputs: on.own, names: on.names, facts, files };
    for (const notice of setting.notices?.(on.common.host, settingContext, changes) ?? []) {
      context.log("warning", notice);
    }
  }

  async #look(on: Place<Inputs>): Promise<{ facts: HostFacts; files: HostFiles; journal: Journal | null }> {
    const facts = await this.#hosts.facts(on.common);
    const files = await on.access.read([
      ...this.#setting.requests(on.own, on.names),
      ...journalRequests(on.names, this.#setting.writes(on.own, on.names)),
    ]);
    return { facts, files, journal: journalOn(files, on.names, on.access.description) };
  }

  #drift(own: Inputs, state: Properties): Change[] {
    const observed = this.#setting.observedSchema.safeParse(state);
    if (!observed.success) return [];
    return this.#setting.compare(own, observed.data);
  }

  #place(inputs: Properties): Place<Inputs> {
    const common = commonSchema.parse(commonPart(inputs));
    const own = this.#setting.inputsSchema.parse(ownPart(inputs));
    const { stack, generation: _generation, ...reference } = common;
    const access = this.#hosts.access(reference);
    return { common: reference, own, access, names: settingNames(stack, this.#setting.key(own)) };
  }
}

/** One setting's place on one host. */
interface Place<Inputs> {
  readonly common: z.infer<typeof hostReferenceSchema>;
  readonly own: Inputs;
  readonly access: HostAccess;
  readonly names: SettingNames;
}

function commonPart(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => commonKeys.includes(key)));
}

function ownPart(inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !commonKeys.includes(key)));
}

function describeChange(change: Change): string {
  return `${change.property} is ${JSON.stringify(change.from) ?? "absent"} instead of ${JSON.stringify(change.to)}`;
}

function isUnreachable(error: unknown): boolean {
  return error instanceof RemoteError && error.failure === "unreachable";
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
