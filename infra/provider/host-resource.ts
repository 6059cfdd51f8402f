/** A host that is reached by ssh, as a resource: what it is, and a clear refusal when it can't be used. */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { connectionSchema, type NodeSource, nodeSourceSchema } from "../inventory.ts";
import { RemoteError } from "../remote/remote.ts";
import { schemaFailures } from "./check-inputs.ts";
import { HostError } from "./host/access.ts";
import { type AdapterChoice, chooseAdapter } from "./host/choose-adapter.ts";
import type { HostFacts } from "./host/facts.ts";
import { type Adapter, guestDriver } from "./host/pci.ts";
import { isTransient, pause, realPace, type WaitPace } from "./host/reboot.ts";
import { unsupportedReleaseSentence } from "./host/releases.ts";
import { type HostReference, type Hosts, isMadeByStack } from "./hosts.ts";
import type {
  CallContext,
  CheckFailure,
  PropertyChange,
  ResourceState,
  ResourceType,
} from "./resource-type.ts";
import { containsUnknown, type Properties } from "./values.ts";

const inputsSchema = z.strictObject({
  name: z.string().min(1),
  connection: connectionSchema,
  source: nodeSourceSchema,
  generation: z.string().optional(),
  adapterAddress: z
    .string()
    .regex(/^(auto|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/, 'must be like 0000:01:00.0, or "auto"')
    .default("auto"),
  /** An adapter whose firmware has SR-IOV off may be chosen: it will be turned on. */
  changesFirmware: z.literal(true).optional(),
  socketDirectory: z.string().min(1),
  waitSeconds: z.int().min(1).max(3600).default(300),
});
type HostInputs = z.infer<typeof inputsSchema>;

/** Seconds after the first login within which an adapter's driver may still come up on a host that is starting. */
const settleSeconds = 30;
/** Share by which the memory that a kernel reports may differ from boot to boot without being news. */
const memoryTolerance = 0.02;

export class HostResource implements ResourceType {
  readonly token = "testbed:index:Host";
  readonly deleteBeforeReplace = false;
  readonly #hosts: Hosts;
  readonly #pace: WaitPace;

  constructor(hosts: Hosts, pace: WaitPace = realPace) {
    this.#hosts = hosts;
    this.#pace = pace;
  }

  async check(inputs: Properties, former: Properties | null): Promise<CheckFailure[]> {
    const failures = schemaFailures(inputsSchema, inputs);
    if (failures.length > 0 || containsUnknown(inputs) || isDeepStrictEqual(inputs, former)) return failures;
    const host = inputsSchema.parse(inputs);
    // A machine that is just being started is waited for in create, not here.
    if (isMadeByStack(host.source) && former === null) return [];
    try {
      const choice = await this.#choose(host);
      const property = choice.facts.release === null ? "" : "adapterAddress";
      return choice.refusal === undefined ? [] : [{ property, reason: choice.refusal }];
    } catch (error) {
      if (isMadeByStack(host.source) && isTransient(error)) return [];
      return [{ property: "", reason: error instanceof Error ? error.message : String(error) }];
    }
  }

  diff(resource: ResourceState, inputs: Properties): Promise<PropertyChange[]> {
    const properties = new Set([...Object.keys(inputs), ...Object.keys(resource.inputs)]);
    const changes = [...properties]
      .filter((property) => !isDeepStrictEqual(inputs[property], resource.inputs[property]))
      .map((property) => ({ property, replace: property === "name" }));
    return Promise.resolve(changes);
  }

  async preview(inputs: Properties): Promise<Properties> {
    if (containsUnknown(inputs) || isMadeByStack(inputs.source as NodeSource)) return inputs;
    return this.#state(inputs, inputsSchema.parse(inputs));
  }

  async create(inputs: Properties, context: CallContext): Promise<{ id: string; state: Properties }> {
    return { id: String(inputs.name), state: await this.#waitAndRead(inputs, context) };
  }

  async read(resource: ResourceState): Promise<Properties | null> {
    const host = inputsSchema.parse(resource.inputs);
    try {
      return keepStable(resource.state, await this.#state(resource.inputs, host));
    } catch (error) {
      const isGone = error instanceof RemoteError && error.failure === "unreachable";
      if (isGone && isMadeByStack(host.source)) return null;
      throw error;
    }
  }

  async update(_resource: ResourceState, inputs: Properties, context: CallContext): Promise<Properties> {
    return this.#waitAndRead(inputs, context);
  }

  async delete(): Promise<void> {
    // Nothing of the host is ours: its settings are resources of their own.
  }

  /** Waits until the host lets us in and shows its adapter. */
  async #waitAndRead(inputs: Properties, context: CallContext): Promise<Properties> {
    const host = inputsSchema.parse(inputs);
    const reference = referenceOf(host);
    const deadline = Date.now() + host.waitSeconds * 1000;
    let settledBy: number | null = null;
    if (isMadeByStack(host.source)) context.log("info", `waiting for ${host.name} to answer`);
    for (;;) {
      try {
        this.#hosts.forget(reference);
        return await this.#state(inputs, host);
      } catch (error) {
        const isOver = Date.now() > Math.min(deadline, settledBy ?? deadline);
        if (isOver || !isTransient(error)) throw error;
        if (error instanceof HostError) settledBy ??= Date.now() + settleSeconds * 1000;
      }
      await pause(host.name, this.#pace, context.signal);
    }
  }

  async #choose(host: HostInputs): Promise<AdapterChoice & { facts: HostFacts }> {
    const facts = await this.#hosts.facts(referenceOf(host));
    if (facts.release === null) {
      return { refusal: unsupportedReleaseSentence(host.name, facts.osId, facts.osVersion), facts };
    }
    const { adapters, adaptersWithoutSriov } = facts;
    const choice = host.changesFirmware
      ? chooseAdapter(host.name, [...adapters, ...adaptersWithoutSriov], host.adapterAddress)
      : chooseAdapter(host.name, adapters, host.adapterAddress, adaptersWithoutSriov);
    return { ...choice, facts };
  }

  async #state(inputs: Properties, host: HostInputs): Promise<Properties> {
    const { facts, adapter, refusal } = await this.#choose(host);
    if (refusal !== undefined) throw new HostError(refusal);
    return {
      ...inputs,
      osId: facts.osId,
      osVersion: facts.osVersion,
      kernelRelease: facts.kernelRelease,
      cpuVendor: facts.cpuVendor,
      cpuModel: facts.cpuModel,
      cpus: facts.cpus,
      iommuHardware: facts.iommuHardware,
      memoryMib: facts.memoryMib,
      adapter,
      bootLoader: facts.bootLoader,
    };
  }
}

function referenceOf(host: HostInputs): HostReference {
  const { name, source, connection, socketDirectory } = host;
  return { host: name, source, connection, socketDirectory };
}

/**
 * The state as it is now, but for what is no news: memory that differs a little from boot to boot, and an adapter that a
 * guest has at the moment, which the host then sees without driver and network device of its own.
 */
function keepStable(former: Properties, now: Properties): Properties {
  const before = Number(former.memoryMib);
  const isSame = Math.abs(Number(now.memoryMib) - before) <= before * memoryTolerance;
  const formerAdapter = former.adapter as Adapter | undefined;
  const adapter = now.adapter as Adapter;
  const isLent = adapter.driver === guestDriver && adapter.pciAddress === formerAdapter?.pciAddress;
  return {
    ...now,
    ...(isSame ? { memoryMib: before } : {}),
    ...(isLent ? { adapter: formerAdapter } : {}),
  };
}
