import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { SimulatedCloud } from "../openstack/testing/simulated-cloud.ts";
import { Clouds } from "./clouds.ts";
import { LeaseResource } from "./lease-resource.ts";
import { type CallContext, PartialCreateError, type ResourceState } from "./resource-type.ts";
import type { Properties } from "./values.ts";

const inputs = {
  name: "testbed-mock",
  site: "RegionOne",
  project: "CH-000001",
  nodeType: "compute_haswell_ib",
  count: 2,
  start: "now",
  hours: 2,
};

let cloud: SimulatedCloud;
let lease: LeaseResource;
let messages: string[];
const context: CallContext = {
  signal: new AbortController().signal,
  log: (_, message) => messages.push(message),
};

beforeEach(() => {
  cloud = new SimulatedCloud();
  lease = new LeaseResource(new Clouds(() => cloud.session()), cloud.pace);
  messages = [];
});

async function made(own: Properties = {}): Promise<ResourceState> {
  const wanted = { ...inputs, ...own };
  return { inputs: wanted, ...(await lease.create(wanted, context)) };
}

const diff = (state: ResourceState, own: Properties) => lease.diff(state, { ...state.inputs, ...own });
const reasons = async (own: Properties) =>
  (await lease.check({ ...inputs, ...own }, null, context)).map(({ reason }) => reason);

