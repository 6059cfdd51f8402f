import { describe, expect, test } from "vitest";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { resolveSuite, type SuiteInput, suiteSchema } from "../suite.ts";
import { foundEverywhere, type NeededPrograms, neededPrograms, rankCount } from "./programs.ts";
import { testInventory } from "./testing/inventory.ts";

function suiteOf(name: string, input: Partial<SuiteInput>) {
  return resolveSuite(suiteSchema.parse({ benchmarks: [name], ...input }), testInventory());
}

function needs(name: string, input: Partial<SuiteInput> = {}): NeededPrograms {
  const suite = suiteOf(name, input);
  const needed = neededPrograms(benchmarkNamed(name), suite, 8, new Map());
  if ("reason" in needed) throw new Error(needed.reason);
  return needed;
}

describe("what a benchmark needs", () => {
  test("a pair its own program only; MPI what starts and joins, and ping", () => {
    expect(needs("ib_send_lat")).toMatchObject({
      benchmark: { candidates: ["ib_send_lat"], source: "package" },
      starter: null,
      others: [],
    });
    const { benchmark, starter, others } = needs("osu_latency", { mpi: { folder: "/opt/mpi/bin" } });
    expect(benchmark).toMatchObject({ candidates: ["testbed_mpi"], source: "built-in" });
    expect(starter?.candidates).toEqual(["/opt/mpi/bin/mpirun"]);
    expect(others.map(({ candidates }) => candidates)).toEqual([["/opt/mpi/bin/prted"], ["ping"]]);
  });

  test("NPB 3.3 has the number of its ranks in its name", () => {
    const sources = { nas: { kind: "installed", folder: "/opt/npb" } } as const;
    expect(needs("nas-lu", { sources, profile: "paper" }).benchmark.candidates).toEqual([
      "/opt/npb/lu.C.x",
      "/opt/npb/lu.C.8",
    ]);
    expect(rankCount(benchmarkNamed("nas-lu"), suiteOf("nas-lu", { profile: "paper" }), 8)).toBe(128);
  });

  test("sizes that OMB can't have in one launch are a reason before anything runs", () => {
    const sources = { osu: { kind: "installed" } } as const;
    expect(() => needs("osu_bw", { sources, sizesBytes: [4096, 8, 100] })).toThrow(
      "osu_bw measures the smallest size and its doublings, and 100 bytes are no doubling of 8",
    );
    expect(() => needs("osu_bw", { sizesBytes: [4096, 8, 100] })).not.toThrow();
  });
});

test("one path that all places have, or the first place that has none", () => {
  const needed = { candidates: ["a", "/opt/b"], source: null, lack: "no a" };
  expect(foundEverywhere(needed, [[], ["a"]])).toEqual({ path: "/opt/b" });
  expect(foundEverywhere(needed, [[], ["a", "/opt/b"]])).toEqual({ lack: "no a", place: 1 });
  expect(foundEverywhere(needed, [["a"], ["/opt/b"]])).toEqual({
    lack: "none of a, /opt/b that all sides have",
    place: 0,
  });
});
