import fc from "fast-check";
import { expect, test } from "vitest";
import { catalogue } from "../catalogue/catalogue.ts";
import { resolveSuite, type Suite, suiteSchema } from "../suite.ts";
import { cellKey, planRun, scheduleLaunches, suiteCells } from "./schedule.ts";
import { testInventory } from "./testing/inventory.ts";

const inventory = testInventory();
const names = catalogue.map(({ name }) => name);

const suites: fc.Arbitrary<Suite> = fc
  .record({
    benchmarks: fc.subarray(names, { minLength: 1 }),
    environments: fc.subarray(["native", "container-passthrough"], { minLength: 1 }),
    sizesBytes: fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 23 }), { minLength: 1, maxLength: 4 }),
    launches: fc.integer({ min: 1, max: 6 }),
    warmUpLaunches: fc.integer({ min: 0, max: 2 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map((suite) => resolveSuite(suiteSchema.parse(suite), inventory));

test("every block is every cell once, numbered in order, warm-up first", () => {
  fc.assert(
    fc.property(suites, (suite) => {
      const launches = scheduleLaunches(suite);
      const cells = suiteCells(suite).map(cellKey).sort();
      const blocks = [...Map.groupBy(launches, ({ block }) => block)];
      expect(blocks.map(([block]) => block)).toEqual(
        Array.from({ length: suite.launches + suite.warmUpLaunches }, (_, index) => index + 1),
      );
      for (const [block, members] of blocks) {
        expect(members.map(cellKey).sort()).toEqual(cells);
        expect(members.every(({ warmUp }) => warmUp === block <= suite.warmUpLaunches)).toBe(true);
      }
      expect(launches.map(({ launch }) => launch)).toEqual(launches.map((_, index) => index + 1));
    }),
  );
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
