import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tooFew } from "../statistics/cannot-say.ts";
import { decide, type Estimate } from "./decide.ts";
import { around, benefitsUpTo, better, lessThan, minor, similar, within } from "./wording.ts";

/** By itself ± half, together with others ± whole width. */
function estimateAt(value: number, width = 0.01, sizeBytes: number | null = null): Estimate {
  return {
    sizeBytes,
    value,
    interval: { lower: value - width / 2, upper: value + width / 2 },
    simultaneous: { lower: value - width, upper: value + width },
  };
}

describe("each", () => {
  test.each([
    ["all inside", [0.01, 0.02], "supported"],
    ["one over the edge", [0.01, 0.036], "inconclusive"],
    ["one outside by itself, but not among many", [0.01, 0.041], "inconclusive"],
    ["one outside among many", [0.01, 0.05], "contradicted"],
    ["better than native breaks no promise", [-0.2, 0.02], "supported"],
  ])("%s", (_, values, verdict) => {
    const estimates = values.map((value) => estimateAt(value));
    const decided = decide("each", estimates, within(3));
    expect(decided.verdict).toBe(verdict);
    expect(decided.deciding.value).toBe(Math.max(...values));
  });

  test("one size without an interval leaves nothing to say, and says why", () => {
    const without = { ...estimateAt(0.01), interval: tooFew("a ratio", "launches", 6, 1) };
    expect(decide("each", [estimateAt(0.01), without], within(3))).toMatchObject({
      verdict: "inconclusive",
      reason: "a ratio needs 6 launches, there is 1",
    });
  });
});

describe("greatest", () => {
  test.each([
    ["reached at one size", [0.02, 0.24], "supported"],
    ["nowhere reached", [0.02, 0.1], "contradicted"],
    ["exceeded", [0.24, 0.4], "contradicted"],
    ["about to be exceeded", [0.24, 0.287], "inconclusive"],
    ["about to be reached", [0.02, 0.196], "inconclusive"],
  ])("%s", (_, values, verdict) => {
    const estimates = values.map((value) => estimateAt(value));
    expect(decide("greatest", estimates, benefitsUpTo(24)).verdict).toBe(verdict);
  });
});

describe("most", () => {
  test.each([
    ["two of three", [1, 1.02, 1.3], "supported"],
    ["one of two is not most", [1, 1.3], "contradicted"],
    ["one decides and is open", [1, 1.11, 1.3], "inconclusive"],
  ])("%s", (_, values, verdict) => {
    const estimates = values.map((value) => estimateAt(value));
    expect(decide("most", estimates, similar).verdict).toBe(verdict);
  });
});

describe("what lies on the edge", () => {
  const at = (value: number): Estimate[] => [estimateAt(value, 0)];
  test.each([
    ["as good is not better", better, 0, "contradicted"],
    ["4 % are not less than 4 %", lessThan(4), 0.04, "contradicted"],
    ["3.5 % are within 3 %", within(3), 0.035, "supported"],
  ] as const)("%s", (_, allowed, value, verdict) => {
    for (const extent of ["each", "greatest", "most", "typical"] as const) {
      expect(decide(extent, at(value), allowed).verdict).toBe(verdict);
    }
  });
});

test("where numbers are clear one by one and not together, the interval that they have together is given", () => {
  const [first, ...others] = [0.041, 0.01].map((value) => estimateAt(value)) as [Estimate, Estimate];
  const { verdict, deciding } = decide("each", [first, ...others], within(3));
  expect(verdict).toBe("inconclusive");
  expect(deciding.interval).toEqual(first.simultaneous);
});

test("a narrower interval never turns one answer into the other", () => {
  const opposite = { supported: "contradicted", contradicted: "supported", inconclusive: null } as const;
  fc.assert(
    fc.property(
      fc.constantFrom("each", "greatest", "most", "typical"),
      fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      (extent, values, width) => {
        const wide = decide(
          extent,
          values.map((value) => estimateAt(value, width)),
          around(17),
        ).verdict;
        const narrow = decide(
          extent,
          values.map((value) => estimateAt(value, width / 4)),
          around(17),
        ).verdict;
        expect(narrow).not.toBe(opposite[wide]);
        if (wide !== "inconclusive") expect(narrow).toBe(wide);
      },
    ),
  );
});

describe("wordings agree with what the paper itself says of its numbers", () => {
  const holds = (allowed: { from: number; to: number }, value: number): boolean =>
    value >= allowed.from && value <= allowed.to;
  test("(1.88 − 1.49)/1.88 is around 20 %, (1.20 − 0.91)/1.20 is up to 24 %, (1.41 − 1.09)/1.41 up to 23 %", () => {
    expect(holds(around(20), (1.88 - 1.49) / 1.88)).toBe(true);
    expect(holds(benefitsUpTo(24), (1.2 - 0.91) / 1.2)).toBe(true);
    expect(holds(benefitsUpTo(23), (1.41 - 1.09) / 1.41)).toBe(true);
  });
  test("10 % less bandwidth is similar, 12 % more latency is not", () => {
    expect(holds(similar, 0.9)).toBe(true);
    expect(holds(similar, 1.12)).toBe(false);
  });
  test("3, 7 and 8 % are minor, 17 % is not", () => {
    expect([0.03, 0.07, 0.08, 0.17].map((value) => holds(minor, value))).toEqual([true, true, true, false]);
  });
  test("less than has no rounding in its favour, within has", () => {
    expect(holds(lessThan(4), 0.042)).toBe(false);
    expect(holds(within(4), 0.042)).toBe(true);
  });
});
