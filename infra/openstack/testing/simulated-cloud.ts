/**
 * A cloud in memory that behaves as a real Blazar was seen to: its rhythm, its states, its dates, its bare 500s. Time is
 * simulated and passes only when a test, or a pause of the code under test, lets it.
 */
import * as z from "zod";
import type { CloudPace } from "../../provider/cloud-pace.ts";
import { fromBlazarTime, minuteMs } from "../lease-time.ts";
import { CloudSession } from "../session.ts";
import type { CloudRequest, CloudResponse } from "../transport.ts";
import { recordedAnswer, recordedCredentials } from "./replay.ts";

/** Blazar looks at its events every ten seconds; setting hosts aside took 4 to 9 s, giving them back 6 s. */
const rhythmMs = 10_000;
const startingMs = 6000;
const endingMs = 6000;

interface SimulatedReservation {
  readonly id: string;
  nodeType: string;
  count: number;
}

interface SimulatedLease {
  readonly id: string;
  readonly name: string;
  startMs: number;
  endMs: number;
  readonly createdMs: number;
  readonly reservation: SimulatedReservation;
  failed: boolean;
}

export interface SimulatedServer {
  readonly id: string;
  readonly name: string;
  readonly status: "ACTIVE" | "ERROR";
  readonly reservationId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

const hostsSchema = z.object({ min: z.int(), max: z.int(), resource_properties: z.string().optional() });
const createSchema = z.object({
  name: z.string(),
  start_date: z.string(),
  end_date: z.string(),
  reservations: z.tuple([hostsSchema]),
});
const updateSchema = z.object({
  start_date: z.string().optional(),
  end_date: z.string().optional(),
  reservations: z.tuple([hostsSchema.extend({ id: z.string() })]).optional(),
});

export class SimulatedCloud {
  nowMs = Date.parse("2026-11-23T12:44:20Z");
  /** Hosts by node type. */
  readonly hosts: Readonly<Record<string, number>>;
  readonly leases = new Map<string, SimulatedLease>();
  readonly servers: SimulatedServer[] = [];
  readonly requests: CloudRequest[] = [];
  /** While Nova is down a lease that starts goes into ERROR, and none is deleted. */
  novaDown = false;
  #made = 0;

  constructor(hosts: Readonly<Record<string, number>> = { compute_haswell_ib: 3, gpu_p100: 1 }) {
    this.hosts = hosts;
  }

  /** A session whose clock is the simulated one. */
  session(): CloudSession {
    return new CloudSession(
      recordedCredentials,
      (request) => Promise.resolve(this.#answer(request)),
      () => this.nowMs,
    );
  }

  /** Pauses let simulated time pass. */
  readonly pace: CloudPace = {
    pauseMs: 5000,
    sleep: (pauseMs) => {
      this.nowMs += pauseMs;
      this.#settle();
      return Promise.resolve();
    },
  };

  /** Lets time pass by itself. */
  pass(minutes: number): void {
    const untilMs = this.nowMs + minutes * minuteMs;
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + 1000);
      this.#settle();
    }
  }

  statusOf(lease: SimulatedLease): string {
    if (lease.failed) return "ERROR";
    const { nowMs } = this;
    if (nowMs < beginMs(lease)) return "PENDING";
    if (nowMs < beginMs(lease) + startingMs) return "STARTING";
    if (nowMs < lease.endMs) return "ACTIVE";
    return nowMs < lease.endMs + endingMs ? "TERMINATING" : "TERMINATED";
  }

