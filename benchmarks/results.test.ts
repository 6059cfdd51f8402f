import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
    planDigest: "b".repeat(64),
    seed: 1,
    started: "2026-01-01T00:00:00.000Z",
    finished: "2026-01-01T00:10:00.000Z",
    complete: true,
    cells,
    cellsOmitted: 0,
    differences: [
      {
        what: "kernel",
        values: [
          { environment: "native", node: "n1", value: "6.12.1" },
          { environment: "native", node: "n2", value: "6.12.2" },
        ],
      },
    ],
    counts: {
      cells: cells.length,
      valid: 1,
      refused: 1,
      notAvailable: 0,
      missing: 0,
      launchesPlanned: 6,
      launchesValid: 3,
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
    expect(text).toMatch(/kernel: native on n1 6\.12\.1, native on n2 6\.12\.2/);
  });
});

test("results in an output never pass the limit; what is left out is counted", () => {
  const small = exampleResults([valid]);
  expect(resultsForOutput(small)).toEqual(small);
  const large = exampleResults(Array.from({ length: 2000 }, () => refused));
  const cut = resultsForOutput(large);
  expect(JSON.stringify(cut, null, 2).length).toBeLessThan(64 * 1024);
  expect(cut).toMatchObject({ cells: [], cellsOmitted: 2000, counts: large.counts });
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
