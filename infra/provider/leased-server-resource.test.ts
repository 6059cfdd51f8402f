import { beforeEach, describe, expect, test } from "vitest";
import { CloudSession } from "../openstack/session.ts";
import { recordedAnswer, recordedCredentials, recordedNowMs } from "../openstack/testing/replay.ts";
import type { CloudRequest, CloudResponse } from "../openstack/transport.ts";
import { Clouds } from "./clouds.ts";
import { LeasedServerResource } from "./leased-server-resource.ts";
import { type CallContext, PartialCreateError, type ResourceState } from "./resource-type.ts";

const inputs = {
  name: "testbed-mock-n1",
  imageId: "image-1",
  flavourId: "flavour-1",
  keyPair: "testbed-mock",
  portId: "port-1",
  reservationId: "reservation-1",
  metadata: { "testbed-stack": "mock" },
  userData: "#cloud-config\n",
};
const noHost = "No valid host was found. There are not enough hosts available.";

interface FakeServer {
  id: string;
  name: string;
  metadata: Record<string, string>;
  /** One after the other, a look each; the last one stays. */
  statuses: string[];
}

/** A Nova in memory; time passes only in pauses. */
class FakeNova {
  nowMs = recordedNowMs;
  servers: FakeServer[] = [];
  readonly requests: CloudRequest[] = [];
  /** Statuses of the next server, as it is looked at. */
  next: string[] = ["BUILD", "BUILD", "ACTIVE"];
  refusal: CloudResponse | null = null;
  /** Looks that a deleted server is still there for. */
  lingers = 0;
  #made = 0;

