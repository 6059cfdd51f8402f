import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EnvironmentName } from "../infra/inventory.ts";
import type { Comparison } from "./evidence/compare.ts";
import { resultsText } from "./report/results-text.ts";
import { type CellResult, type Results, resultsForOutput, resultsSchema } from "./results.ts";
import { median } from "./summary.ts";

function exampleResults(cells: CellResult[]): Results {
  return resultsSchema.parse({
    schemaVersion: 1,
    fidelity: "emulated",
    runId: "20260101T000000Z-0123abcd",
    stack: "test",
    path: "results/test/20260101T000000Z-0123abcd",
    sha256: "a".repeat(64),
    report: null,
    planDigest: "b".repeat(64),
    seed: 1,
    started: "2026-01-01T00:00:00.000Z",
    finished: "2026-01-01T00:10:00.000Z",
    complete: true,
    ending: {
      reason: "planned",
      launches: 3,
      minutesSpent: 10,
      relativeWidth: null,
      wideCells: 0,
      widest: [],
    },
    warnings: [],
    cells,
    cellsOmitted: 0,
    programs: [],
    differences: [
      {
        what: "path MTU",
        fairness: "unfair",
        values: [
          { environment: "native", value: "4096 bytes" },
          { environment: "vm-sriov", value: "4096 bytes" },
          { environment: "container-passthrough", value: "1024 bytes" },
        ],
      },
      {
        what: "kernel",
        fairness: "declared",
        values: [
          { environment: "native", node: "n1", value: "6.12.1" },
          { environment: "native", node: "n2", value: "6.12.2" },
          { environment: "vm-sriov", node: "n1", guest: "g1", value: "6.12.3" },
        ],
      },
    ],
    differencesOmitted: 0,
    comparisons: [
      {
        environments: ["native", "container-passthrough"],
        comparable: false,
        reasons: ["path MTU: 4096 bytes in native, 1024 bytes in container-passthrough"],
      },
      { environments: ["native", "vm-sriov"], comparable: true, reasons: [] },
    ],
    activeEnvironment: "native",
    counts: {
      cells: cells.length,
      valid: 1,
      refused: 1,
      notAvailable: 0,
      missing: 0,
      launchesPlanned: 6,
      launchesValid: 3,
      launchesProven: 3,
      attempts: 9,
      attemptsRefused: 6,
    },
  });
}

const valid: CellResult = {
  benchmark: "ib_send_lat",
  environment: "native",
  sizeBytes: 8,
  status: "valid",
  launches: 3,
  launchesPlanned: 3,
  launchesProven: 3,
  attemptsRefused: 0,
  statistic: "typical",
  unit: "us",
  median: 3012.5,
  minimum: 2900.25,
  maximum: 4000,
};
const refused: CellResult = {
  ...valid,
  environment: "container-passthrough",
  status: "refused",
  launches: 0,
  attemptsRefused: 6,
  median: null,
  minimum: null,
  maximum: null,
  reason: "ib_send_lat did not end within 60 s",
};

describe("the text for people", () => {
  const text = resultsText(exampleResults([valid, refused]));
  test("says EMULATED first, then a table, then what was refused and what differs", () => {
    expect(text).toMatch(/^EMULATED/);
    expect(text).toMatch(/benchmark +size +native +container-passthrough/);
    expect(text).toMatch(/ib_send_lat +8 B +3013 \(2900–4000\) us n=3 +refused/);
    expect(text).toMatch(
      /container-passthrough: ib_send_lat did not end within 60 s\n +ib_send_lat 8 B \(6 attempts refused\)/,
    );
  });
  test("tells which environments are not compared before what differs, the unfair first, one line a fact", () => {
    const lines = text.split("\n").slice(text.split("\n").indexOf("Not to be compared:"));
    expect(lines).toEqual([
      "Not to be compared:",
      "  container-passthrough is not compared with native: path MTU: 4096 bytes in native, 1024 bytes in container-passthrough",
      "",
      "Differences that make a comparison unfair:",
      "  path MTU: 4096 bytes (native, vm-sriov) | 1024 bytes (container-passthrough)",
      "",
      "Differences between environments:",
      "  kernel: 6.12.1 (native on n1) | 6.12.2 (native on n2) | 6.12.3 (vm-sriov on n1/g1)",
      "",
    ]);
  });
  test("an environment that is apart from several is told once", () => {
    const results = exampleResults([valid]);
    const reasons = ["path MTU: 4096 bytes in a, 1024 bytes in b", "network MTU: 1 bytes in a, 2 bytes in b"];
    const unlike = (first: EnvironmentName, second: EnvironmentName): Comparison => ({
      environments: [first, second],
      comparable: false,
      reasons,
    });
    const comparisons = [
      unlike("native", "vm-virtio"),
      unlike("vm-sriov", "vm-virtio"),
      unlike("native", "vm-sriov"),
    ];
    expect(resultsText({ ...results, comparisons })).toContain(
      [
        "Not to be compared:",
        "  vm-virtio is not compared with native, vm-sriov: path MTU; network MTU",
        `  vm-sriov is not compared with native: ${reasons.join("; ")}`,
        "",
      ].join("\n"),
    );
  });
  test("environments stand in the paper's order", () => {
    const names = ["vm-virtio", "container-passthrough", "vm-sriov", "native", "vm-passthrough"] as const;
    const all = resultsText(exampleResults(names.map((environment) => ({ ...valid, environment }))));
    expect(all).toMatch(/native +vm-passthrough +vm-sriov +container-passthrough +vm-virtio/);
  });
});

test("results in an output never pass the limit; what is left out is counted", () => {
  const small = exampleResults([valid]);
  expect(resultsForOutput(small)).toEqual(small);
  const large = exampleResults(Array.from({ length: 2000 }, () => refused));
  const cut = resultsForOutput(large);
  expect(JSON.stringify(cut, null, 2).length).toBeLessThan(64 * 1024);
  expect(cut).toMatchObject({ cells: [], cellsOmitted: 2000, counts: large.counts });
  const tight = JSON.stringify(small).length - 1;
  expect(resultsForOutput(small, tight)).toMatchObject({
    cells: small.cells,
    differences: [{ what: "path MTU" }],
    differencesOmitted: 1,
  });
});

test("the median lies in the middle", () => {
  expect(median([])).toBeNull();
  expect(median([1, 2, 4])).toBe(2);
  expect(median([1, 2, 4, 8])).toBe(3);
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
      const sorted = [...values].sort((a, b) => a - b);
      const middle = median(sorted) as number;
      const below = sorted.filter((value) => value <= middle).length;
      expect(2 * below).toBeGreaterThanOrEqual(sorted.length);
    }),
  );
});