  #settle(): void {
    for (const lease of this.leases.values()) {
      const status = this.statusOf(lease);
      if (status === "STARTING" && this.novaDown) lease.failed = true;
      if (status === "TERMINATING") this.#removeServers(lease);
    }
  }

  /** Those in ERROR stand on no host, so Blazar does not find them. */
  #removeServers({ reservation }: SimulatedLease): void {
    for (const server of [...this.servers]) {
      if (server.reservationId === reservation.id && server.status !== "ERROR") this.#forget(server.id);
    }
  }

  #forget(serverId: string): void {
    const index = this.servers.findIndex(({ id }) => id === serverId);
    if (index >= 0) this.servers.splice(index, 1);
  }

  #answer(request: CloudRequest): CloudResponse {
    const { method, url, body } = request;
    if (url.endsWith("/auth/tokens")) return this.#token();
    this.requests.push(request);
    const path = new URL(url).pathname;
    const id = path.split("/").at(-1) ?? "";
    if (path.startsWith("/v1/leases")) return this.#answerLeases(method, id, body);
    if (path.startsWith("/v2.1/servers")) return this.#answerServers(method, id);
    return { status: 404, headers: {}, body: { error: { message: `nothing simulates ${path}` } } };
  }

  #token(): CloudResponse {
    const recorded = recordedAnswer("lease_lifecycle", "token from application credential (unrestricted)");
    const { token } = recorded.body as { token: object };
    const expires = new Date(this.nowMs + 60 * minuteMs).toISOString();
    return { ...recorded, body: { token: { ...token, expires_at: expires } } };
  }

  #answerLeases(method: string, id: string, body: unknown): CloudResponse {
    if (method === "POST") return this.#create(createSchema.parse(body));
    if (id === "leases") {
      return ok({ leases: [...this.leases.values()].map((lease) => this.#render(lease)) });
    }
    const lease = this.leases.get(id);
    if (lease === undefined) return refused(404, `Object with {'lease_id': '${id}'} not found`);
    if (method === "PUT") return this.#update(lease, updateSchema.parse(body));
    if (method === "DELETE") return this.#delete(lease);
    return ok({ lease: this.#render(lease) });
  }

  #create({
    name,
    start_date,
    end_date,
    reservations: [hosts],
  }: z.infer<typeof createSchema>): CloudResponse {
    const startMs = start_date === "now" ? this.nowMs - (this.nowMs % minuteMs) : fromBlazarTime(start_date);
    const endMs = fromBlazarTime(end_date);
    if (start_date !== "now" && startMs < this.nowMs) {
      return refused(400, "Start date must be later than current date");
    }
    if (endMs <= startMs) return refused(400, "End date must be later than start date.");
    const nodeType = String(JSON.parse(hosts.resource_properties ?? "[]")[2]);
    this.#made += 1;
    const lease: SimulatedLease = {
      id: `lease-${this.#made}`,
      name,
      startMs,
      endMs,
      createdMs: this.nowMs,
      reservation: { id: `reservation-${this.#made}`, nodeType, count: hosts.max },
      failed: false,
    };
    if (!this.#isFree(lease)) return refused(500, "Not enough hosts available");
    this.leases.set(lease.id, lease);
    return { ...ok({ lease: this.#render(lease) }), status: 201 };
  }

  #update(lease: SimulatedLease, change: z.infer<typeof updateSchema>): CloudResponse {
    const status = this.statusOf(lease);
    if (status === "STARTING" || status === "TERMINATING") return refused(500, "Invalid lease status.");
    const startMs = change.start_date === undefined ? lease.startMs : fromBlazarTime(change.start_date);
    const endMs = change.end_date === undefined ? lease.endMs : fromBlazarTime(change.end_date);
    if (startMs !== lease.startMs && status !== "PENDING") {
      return refused(400, "Cannot modify the start date of already started leases");
    }
    if (endMs <= Math.max(this.nowMs, startMs)) {
      return refused(400, "End date must be later than current and start date");
    }
    const hosts = change.reservations?.[0];
    const count = hosts?.max ?? lease.reservation.count;
    if (status === "ACTIVE" && count < lease.reservation.count)
      return refused(500, "Not enough hosts available");
    const nodeType =
      hosts?.resource_properties === undefined
        ? lease.reservation.nodeType
        : String(JSON.parse(hosts.resource_properties)[2]);
    const changed = { ...lease, startMs, endMs, reservation: { ...lease.reservation, count, nodeType } };
    if (!this.#isFree(changed)) return refused(500, "Not enough hosts available");
    this.leases.set(lease.id, changed);
    return ok({ lease: { ...this.#render(changed), status: "UPDATING" } });
  }

  #delete(lease: SimulatedLease): CloudResponse {
    if (this.novaDown) return refused(500, "Internal Server Error");
    const status = this.statusOf(lease);
    if (status === "STARTING" || status === "TERMINATING") return refused(500, "Invalid lease status.");
    this.#removeServers(lease);
    this.leases.delete(lease.id);
    return { status: 204, headers: {}, body: null };
  }

  #isFree(wanted: SimulatedLease): boolean {
    const { nodeType, count } = wanted.reservation;
    const taken = [...this.leases.values()]
      .filter((one) => one.id !== wanted.id && one.reservation.nodeType === nodeType && !one.failed)
      .filter((one) => one.startMs < wanted.endMs && wanted.startMs < one.endMs)
      .reduce((sum, one) => sum + one.reservation.count, 0);
    return taken + count <= (this.hosts[nodeType] ?? 0);
  }

  #render(lease: SimulatedLease): Record<string, unknown> {
    const iso = (timeMs: number) => new Date(timeMs).toISOString().replace("Z", "000");
    const { id, nodeType, count } = lease.reservation;
    const status = this.statusOf(lease);
    return {
      id: lease.id,
      name: lease.name,
      project_id: "project",
      status,
      start_date: iso(lease.startMs),
      end_date: iso(lease.endMs),
      reservations: [
        {
          id,
          resource_type: "physical:host",
          status: status.toLowerCase(),
          resource_properties: JSON.stringify(["=", "$node_type", nodeType]),
          min: count,
          max: count,
        },
      ],
    };
  }

  #answerServers(method: string, id: string): CloudResponse {
    if (method === "DELETE") {
      this.#forget(id);
      return { status: 204, headers: {}, body: null };
    }
    const servers = this.servers.map((server) => ({
      ...server,
      "OS-EXT-AZ:availability_zone":
        server.status === "ERROR" || server.reservationId === null ? "" : `blazar_${server.reservationId}`,
    }));
    return ok({ servers });
  }
}

/** The start is seen by Blazar only at its next look. */
function beginMs({ startMs, createdMs }: SimulatedLease): number {
  return Math.max(startMs, createdMs) + rhythmMs;
}

function ok(body: unknown): CloudResponse {
  return { status: 200, headers: {}, body };
}

function refused(status: number, message: string): CloudResponse {
  return { status, headers: {}, body: { error_code: status, error_message: message, error_name: status } };
}
