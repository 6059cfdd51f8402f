import { describe, expect, test } from "vitest";
import type { HardwareMeasurement } from "../measurement.ts";
import type { ResultSet } from "../result-set/result-set.ts";
import { readFigures } from "../result-set/synthetic/figures.ts";
import { syntheticResultSet } from "../result-set/synthetic/synthetic.ts";
import { analyse, defaultSettings } from "./analysis.ts";

const paper = readFigures("results/paper");
const set = syntheticResultSet(
  {
    ...paper,
    sizesBytes: [8, 1024],
    native: paper.native.filter(({ benchmark }) => ["ib_send_lat", "osu_bw"].includes(benchmark)),
  },
  "results/paper",
);
const settings = { ...defaultSettings, resamples: 199 };

/** The warnings about the set with other measurements. */
function warningsOf(change: (measurement: HardwareMeasurement) => HardwareMeasurement[]): readonly string[] {
  return analyse({ ...set, measurements: set.measurements.flatMap(change) }, settings).warnings;
}

/** Whether a measurement is of one of the cells that a test is about. */
function isSendLatency({ benchmark, environment }: HardwareMeasurement, where: string): boolean {
  return benchmark === "ib_send_lat" && environment === where;
}

test("a set without flaws has warnings of nothing but outliers", () => {
  for (const warning of warningsOf((one) => [one])) expect(warning).toMatch(/far from the others/);
});

describe("a warning tells", () => {
  test("of values that drift, once for all cells of a benchmark", () => {
    const drifting = warningsOf((one) =>
      isSendLatency(one, "native") || isSendLatency(one, "vm-sriov")
        ? [{ ...one, value: one.value * (1 + 0.02 * one.block) }]
        : [one],
    ).filter((warning) => warning.includes("with the order of launches"));
    expect(drifting).toEqual([
      "Values of ib_send_lat grew with the order of launches in native at 8 B, vm-sriov at 8 B, native at 1024 B, vm-sriov at 1024 B (adjusted over all cells, at 5 %).",
    ]);
  });

  test("of a benchmark without native launches, which has no overhead", () => {
    const change = (one: HardwareMeasurement) => (isSendLatency(one, "native") ? [] : [one]);
    expect(warningsOf(change)).toContain(
      "There is no native baseline for ib_send_lat: no overhead can be given.",
    );
    const [latency] = analyse(
      { ...set, measurements: set.measurements.flatMap(change) },
      settings,
    ).benchmarks;
    expect(latency?.pairs.length).toBeGreaterThan(0);
    expect(latency?.pairs.every(({ overhead }) => overhead === null)).toBe(true);
  });

  test("of cells with one launch", () => {
    const change = (one: HardwareMeasurement) =>
      isSendLatency(one, "vm-sriov") && one.block > 1 ? [] : [one];
    expect(warningsOf(change)).toContain(
      "ib_send_lat has only one launch in vm-sriov at 8 B, vm-sriov at 1024 B: one launch has no spread, and no interval or difference can be given.",
    );
  });

  test("how many launches lie far from the others, all of which count", () => {
    const change = (one: HardwareMeasurement) =>
      isSendLatency(one, "native") && one.block === 3 ? [{ ...one, value: one.value * 3 }] : [one];
    const before = analyse(set, settings);
    const after = analyse({ ...set, measurements: set.measurements.flatMap(change) }, settings);
    const outliers = ({ benchmarks }: typeof before) =>
      benchmarks.flatMap(({ cells }) => cells).flatMap(({ description }) => description.outliers).length;
    expect(outliers(after)).toBeGreaterThan(outliers(before));
    expect(after.warnings.join(" ")).toContain(`${outliers(after)} launches are far from the others`);
    expect(after.samples.map(({ launches }) => launches.length)).toEqual(
      before.samples.map(({ launches }) => launches.length),
    );
  });
});

test("environments that are not alike have no comparison, and the reasons instead", () => {
  const reasons = ["path MTU: 4096 bytes in native, 1024 bytes in vm-sriov"];
  const comparisons = set.results.comparisons.map((pair) =>
    pair.environments.join() === "native,vm-sriov" ? { ...pair, comparable: false, reasons } : pair,
  );
  const unlike: ResultSet<"hardware"> = { ...set, results: { ...set.results, comparisons } };
  const { benchmarks, warnings } = analyse(unlike, settings);
  const refused = benchmarks.flatMap(({ pairs }) => pairs).filter(({ comparable }) => !comparable);
  // Two benchmarks at two sizes.
  expect(refused).toHaveLength(4);
  for (const pair of refused) {
    expect(pair).toMatchObject({ subject: "vm-sriov", reference: "native", comparison: null, reasons });
  }
  expect(warnings).toContain(`native and vm-sriov are not compared: ${reasons[0]}.`);
});