  session(): CloudSession {
    return new CloudSession(
      recordedCredentials,
      (request) => Promise.resolve(this.#answer(request)),
      () => this.nowMs,
    );
  }

  readonly pace = {
    pauseMs: 5000,
    sleep: (pauseMs: number) => {
      this.nowMs += pauseMs;
      return Promise.resolve();
    },
  };

  #answer(request: CloudRequest): CloudResponse {
    if (request.url.endsWith("/auth/tokens")) {
      const recorded = recordedAnswer("lease_lifecycle", "token from application credential (unrestricted)");
      const { token } = recorded.body as { token: object };
      const expires = new Date(this.nowMs + 3_600_000).toISOString();
      return { ...recorded, body: { token: { ...token, expires_at: expires } } };
    }
    this.requests.push(request);
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const ok = (body: unknown, status = 200): CloudResponse => ({ status, headers: {}, body });
    if (request.method === "POST") {
      if (this.refusal !== null) return this.refusal;
      const { server } = request.body as { server: { name: string; metadata: Record<string, string> } };
      this.#made += 1;
      this.servers.push({ ...server, id: `server-${this.#made}`, statuses: this.next });
      return ok({ server: { id: `server-${this.#made}` } }, 202);
    }
    if (id === "detail") return ok({ servers: this.servers.map((server) => this.#show(server)) });
    const server = this.servers.find((one) => one.id === id);
    if (server === undefined)
      return ok({ itemNotFound: { message: `Instance ${id} could not be found.` } }, 404);
    if (request.method === "DELETE") {
      server.statuses = [];
      return ok(null, 204);
    }
    if (server.statuses.length === 0 && this.lingers-- <= 0) {
      this.servers = this.servers.filter((one) => one !== server);
      return ok({ itemNotFound: { message: `Instance ${id} could not be found.` } }, 404);
    }
    const shown = this.#show(server);
    if (server.statuses.length > 1) server.statuses = server.statuses.slice(1);
    return ok({ server: shown });
  }

  #show({ id, name, metadata, statuses }: FakeServer): object {
    const status = statuses[0] ?? "ACTIVE";
    return {
      id,
      name,
      metadata,
      status,
      ...(status === "ERROR" ? { fault: { code: 500, message: noHost } } : {}),
    };
  }
}

let nova: FakeNova;
let resource: LeasedServerResource;
let messages: string[];
const context: CallContext = {
  signal: new AbortController().signal,
  log: (_, message) => messages.push(message),
};

beforeEach(() => {
  nova = new FakeNova();
  resource = new LeasedServerResource(new Clouds(() => nova.session()), nova.pace);
  messages = [];
});

async function made(): Promise<ResourceState> {
  return { inputs, ...(await resource.create(inputs, context)) };
}

async function failure(deed: Promise<unknown>): Promise<Error> {
  return deed.then(
    () => new Error("it went well"),
    (error: Error) => error,
  );
}

describe("a new server", () => {
  test("is asked for on its reservation, and waited for until it is ACTIVE", async () => {
    expect((await made()).state).toMatchObject({ serverId: "server-1", status: "ACTIVE" });
    expect(nova.requests.find(({ method }) => method === "POST")?.body).toEqual({
      server: {
        name: "testbed-mock-n1",
        imageRef: "image-1",
        flavorRef: "flavour-1",
        key_name: "testbed-mock",
        networks: [{ port: "port-1" }],
        metadata: { "testbed-stack": "mock" },
        user_data: Buffer.from("#cloud-config\n").toString("base64"),
      },
      "os:scheduler_hints": { reservation: "reservation-1" },
    });
  });

  test("that goes into ERROR ends the wait with Nova's own words, and is kept in the state", async () => {
    nova.next = ["BUILD", "ERROR"];
    const error = await failure(made());
    expect(error).toBeInstanceOf(PartialCreateError);
    expect((error as PartialCreateError).id).toBe("server-1");
    expect(error.message).toBe(
      `The server testbed-mock-n1 is in ERROR: ${noHost} (reservation reservation-1). Run up again, which makes it anew.`,
    );
  });

  test("that Nova refuses is told in Nova's words, and leaves nothing in the state", async () => {
    const message = "Quota exceeded for instances: Requested 1, but already used 10 of 10 instances";
    nova.refusal = { status: 403, headers: {}, body: { forbidden: { code: 403, message } } };
    const error = await failure(made());
    expect(error).not.toBeInstanceOf(PartialCreateError);
    expect(error.message).toContain(message);
  });

  test("that never becomes ACTIVE is given up after its time, and kept", async () => {
    nova.next = ["BUILD"];
    const error = await failure(made());
    expect(error).toBeInstanceOf(PartialCreateError);
    expect(error.message).toMatch(/is still BUILD after 45 minutes/);
  });

  test("takes the place of one that an interrupted up has left, and of no other", async () => {
    nova.servers.push(
      { id: "left", name: inputs.name, metadata: inputs.metadata, statuses: ["ACTIVE"] },
      { id: "foreign", name: inputs.name, metadata: {}, statuses: ["ACTIVE"] },
    );
    await made();
    expect(nova.servers.map(({ id }) => id)).toEqual(["foreign", "server-1"]);
    expect(messages[0]).toContain("that an interrupted up has left goes first");
  });
});

describe("later", () => {
  test("nothing is changed where nothing differs; any other input makes it anew", async () => {
    const state = await made();
    expect(await resource.diff(state, inputs)).toEqual([]);
    expect(await resource.diff(state, { ...inputs, reservationId: "reservation-2" })).toEqual([
      { property: "reservationId", replace: true },
    ]);
  });

  test("one that is in ERROR, or that went with its lease, is made anew", async () => {
    const state = await made();
    const server = nova.servers[0] as FakeServer;
    server.statuses = ["ERROR"];
    expect(await resource.diff(state, inputs)).toEqual([{ property: "status", replace: true }]);
    nova.servers = [];
    expect(await resource.diff(state, inputs)).toEqual([{ property: "status", replace: true }]);
    expect(await resource.read(state)).toBeNull();
  });

  test("one whose up was cut off while it was built is waited for", async () => {
    nova.next = ["BUILD"];
    const error = (await failure(made())) as PartialCreateError;
    (nova.servers[0] as FakeServer).statuses = ["BUILD", "ACTIVE"];
    const state = { id: error.id, inputs, state: error.state };
    expect(await resource.diff(state, inputs)).toEqual([]);
    expect(await resource.update(state, inputs, context)).toMatchObject({ status: "ACTIVE" });
  });

  test("its deletion is waited for, and one that is gone already is no failure", async () => {
    const state = await made();
    nova.lingers = 3;
    await resource.delete(state, context);
    expect(nova.servers).toEqual([]);
    await resource.delete(state, context);
  });

  test("one that does not go is told, with how long it was waited for", async () => {
    const state = await made();
    nova.lingers = 1000;
    expect((await failure(resource.delete(state, context))).message).toMatch(
      /is still there 20 minutes after its deletion/,
    );
  });
});
