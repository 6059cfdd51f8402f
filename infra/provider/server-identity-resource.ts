/**
 * The ssh host key of a server that has just been made, read from its console: the cloud shows it to the project alone, so the
 * first contact is with the right host. A server that went wrong ends the wait with Nova's own words.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { CloudError, isNotFound } from "../openstack/cloud-error.ts";
import { hostKeyIn } from "../openstack/console.ts";
import { minuteMs } from "../openstack/lease-time.ts";
import { Nova } from "../openstack/nova.ts";
import { schemaFailures } from "./check-inputs.ts";
import { type CloudPace, realCloudPace } from "./cloud-pace.ts";
import type { Clouds } from "./clouds.ts";
import type {
  CallContext,
  CheckFailure,
  PropertyChange,
  ResourceState,
  ResourceType,
} from "./resource-type.ts";
import type { Properties } from "./values.ts";

const inputsSchema = z.strictObject({
  /** The node's name, for messages. */
  name: z.string().min(1),
  cloud: z.string().min(1).optional(),
  serverId: z.string().min(1),
  /** A bare-metal host boots twice (the deploying image, then its own): a quarter of an hour is usual. */
  waitMinutes: z.int().min(1).max(240).default(40),
});

export class ServerIdentityResource implements ResourceType {
  readonly token = "testbed:index:ServerIdentity";
  readonly deleteBeforeReplace = true;
  readonly #clouds: Clouds;
  readonly #pace: CloudPace;

  constructor(clouds: Clouds, pace: CloudPace = realCloudPace) {
    this.#clouds = clouds;
    this.#pace = pace;
  }

  check(inputs: Properties): Promise<CheckFailure[]> {
    return Promise.resolve(schemaFailures(inputsSchema, inputs));
  }

  diff(resource: ResourceState, inputs: Properties): Promise<PropertyChange[]> {
    const changes = Object.keys(inputsSchema.shape)
      .filter((property) => !isDeepStrictEqual(inputs[property], resource.inputs[property]))
      .map((property) => ({ property, replace: property === "serverId" }));
    return Promise.resolve(changes);
  }

  preview(inputs: Properties): Promise<Properties> {
    return Promise.resolve(inputs);
  }

  async create(inputs: Properties, context: CallContext): Promise<{ id: string; state: Properties }> {
    const { name, cloud, serverId, waitMinutes } = inputsSchema.parse(inputs);
    const session = this.#clouds.session(cloud);
    const nova = new Nova(session);
    const deadline = (await session.nowMs()) + waitMinutes * minuteMs;
    context.log("info", `waiting for the console of ${name} to show its host key`);
    for (;;) {
      const hostKey = await readHostKey(nova, name, serverId);
      if (hostKey !== undefined) return { id: serverId, state: { ...inputs, hostKey } };
      if ((await session.nowMs()) > deadline) {
        throw new CloudError(
          `The console of ${name} (server ${serverId}) showed no ssh host key within ${waitMinutes} minutes. Without it the ` +
            "host could be anybody, so it is not used; is cloud-init in the image (nodes.image)?",
          null,
        );
      }
      await this.#pace.sleep(this.#pace.pauseMs, context.signal);
    }
  }

  /** A console forgets, so what was pinned at the first boot stands as long as the server is there. */
  async read(resource: ResourceState): Promise<Properties | null> {
    const { cloud, serverId } = inputsSchema.parse(resource.inputs);
    try {
      await new Nova(this.#clouds.session(cloud)).server(serverId);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
    return resource.state;
  }

  update(resource: ResourceState, inputs: Properties): Promise<Properties> {
    return Promise.resolve({ ...resource.state, ...inputs });
  }

  async delete(): Promise<void> {
    // Nothing was made.
  }
}

async function readHostKey(nova: Nova, name: string, serverId: string): Promise<string | undefined> {
  try {
    const { status, fault } = await nova.server(serverId);
    if (status === "ERROR") {
      throw new CloudError(`The server of ${name} is in ERROR: ${fault ?? "Nova gives no reason"}`, null);
    }
    return hostKeyIn(await nova.consoleOutput(serverId));
  } catch (error) {
    // Until the server is on its host there is no console yet, which Nova says with 409 or 404.
    if (error instanceof CloudError && (error.status === 409 || error.status === 404)) {
      await nova.server(serverId);
      return undefined;
    }
    throw error;
  }
}
