/** Whether a suite fits into a lease, as the lease's checks at preview say it. */
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { SimulatedCloud } from "../../openstack/testing/simulated-cloud.ts";
import { Clouds } from "../clouds.ts";
import { LeaseResource } from "../lease-resource.ts";
import type { CallContext, ResourceState } from "../resource-type.ts";
import type { Properties } from "../values.ts";

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

const reasons = async (own: Properties) =>
  (await lease.check({ ...inputs, ...own }, null, context)).map(({ reason }) => reason);

describe("the suite of a stack", () => {
  // 5 min are kept for giving adapters back, and 30 min of a new lease for preparing its nodes.
  const suite = {
    seconds: 9000,
    mostSeconds: 9000,
    secondsPerBlock: 900,
    launches: 10,
    isContinued: false,
    isDone: false,
  };
  const own = (changes: Partial<typeof suite>) => ({ suite: { ...suite, ...changes } });

  test("that fits is told in one line with node-hours and the lease's end, and is no difference", async () => {
    expect(await reasons({ hours: 4, ...own({}) })).toEqual([]);
    expect(messages).toEqual([
      "2 nodes of type compute_haswell_ib at RegionOne for 4 hours: 8 node-hours, from 2026-11-23 12:45 to 2026-11-23 16:45 UTC; " +
        "the suite takes about 2.5 h of the 3.4 h that it can have, and fits",
    ]);
    const state = await made({ hours: 4, ...own({}) });
    expect(await lease.diff(state, { ...state.inputs, ...own({ seconds: 1 }) })).toEqual([]);
  });

  test("that can't finish is refused with what would fit, and that does", async () => {
    const refusals = await reasons({ hours: 2, ...own({}) });
    expect(refusals).toEqual([
      "the suite takes about 2.5 h, and this lease has 85 min for it until 2026-11-23 14:45 UTC, without 30 min in which the nodes " +
        "are prepared and 5 min in which the adapters are given back; right would be nodes.leaseHours of 3.5 or more, or " +
        "suite.launches of 5 or fewer",
    ]);
    expect(await reasons({ hours: 3.5, ...own({}) })).toEqual([]);
    expect(await reasons({ hours: 2, ...own({ seconds: 4500, launches: 5 }) })).toEqual([]);
    expect(await reasons({ hours: 3, ...own({}) })).toHaveLength(1);
    expect(await reasons({ hours: 2, ...own({ seconds: 5400, launches: 6 }) })).toHaveLength(1);
  });

  test("whatever it takes, what is advised fits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60, max: 20_000 }),
        fc.integer({ min: 1, max: 40 }),
        async (block, launches) => {
          const needs = own({ seconds: block * launches, secondsPerBlock: block, launches });
          const [refusal] = await reasons({ hours: 3, ...needs });
          const hours = /leaseHours of ([\d.]+)/.exec(refusal ?? "")?.[1];
          if (hours !== undefined) expect(await reasons({ hours: Number(hours), ...needs })).toEqual([]);
          const fewer = Number(/launches of (\d+)/.exec(refusal ?? "")?.[1] ?? 0);
          const fewerNeeds = own({
            seconds: block * fewer,
            secondsPerBlock: block,
            launches: Math.max(fewer, 1),
          });
          if (fewer > 0) expect(await reasons({ hours: 3, ...fewerNeeds })).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("that no lease is long enough for is refused without advice that would not help", async () => {
    const [refusal] = await reasons(own({ seconds: 1e6, secondsPerBlock: 1e6, launches: 1 }));
    expect(refusal).toMatch(
      /right would be fewer benchmarks, sizes, environments or iterations in the suite$/,
    );
  });

  test("on a lease that is there is judged by what is left of both", async () => {
    const { inputs: former } = await made({ hours: 4 });
    const again = async (changes: Properties) =>
      (await lease.check({ ...former, ...changes }, former, context)).map(({ reason }) => reason);
    cloud.pass(60);
    expect(await again(own({}))).toEqual([]);
    cloud.pass(60);
    expect(await again(own({}))).toEqual([expect.stringContaining("nodes.leaseHours of 5 or more")]);
    expect(await again({ hours: 5, ...own({}) })).toEqual([]);
    const left = own({ seconds: 6000, isContinued: true });
    expect(await again(left)).toEqual([]);
    expect(messages.at(-1)).toContain("what is left of the suite takes about 100 min");
    cloud.pass(60);
    // Another number of launches would be another suite, of which nothing is done.
    expect(await again(left)).toEqual([expect.not.stringContaining("suite.launches")]);
    expect(await again(own({ isDone: true }))).toEqual([]);
    expect(messages.at(-1)).toMatch(/; the suite is done$/);
    cloud.pass(120);
    expect(await again(own({ isDone: true, seconds: 20_000 }))).toEqual([
      expect.stringContaining("right would be nodes.leaseHours of"),
    ]);
  });
});
