import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defaultSettings } from "../analysis/analysis.ts";
import type { Measurement } from "../measurement.ts";
import { type Example, writeExampleRun } from "../report/testing/example-run.ts";
import { readResultSet } from "../result-set/read.ts";
import type { ResultSet } from "../result-set/result-set.ts";
import { isCannotSay } from "../statistics/cannot-say.ts";
import type { SuiteInput } from "../suite.ts";
import { compareRuns } from "./compare.ts";
import { comparisonText } from "./text.ts";

const folder = mkdtempSync(join(tmpdir(), "testbed-compare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const suite: SuiteInput = {
  benchmarks: ["ib_send_lat", "ib_send_bw"],
  environments: ["native", "vm-sriov"],
  sizesBytes: [8, 4096],
  launches: 10,
  seed: 1,
};
const settings = { ...defaultSettings, resamples: 999 };

function run(changed: Partial<SuiteInput> = {}, example: Partial<Example> = {}): ResultSet {
  return readResultSet(
    writeExampleRun(folder, { fidelity: "hardware", suite: { ...suite, ...changed }, ...example }),
  );
}

/** The run with its values of one environment and benchmark times a factor. */
function times(set: ResultSet, benchmark: string, factor: number): ResultSet {
  const measurements = set.measurements.map((measurement) =>
    measurement.benchmark === benchmark && measurement.environment === "vm-sriov"
      ? { ...measurement, value: measurement.value * factor }
      : measurement,
  );
  return { ...set, measurements: measurements as readonly Extract<Measurement, { fidelity: "hardware" }>[] };
}

const first = run();
const second = run({ seed: 2 });

function cellsOf(comparison: ReturnType<typeof compareRuns>) {
  return comparison.benchmarks.flatMap(({ benchmark, cells }) =>
    cells.map((cell) => ({ benchmark, ...cell })),
  );
}

describe("two runs", () => {
  test("of one stack show no difference", () => {
    const comparison = compareRuns(first, second, settings);
    const cells = cellsOf(comparison);
    expect(cells).toHaveLength(8);
    expect(comparison.warnings).toEqual([]);
    expect(comparison.environmentDifferences).toEqual([]);
    for (const { ratio, difference } of cells) {
      expect(difference).toMatchObject({ found: false });
      if (isCannotSay(ratio) || isCannotSay(ratio.interval)) throw new Error("no interval");
      expect(Math.abs(ratio.value - 1)).toBeLessThan(0.1);
    }
  });

  test("differ where one is slower, and nowhere else; text and direction follow what is better", () => {
    const slower = times(times(second, "ib_send_lat", 1.5), "ib_send_bw", 1.5);
    const comparison = compareRuns(first, slower, settings);
    for (const { environment, ratio, difference, benchmark } of cellsOf(comparison)) {
      expect(difference, `${benchmark} ${environment}`).toMatchObject({ found: environment === "vm-sriov" });
      if (environment !== "vm-sriov" || isCannotSay(ratio) || isCannotSay(ratio.interval)) continue;
      expect(ratio.interval.lower).toBeLessThan(1.5);
      expect(ratio.interval.upper).toBeGreaterThan(1.5);
    }
    const lines = comparisonText(comparison)
      .split("\n")
      .filter((line) => line.includes("vm-sriov"));
    expect(lines.filter((line) => line.startsWith("ib_send_lat"))).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(line.startsWith("ib_send_lat") ? / worse$/ : / better$/);
  });

  test("turned around have the inverse ratios", () => {
    const [there, back] = [compareRuns(first, second, settings), compareRuns(second, first, settings)].map(
      cellsOf,
    );
    for (const [index, { ratio, difference }] of (there ?? []).entries()) {
      const other = back?.[index];
      if (other === undefined || isCannotSay(ratio) || isCannotSay(other.ratio)) throw new Error("no ratio");
      expect(other.ratio.value).toBeCloseTo(1 / ratio.value, 9);
      expect(other.difference).toEqual(difference);
    }
  });

  test("with too few launches say how many they need, and give no interval", () => {
    const cells = cellsOf(compareRuns(run({ launches: 3 }), second, settings));
    for (const { ratio, difference } of cells) {
      expect(ratio).toMatchObject({ interval: { kind: "cannot say", needed: 6 } });
      expect(isCannotSay(difference) || !difference.found || difference.adjustedPValue <= 0.05).toBe(true);
    }
    const single = cellsOf(compareRuns(run({ launches: 1 }), run({ launches: 1, seed: 3 }), settings));
    for (const { difference } of single) {
      expect(difference).toMatchObject({
        kind: "cannot say",
        reason: "a difference at 5 % needs about 4 launches in each run, there are 1 and 1",
      });
    }
  });

  test("name what only one of them has", () => {
    const other = run({ sizesBytes: [8, 64], environments: ["native"] });
    const comparison = compareRuns(first, other, settings);
    expect(cellsOf(comparison).map(({ sizeBytes }) => sizeBytes)).toEqual([8, 8]);
    expect(comparison.onlyInFirst).toHaveLength(6);
    expect(
      comparison.onlyInSecond.map(({ sizeBytes, environment }) => `${sizeBytes} ${environment}`),
    ).toEqual(["64 native", "64 native"]);
    expect(comparisonText(comparison)).toContain("Only in B:\n  ib_send_lat 64 B in native\n");
  });

  test("whose environments differ are warned of", () => {
    const comparison = compareRuns(first, run({ seed: 2 }, { unfair: "vm-sriov" }), settings);
    expect(comparison.environmentDifferences).toEqual([
      {
        ...{ environment: "vm-sriov", what: "path MTU", fairness: "unfair" },
        ...{ first: "4096 bytes", second: "1024 bytes" },
      },
    ]);
    expect(comparison.warnings).toEqual([
      "The runs differ in path MTU of vm-sriov: its ratios are no ratios of the stacks alone.",
    ]);
    expect(comparisonText(comparison)).toContain("vm-sriov, path MTU: 4096 bytes (A) | 1024 bytes (B)");
  });

  test("in which a benchmark was not the same work have no ratio of it", () => {
    const applications = { benchmarks: ["ib_send_lat", "lammps-lj", "nas-ep", "osu_bcast"] };
    const comparison = compareRuns(
      run({ ...applications, profile: "paper" }),
      run({ ...applications, profile: "emulated" }),
      settings,
    );
    expect(comparison.benchmarks.map(({ benchmark }) => benchmark)).toEqual(["ib_send_lat"]);
    expect(comparison.notCompared).toEqual([
      { benchmark: "lammps-lj", reason: "it had 32 processes in A and 2 processes in B" },
      { benchmark: "nas-ep", reason: "it had 32 processes in A and 2 processes in B" },
      { benchmark: "osu_bcast", reason: "it had 48 processes in A and 4 processes in B" },
    ]);
    const alikeInSize = (set: ResultSet): ResultSet => ({
      ...set,
      benchmarks: set.benchmarks.map((benchmark) => ({ ...benchmark, processes: 2 })),
    });
    const [paper, emulated] = (["paper", "emulated"] as const).map((profile) =>
      alikeInSize(run({ ...applications, profile })),
    ) as [ResultSet, ResultSet];
    const alike = compareRuns(paper, emulated, settings);
    expect(alike.benchmarks.map(({ benchmark }) => benchmark)).toEqual(["ib_send_lat", "osu_bcast"]);
    expect(comparisonText(alike)).toContain(
      "Not compared:\n  lammps-lj: its problem was steps 1000, x 80, y 80, z 80 in A and steps 20, x 4, y 4, z 4 in B\n",
    );
  });

  test("that are one are said to be one", () => {
    expect(compareRuns(first, first, settings).warnings).toEqual([
      "Both are the same run: every ratio is 1 by itself.",
    ]);
  });

  test("of unlike fidelity are refused", () => {
    const emulated = run({}, { fidelity: "emulated" });
    expect(() => compareRuns(first, emulated, settings)).toThrow(
      /is hardware and .* is emulated: they can't/,
    );
    expect(comparisonText(compareRuns(emulated, emulated, settings))).toMatch(/^EMULATED: /);
  });
});