/** The sentence of a failure. */
async function failure(deed: Promise<unknown>): Promise<Error> {
  try {
    await deed;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it went well");
}

describe("a new lease", () => {
  test("that starts now is waited for until it is ACTIVE", async () => {
    const { id, state } = await made();
    expect(state).toMatchObject({
      leaseId: id,
      reservationId: "reservation-1",
      status: "ACTIVE",
      startsAt: "2026-11-23T12:44:00.000Z",
      endsAt: "2026-11-23T14:45:00.000Z",
      nodeHours: 4,
    });
    expect(messages).toEqual(["lease testbed-mock is PENDING", "lease testbed-mock is STARTING"]);
  });

  test("that starts later is waited for, with a sign of life", async () => {
    const { state } = await made({ start: "2026-11-23 13:44" });
    expect(state).toMatchObject({ status: "ACTIVE", endsAt: "2026-11-23T15:44:00.000Z" });
    expect(messages[0]).toMatch(
      /^lease testbed-mock starts at 2026-11-23 13:44 UTC, in 60 minutes; interrupt if you like/,
    );
    expect(messages.length).toBeLessThan(12);
  });

  test("for which there are too few hosts is refused in a sentence, with the span", async () => {
    const error = await failure(made({ count: 4 }));
    expect(error.message).toMatch(
      /^4 nodes of type compute_haswell_ib are not free from 2026-11-23 12:45 to 2026-11-23 14:45 UTC: Not enough hosts available\./,
    );
    expect(cloud.leases.size).toBe(0);
  });

  test("that goes into ERROR is kept in the state, so that it can be given back", async () => {
    cloud.novaDown = true;
    const error = await failure(made());
    expect(error).toBeInstanceOf(PartialCreateError);
    expect((error as PartialCreateError).id).toBe("lease-1");
    expect(error.message).toContain("went into ERROR at its start");
  });

  test("whose answer was lost is found by its name and taken over", async () => {
    const first = await made();
    const again = await made();
    expect(again.id).toBe(first.id);
    expect(messages.at(-1)).toContain("an interrupted up has left is taken over");
  });

  test("does not take over one that is something else", async () => {
    await made({ count: 1 });
    expect((await failure(made())).message).toMatch(
      /There is a lease "testbed-mock" already .*reap --owner mock$/,
    );
  });

  test("clears the record of a former one that has ended", async () => {
    await made();
    cloud.pass(180);
    const { id } = await made();
    expect([...cloud.leases.keys()]).toEqual([id]);
  });
});

describe("what can't be", () => {
  test.each([
    [{ site: "CHI@TACC" }, "site is CHI@TACC, but the credentials are for RegionOne"],
    [{ project: "CH-999999" }, "project is CH-999999, but the credentials are for CH-000001"],
    [{ start: "2026-11-23 11:00" }, "start is 2026-11-23 11:00, and at RegionOne it is 2026-11-23 12:44 UTC"],
    [{ start: "tomorrow" }, 'start must be "now", or a time in UTC'],
    [{ hours: 0.001 }, "a lease of seconds ends before its nodes start"],
  ])("%j is refused at preview", async (own, sentence) => {
    expect((await reasons(own)).join("\n")).toContain(sentence);
  });

  test("what is right is not refused", async () => {
    expect(await reasons({})).toEqual([]);
  });
});

describe("a lease that is there", () => {
  test("is left alone when nothing was changed, also when it was extended by hand", async () => {
    const state = await made();
    expect(await diff(state, {})).toEqual([]);
    const byHand = cloud.leases.get(state.id);
    if (byHand !== undefined) byHand.endMs += 3_600_000;
    expect(await diff(state, {})).toEqual([]);
  });

  test("is extended in place, by its end", async () => {
    const state = await made();
    expect(await diff(state, { hours: 5 })).toEqual([{ property: "hours", replace: false }]);
    const now = await lease.update(state, { ...state.inputs, hours: 5 }, context);
    expect(now).toMatchObject({
      leaseId: state.id,
      status: "ACTIVE",
      endsAt: "2026-11-23T17:44:00.000Z",
      nodeHours: 10,
    });
    expect(cloud.requests.filter(({ method }) => method === "PUT").map(({ body }) => body)).toEqual([
      { end_date: "2026-11-23 17:44" },
    ]);
  });

  test("that can't be extended says until when it was to last", async () => {
    const state = await made();
    const other = { ...inputs, name: "other", start: "2026-11-23 15:00" };
    // Only two of three hosts are left for both.
    await lease.create({ ...other, count: 2 }, { ...context, signal: AbortSignal.abort() });
    const error = await failure(lease.update(state, { ...state.inputs, hours: 4 }, context));
    expect(error.message).toMatch(/are not free from .* to 2026-11-23 16:44 UTC/);
  });

  test("grows in place, and is replaced when it shrinks or changes its type", async () => {
    const state = await made();
    expect(await diff(state, { count: 3 })).toEqual([{ property: "count", replace: false }]);
    expect(await diff(state, { count: 1 })).toEqual([{ property: "count", replace: true }]);
    expect(await diff(state, { nodeType: "gpu_p100" })).toEqual([{ property: "nodeType", replace: true }]);
    expect(await lease.update(state, { ...state.inputs, count: 3 }, context)).toMatchObject({ count: 3 });
  });

  test("that has ended, is gone, or failed, is replaced without a refresh", async () => {
    const state = await made();
    cloud.pass(121);
    expect(await diff(state, {})).toEqual([{ property: "status", replace: true }]);
    expect(await lease.read(state)).toMatchObject({ status: "TERMINATED" });
    cloud.leases.clear();
    expect(await diff(state, {})).toEqual([{ property: "status", replace: true }]);
    expect(await lease.read(state)).toBeNull();
  });

  test("whose start is told as past or now stays; a later start needs another one", async () => {
    const state = await made();
    expect(await diff(state, { start: "2026-11-23 12:44" })).toEqual([{ property: "start", replace: false }]);
    expect(await diff(state, { start: "2026-11-24 12:00" })).toEqual([{ property: "start", replace: true }]);
  });
});

describe("giving back", () => {
  const server = (
    name: string,
    status: "ACTIVE" | "ERROR",
    reservationId: string | null,
    stack?: string,
  ) => ({
    id: name,
    name,
    status,
    reservationId,
    metadata: stack === undefined ? {} : { "testbed-stack": stack },
  });

  test("takes the servers first, those in ERROR too, and leaves others alone", async () => {
    const state = await made();
    cloud.servers.push(
      server("running", "ACTIVE", "reservation-1"),
      server("broken", "ERROR", "reservation-1", "mock"),
      server("of-another-stack", "ERROR", null, "mock-2"),
      server("of-nobody", "ACTIVE", null),
    );
    await lease.delete(state, context);
    expect(cloud.leases.size).toBe(0);
    expect(cloud.servers.map(({ name }) => name)).toEqual(["of-another-stack", "of-nobody"]);
  });

  test("waits while the lease is STARTING", async () => {
    const state = await made();
    cloud.leases.clear();
    cloud.leases.set(state.id, {
      id: state.id,
      name: "testbed-mock",
      startMs: cloud.nowMs - 11_000,
      endMs: cloud.nowMs + 3_600_000,
      createdMs: cloud.nowMs - 11_000,
      reservation: { id: "r", nodeType: "compute_haswell_ib", count: 2 },
      failed: false,
    });
    await lease.delete(state, context);
    expect(messages.at(-1)).toContain("is STARTING: waiting until it may be touched");
    expect(cloud.leases.size).toBe(0);
  });

  test("of what is gone already is no error", async () => {
    const state = await made();
    cloud.leases.clear();
    await lease.delete(state, context);
  });

  test("while Nova is down ends in a sentence, after some tries, and works later", async () => {
    const state = await made();
    cloud.novaDown = true;
    expect((await failure(lease.delete(state, context))).message).toContain("500: Internal Server Error");
    cloud.novaDown = false;
    await lease.delete(state, context);
    expect(cloud.leases.size).toBe(0);
  });
});

test("whatever is declared after whatever, up and destroy leave no lease", async () => {
  const step = fc.record({
    hours: fc.integer({ min: 1, max: 6 }),
    count: fc.integer({ min: 1, max: 3 }),
    nodeType: fc.constantFrom("compute_haswell_ib", "gpu_p100"),
    minutes: fc.integer({ min: 0, max: 400 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
      cloud = new SimulatedCloud();
      lease = new LeaseResource(new Clouds(() => cloud.session()), cloud.pace);
      let state: ResourceState | null = null;
      for (const { minutes, ...own } of steps) {
        const wanted = { ...inputs, ...own, count: own.nodeType === "gpu_p100" ? 1 : own.count };
        const changes = state === null ? [] : await lease.diff(state, wanted);
        if (state !== null && changes.some(({ replace }) => replace)) {
          await lease.delete(state, context);
          state = null;
        }
        if (state === null) state = { inputs: wanted, ...(await lease.create(wanted, context)) };
        else if (changes.length > 0) {
          const now: Properties | null = await lease.update(state, wanted, context).catch((error: Error) => {
            // An end that lies in the past is the one change that may be refused here.
            expect(error.message).toMatch(/which is past or before its start/);
            return null;
          });
          if (now !== null) state = { id: state.id, inputs: wanted, state: now };
        }
        expect(cloud.leases.size).toBe(1);
        cloud.pass(minutes);
      }
      if (state !== null) await lease.delete(state, context);
      expect(cloud.leases.size).toBe(0);
    }),
    { numRuns: 50 },
  );
});
