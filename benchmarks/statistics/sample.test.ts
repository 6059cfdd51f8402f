import { describe, expect, test } from "vitest";
import { isCannotSay } from "./cannot-say.ts";
import { describeSample, samplesOf } from "./sample.ts";
import { simulatedSample } from "./simulation.ts";

/** Launches in the order of the values. */
function sampleOf(values: readonly number[]) {
  const launches = values.map((value, index) => ({
    block: index + 1,
    position: index,
    activation: null,
    value,
  }));
  return simulatedSample("native", 8, launches);
}

describe("a description", () => {
  test("tells an order's effect, and none where there is none", () => {
    const growing = describeSample(sampleOf([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]), 0.95, 1).orderEffect;
    const mixed = describeSample(sampleOf([14, 11, 18, 10, 16, 12, 19, 13, 15, 17]), 0.95, 1).orderEffect;
    if (isCannotSay(growing) || isCannotSay(mixed)) throw new Error("ten launches can be tested");
    expect(growing).toMatchObject({ correlation: 1, exact: false });
    expect(growing.pValue).toBeLessThan(0.001);
    expect(mixed.pValue).toBeGreaterThan(0.3);
  });

  test("of few launches says what it can't say", () => {
    const description = describeSample(sampleOf([10, 11, 12]), 0.95, 1);
    expect(description.median).toEqual({ value: 11 });
    expect(description.interval).toMatchObject({ kind: "cannot say", needed: 6 });
    expect(description.orderEffect).toMatchObject({ kind: "cannot say", needed: 5 });
  });
});

test("a launch with several values counts once", () => {
  const measurement = (attempt: string, block: number, value: number) => ({
    fidelity: "emulated" as const,
    environment: "native" as const,
    benchmark: "ib_send_lat",
    block,
    activation: 10 + block,
    attempt,
    sizeBytes: 8,
    statistic: "typical",
    unit: "us",
    value,
    tool: "perftest",
    source: { file: "raw/1", line: 1 },
  });
  const [sample] = samplesOf([measurement("10.1", 2, 4), measurement("2.2", 1, 1), measurement("2.2", 1, 3)]);
  expect(sample?.launches).toEqual([
    { block: 1, position: 2, activation: 11, value: 2 },
    { block: 2, position: 10, activation: 12, value: 4 },
  ]);
  expect(() => samplesOf([measurement("2.1", 1, 1), measurement("2.2", 1, 3)])).toThrow(
    "only one can be valid",
  );
});
