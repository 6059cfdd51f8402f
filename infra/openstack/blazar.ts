/** Leases of Blazar, the reservation service (API v1). */
import * as z from "zod";
import { CloudError } from "./cloud-error.ts";
import { fromBlazarTime, toBlazarTime } from "./lease-time.ts";
import type { CloudSession } from "./session.ts";

/** States of a lease (blazar/status.py). PENDING waits for its start; TERMINATED has had its end. */
export const leaseStatuses = [
  "CREATING",
  "PENDING",
  "STARTING",
  "ACTIVE",
  "UPDATING",
  "TERMINATING",
  "TERMINATED",
  "DELETING",
  "ERROR",
] as const;
export type LeaseStatus = (typeof leaseStatuses)[number];

const reservationSchema = z.looseObject({
  id: z.string(),
  resource_type: z.string(),
  status: z.string(),
  resource_properties: z.string().nullish(),
  min: z.coerce.number().nullish(),
  max: z.coerce.number().nullish(),
});

const time = z.string().transform((text, context) => {
  try {
    return fromBlazarTime(text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
});

const leaseSchema = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    project_id: z.string(),
    status: z.enum(leaseStatuses),
    start_date: time,
    end_date: time,
    reservations: z.array(reservationSchema),
  })
  .transform((lease) => {
    const hosts = lease.reservations.find((reservation) => reservation.resource_type === hostResourceType);
    return {
      id: lease.id,
      name: lease.name,
      status: lease.status,
      startMs: lease.start_date,
      endMs: lease.end_date,
      /** Of the hosts; null in a lease of other things. */
      reservation:
        hosts === undefined
          ? null
          : {
              id: hosts.id,
              status: hosts.status,
              nodeType: nodeTypeOf(hosts.resource_properties ?? ""),
              count: hosts.max ?? 0,
            },
    };
  });
export type BlazarLease = z.output<typeof leaseSchema>;

const hostResourceType = "physical:host";

/** What a lease of hosts is asked for. */
export interface LeaseRequest {
  readonly name: string;
  readonly nodeType: string;
  /** Hosts. */
  readonly count: number;
  /** Milliseconds of the epoch; "now": as soon as Blazar looks. */
  readonly start: number | "now";
  readonly endMs: number;
}

/** What is to be different; the rest stays. */
export interface LeaseChange {
  readonly startMs?: number;
  readonly endMs?: number;
  readonly hosts?: { readonly reservationId: string; readonly nodeType: string; readonly count: number };
}

/** The filter as Blazar reads it: one `=`, as it answers `==` with an internal error. */
export function nodeTypeFilter(nodeType: string): string {
  return JSON.stringify(["=", "$node_type", nodeType]);
}

function nodeTypeOf(filter: string): string | null {
  try {
    const words = z.tuple([z.string(), z.literal("$node_type"), z.string()]).safeParse(JSON.parse(filter));
    return words.success ? words.data[2] : null;
  } catch {
    return null;
  }
}

export class Blazar {
  readonly #session: CloudSession;

  constructor(session: CloudSession) {
    this.#session = session;
  }

  async list(): Promise<BlazarLease[]> {
    return z.object({ leases: z.array(leaseSchema) }).parse(await this.#ask("GET", "/leases")).leases;
  }

  /** Throws CloudError 404 for a lease that is not there. */
  async show(id: string): Promise<BlazarLease> {
    return one(await this.#ask("GET", `/leases/${id}`));
  }

  async create({ name, nodeType, count, start, endMs }: LeaseRequest): Promise<BlazarLease> {
    return one(
      await this.#ask("POST", "/leases", {
        name,
        start_date: start === "now" ? "now" : toBlazarTime(start),
        end_date: toBlazarTime(endMs),
        reservations: [
          {
            resource_type: hostResourceType,
            min: count,
            max: count,
            hypervisor_properties: "",
            resource_properties: nodeTypeFilter(nodeType),
          },
        ],
        events: [],
      }),
    );
  }

  /** `prolong_for`, which Blazar's own client sends, is ignored over REST: the end is told as it shall be. */
  async update(id: string, { startMs, endMs, hosts }: LeaseChange): Promise<BlazarLease> {
    return one(
      await this.#ask("PUT", `/leases/${id}`, {
        ...(startMs === undefined ? {} : { start_date: toBlazarTime(startMs) }),
        ...(endMs === undefined ? {} : { end_date: toBlazarTime(endMs) }),
        ...(hosts === undefined
          ? {}
          : {
              reservations: [
                {
                  id: hosts.reservationId,
                  min: hosts.count,
                  max: hosts.count,
                  resource_properties: nodeTypeFilter(hosts.nodeType),
                },
              ],
            }),
      }),
    );
  }

  /** Returns when the lease is gone: Blazar deletes within the call. */
  async delete(id: string): Promise<void> {
    await this.#ask("DELETE", `/leases/${id}`);
  }

  #ask(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    return this.#session.request({
      service: "reservation",
      method,
      path,
      ...(body === undefined ? {} : { body }),
    });
  }
}

function one(body: unknown): BlazarLease {
  const result = z.object({ lease: leaseSchema }).safeParse(body);
  if (result.success) return result.data.lease;
  throw new CloudError(`Blazar's answer is not a lease: ${result.error.issues[0]?.message}`, null);
}
