/**
 * A server on a leased host. The OpenStack provider's own says only that a server went into ERROR; why is in Nova's fault, and a
 * user whose reservation was wrong, full or over needs to read just that.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { CloudError, isNotFound } from "../openstack/cloud-error.ts";
import { minuteMs } from "../openstack/lease-time.ts";
import { Nova, type Server } from "../openstack/nova.ts";
import { schemaFailures } from "./check-inputs.ts";
import { type CloudPace, realCloudPace } from "./cloud-pace.ts";
import type { Clouds } from "./clouds.ts";
import {
  type CallContext,
  type CheckFailure,
  PartialCreateError,
  type PropertyChange,
  type ResourceState,
  type ResourceType,
} from "./resource-type.ts";
import type { Properties } from "./values.ts";

/** A bare-metal host is written an image and boots twice: a quarter of an hour is usual, and longer on a busy site. */
const bootLimitMs = 45 * minuteMs;
const deleteLimitMs = 20 * minuteMs;

const inputsSchema = z.strictObject({
  name: z.string().min(1),
  cloud: z.string().min(1).optional(),
  imageId: z.string().min(1),
  flavourId: z.string().min(1),
  keyPair: z.string().min(1),
  portId: z.string().min(1),
  reservationId: z.string().min(1),
  metadata: z.record(z.string(), z.string()),
  userData: z.string(),
});
type ServerInputs = z.infer<typeof inputsSchema>;

export class LeasedServerResource implements ResourceType {
  readonly token = "testbed:index:LeasedServer";
  /** The port is one, and so is the host: the former server goes first. */
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

  /** A server that has gone, as with its lease, or that went wrong is made anew; so is one of which anything differs. */
  async diff(resource: ResourceState, inputs: Properties): Promise<PropertyChange[]> {
    const changes = Object.keys(inputsSchema.shape)
      .filter((property) => !isDeepStrictEqual(inputs[property], resource.inputs[property]))
      .map((property) => ({ property, replace: true }));
    if (changes.length > 0) return changes;
    const server = await this.#find(inputsSchema.parse(resource.inputs), resource.id);
    const isLost = server === null || server.status === "ERROR" || server.status === "DELETED";
    return isLost ? [{ property: "status", replace: true }] : [];
  }

  preview(inputs: Properties): Promise<Properties> {
    return Promise.resolve(inputs);
  }

  async create(inputs: Properties, context: CallContext): Promise<{ id: string; state: Properties }> {
    const wanted = inputsSchema.parse(inputs);
    await this.#removeLeftOver(wanted, context);
    const id = await this.#nova(wanted).createServer(wanted);
    const state = { ...inputs, serverId: id };
    try {
      await this.#waitUntilActive(wanted, id, context);
    } catch (error) {
      // The server is there and holds its port: the state must know it, whatever has gone wrong after.
      throw new PartialCreateError(
        id,
        { ...state, status: "unknown" },
        error instanceof Error ? error.message : String(error),
      );
    }
    return { id, state: { ...state, status: "ACTIVE" } };
  }

  async read(resource: ResourceState): Promise<Properties | null> {
    const server = await this.#find(inputsSchema.parse(resource.inputs), resource.id);
    return server === null ? null : { ...resource.state, status: server.status };
  }

  /** Nothing is changed in place: what is left to do is to wait for one whose `up` was cut off. */
  async update(resource: ResourceState, inputs: Properties, context: CallContext): Promise<Properties> {
    await this.#waitUntilActive(inputsSchema.parse(inputs), resource.id, context);
    return { ...inputs, serverId: resource.id, status: "ACTIVE" };
  }

  async delete(resource: ResourceState, context: CallContext): Promise<void> {
    await this.#remove(inputsSchema.parse(resource.inputs), resource.id, context);
  }

  /** A server of this name and mark that is in no state: an `up` was cut off between Nova's answer and ours. */
  async #removeLeftOver(wanted: ServerInputs, context: CallContext): Promise<void> {
    for (const { id, name, metadata } of await this.#nova(wanted).servers()) {
      if (name !== wanted.name || !isDeepStrictEqual(metadata, wanted.metadata)) continue;
      context.log("info", `the server ${name} that an interrupted up has left goes first`);
      await this.#remove(wanted, id, context);
    }
  }

  async #remove(wanted: ServerInputs, id: string, context: CallContext): Promise<void> {
    const session = this.#clouds.session(wanted.cloud);
    const deadline = (await session.nowMs()) + deleteLimitMs;
    try {
      await this.#nova(wanted).deleteServer(id);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    while ((await this.#find(wanted, id)) !== null) {
      if ((await session.nowMs()) > deadline) {
        throw new CloudError(
          `The server ${wanted.name} (${id}) is still there ${deleteLimitMs / minuteMs} minutes after its deletion; try again later.`,
          null,
        );
      }
      await this.#pace.sleep(this.#pace.pauseMs, context.signal);
    }
  }

  async #waitUntilActive(wanted: ServerInputs, id: string, context: CallContext): Promise<void> {
    const session = this.#clouds.session(wanted.cloud);
    const deadline = (await session.nowMs()) + bootLimitMs;
    context.log("info", `waiting for the server ${wanted.name}`);
    for (;;) {
      const server = await this.#find(wanted, id);
      if (server === null) {
        throw new CloudError(
          `The server ${wanted.name} was deleted while it was waited for, as at the end of its lease; run up again.`,
          404,
        );
      }
      if (server.status === "ACTIVE") return;
      if (server.status === "ERROR") {
        throw new CloudError(
          `The server ${wanted.name} is in ERROR: ${server.fault ?? "Nova gives no reason"} ` +
            `(reservation ${wanted.reservationId}). Run up again, which makes it anew.`,
          null,
        );
      }
      if ((await session.nowMs()) > deadline) {
        throw new CloudError(
          `The server ${wanted.name} is still ${server.status} after ${bootLimitMs / minuteMs} minutes. Run up again to wait on.`,
          null,
        );
      }
      await this.#pace.sleep(this.#pace.pauseMs, context.signal);
    }
  }

  async #find(wanted: ServerInputs, id: string): Promise<Server | null> {
    try {
      return await this.#nova(wanted).server(id);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  #nova({ cloud }: ServerInputs): Nova {
    return new Nova(this.#clouds.session(cloud));
  }
}
