import fc from "fast-check";
import { expect, test } from "vitest";
import { environmentNameSchema, environmentTraits } from "../../infra/inventory.ts";
import { benchmarkNamed, catalogue } from "../catalogue/catalogue.ts";
import { makesSense, resolveSuite, type Suite, suiteSchema } from "../suite.ts";
import {
  cellKey,
  cellsOf,
  type Launch,
  ownershipOf,
  planRun,
  scheduleLaunches,
  suiteLaunches,
} from "./schedule.ts";
import { testInventory } from "./testing/inventory.ts";

const environmentNames = environmentNameSchema.options;
const inventory = testInventory([], environmentNames);
const names = catalogue.map(({ name }) => name);

const suites: fc.Arbitrary<Suite> = fc
  .record({
    benchmarks: fc.subarray(names, { minLength: 1 }),
    environments: fc.subarray(environmentNames, { minLength: 1 }),
    sizesBytes: fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 23 }), { minLength: 1, maxLength: 4 }),
    launches: fc.integer({ min: 1, max: 6 }),
    warmUpLaunches: fc.integer({ min: 0, max: 2 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .filter(({ benchmarks, environments }) =>
    benchmarks.some((benchmark) => environments.some((environment) => makesSense(benchmark, environment))),
  )
  .map((suite) => resolveSuite(suiteSchema.parse(suite), inventory));

/** How often the ownership of the adapters changes, the first activation not counted. */
function switchCount(launches: readonly Launch[]): number {
  return launches.filter((launch, index) => {
    const before = launches[index - 1];
    return before !== undefined && ownershipOf(before) !== ownershipOf(launch);
  }).length;
}

test("every block is every cell once, numbered in order, warm-up first", () => {
  fc.assert(
    fc.property(suites, (suite) => {
      const launches = scheduleLaunches(suite);
      const cells = suiteLaunches(suite).flatMap(cellsOf).map(cellKey).sort();
      const blocks = [...Map.groupBy(launches, ({ block }) => block)];
      expect(blocks.map(([block]) => block)).toEqual(
        Array.from({ length: suite.launches + suite.warmUpLaunches }, (_, index) => index + 1),
      );
      for (const [block, members] of blocks) {
        expect(members.flatMap(cellsOf).map(cellKey).sort()).toEqual(cells);
        expect(members.every(({ warmUp }) => warmUp === block <= suite.warmUpLaunches)).toBe(true);
      }
      expect(launches.map(({ launch }) => launch)).toEqual(launches.map((_, index) => index + 1));
    }),
  );
});

test("within a block the cells of an ownership come together", () => {
  fc.assert(
    fc.property(suites, (suite) => {
      const launches = scheduleLaunches(suite);
      const ownerships = new Set(launches.map(ownershipOf)).size;
      for (const members of Map.groupBy(launches, ({ block }) => block).values()) {
        expect(switchCount(members)).toBe(ownerships - 1);
      }
    }),
  );
});

test("a seed's order stays what it was", () => {
  const environments = ["native", "container-passthrough", "vm-sriov"] as const;
  const suite = {
    benchmarks: ["ib_send_lat"],
    sizesBytes: [8],
    environments: [...environments],
    launches: 4,
  };
  const launches = scheduleLaunches(resolveSuite(suiteSchema.parse(suite), inventory));
  const order = [...Map.groupBy(launches, ({ block }) => block).values()].map((members) =>
    members.map(({ environment }) => environment),
  );
  expect(order).toEqual([
    ["native", "container-passthrough", "vm-sriov"],
    ["native", "container-passthrough", "vm-sriov"],
    ["container-passthrough", "native", "vm-sriov"],
    ["vm-sriov", "container-passthrough", "native"],
  ]);
});

test("with a stopping rule the plan holds every launch that there can be, and begins as without", () => {
  fc.assert(
    fc.property(suites, fc.integer({ min: 6, max: 9 }), (suite, maximumLaunches) => {
      const stop = { relativeWidth: 0.05, maximumLaunches };
      const launches = scheduleLaunches({ ...suite, stop });
      expect(launches.at(-1)?.block).toBe(suite.warmUpLaunches + maximumLaunches);
      const fixed = scheduleLaunches(suite);
      expect(launches.slice(0, fixed.length)).toEqual(fixed);
    }),
  );
});

test("a suite that asks for more launches than it allows is refused", () => {
  const suite = suiteSchema.parse({ launches: 12, stop: { relativeWidth: 0.05, maximumLaunches: 10 } });
  expect(() => resolveSuite(suite, inventory)).toThrow(
    "the suite is not valid: stop.maximumLaunches: 12 or more: suite.launches asks for so many at least",
  );
  expect(() => suiteSchema.parse({ stop: { relativeWidth: 0.05, maximumLaunches: 5 } })).toThrow(
    "6 or more: a median of fewer launches has no interval",
  );
});

test("every order of ownerships comes up, whatever the last block's was, and environments of one ownership mix", () => {
  const environments = ["native", "container-passthrough", "vm-sriov", "vm-virtio"] as const;
  const suite = resolveSuite(suiteSchema.parse({ environments, launches: 1 }), inventory);
  const orders = new Set<string>();
  let mixed = 0;
  for (let seed = 0; seed < 200; seed++) {
    const launches = scheduleLaunches({ ...suite, seed });
    orders.add([...new Set(launches.map(ownershipOf))].join(" "));
    const onHost = launches.flatMap((launch) => (ownershipOf(launch) === "host" ? [launch.environment] : []));
    const changes = onHost.filter((name, index) => index > 0 && name !== onHost[index - 1]).length;
    if (changes > 1) mixed += 1;
  }
  expect(orders.size).toBe(6);
  expect(mixed).toBeGreaterThan(150);
  const pairs = new Map<string, number>();
  for (let seed = 0; seed < 1800; seed++) {
    const launches = scheduleLaunches({
      ...suite,
      benchmarks: ["ib_send_lat"],
      sizesBytes: [8],
      launches: 2,
      seed,
    });
    const blocks = [...Map.groupBy(launches, ({ block }) => block).values()];
    const pair = blocks.map((members) => [...new Set(members.map(ownershipOf))].join(" ")).join(", ");
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  expect(pairs.size).toBe(36);
  for (const count of pairs.values()) expect(Math.abs(count - 50)).toBeLessThan(25);
});

test("a benchmark has cells only in environments of its kinds", () => {
  for (const name of names) {
    const { kinds } = benchmarkNamed(name);
    const suite = {
      ...{ ...suiteSchema.parse({}), profile: "emulated" as const },
      ...{ benchmarks: [name], environments: [...environmentNames] },
    };
    const planned = new Set(suiteLaunches(suite).map(({ environment }) => environment));
    expect([...planned]).toEqual(
      environmentNames.filter((environment) => kinds.includes(environmentTraits[environment].kind)),
    );
  }
});

test("by default the suite is the six verbs tests", () => {
  expect(suiteSchema.parse({}).benchmarks).toEqual([
    ...["ib_send_lat", "ib_write_lat", "ib_read_lat", "ib_send_bw", "ib_write_bw", "ib_read_bw"],
  ]);
});

test("the same seed gives the same order, another seed another one", () => {
  fc.assert(
    fc.property(suites, (suite) => {
      expect(scheduleLaunches({ ...suite })).toEqual(scheduleLaunches(suite));
    }),
  );
  const suite = resolveSuite(suiteSchema.parse({}), inventory);
  expect(scheduleLaunches({ ...suite, seed: 2 })).not.toEqual(scheduleLaunches(suite));
});

test("the plan's digest follows suite and machines, not where keys and sockets lie", () => {
  const suite = resolveSuite(suiteSchema.parse({}), inventory);
  const digest = planRun(suite, inventory).planDigest;
  expect(planRun(suite, { ...inventory, socketDirectory: "/elsewhere" }).planDigest).toBe(digest);
  const withKeyPath = structuredClone(inventory);
  for (const node of withKeyPath.nodes) node.connection.privateKeyPath = "/key";
  expect(planRun(suite, withKeyPath).planDigest).toBe(digest);
  expect(planRun({ ...suite, iterations: 1000 }, inventory).planDigest).not.toBe(digest);
  expect(planRun(suite, { ...inventory, fidelity: "hardware" }).planDigest).not.toBe(digest);
});

test("a filter names what is there, else one sentence says what is", () => {
  const suite = suiteSchema.parse({});
  expect(resolveSuite(suite, inventory, { benchmarks: ["ib_read_bw"] }).benchmarks).toEqual(["ib_read_bw"]);
  expect(() => resolveSuite(suite, inventory, { benchmarks: ["ib_raed_bw"] })).toThrow(
    /no benchmark "ib_raed_bw"; it has ib_send_lat, /,
  );
  expect(() => suiteSchema.parse({ benchmarks: ["ib_raed_bw"] })).toThrow(/no benchmark is called/);
});
