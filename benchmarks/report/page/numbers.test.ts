import { expect, test } from "vitest";
import { cannotSay } from "../../statistics/cannot-say.ts";
import { percent, percentWithInterval } from "./numbers.ts";

test.each([
  [0.1234, "12\u00a0%"],
  [0.0994, "9.9\u00a0%"],
  [-0.0346, "−3.5\u00a0%"],
  [-0.0001, "0.0\u00a0%"],
])("%d is %s", (fraction, text) => expect(percent(fraction)).toBe(text));

test.each([
  ["a wide interval", 0.124, 0.1, 0.141, "12\u00a0% (10 to 14\u00a0%)"],
  ["a narrow one", 0.112, 0.108, 0.1161, "11.2\u00a0% (10.8 to 11.6\u00a0%)"],
  ["a very narrow one", 0.0912, 0.0908, 0.0916, "9.12\u00a0% (9.08 to 9.16\u00a0%)"],
  ["one on both sides of nothing", 0.01, -0.014, 0.04, "1.0\u00a0% (−1.4 to 4.0\u00a0%)"],
])("%s has decimals that tell its ends apart", (_, fraction, lower, upper, text) => {
  expect(percentWithInterval(fraction, { lower, upper })).toBe(text);
});

test("no interval is said", () => {
  expect(percentWithInterval(0.12, cannotSay("too few"))).toBe("12\u00a0% (no interval)");
});
