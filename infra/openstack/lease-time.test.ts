import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBlazarTime, minuteMs, nextMinuteMs, toBlazarTime } from "./lease-time.ts";

const times = fc.integer({ min: 0, max: Date.parse("2100-01-01T00:00:00Z") });

test("both of Blazar's forms are UTC, whatever the zone of this machine", () => {
  expect(toBlazarTime(Date.parse("2026-11-23T12:55:59.999Z"))).toBe("2026-11-23 12:55");
  expect(fromBlazarTime("2026-11-23 12:55")).toBe(Date.parse("2026-11-23T12:55:00Z"));
  expect(fromBlazarTime("2026-11-23T12:55:30.000000")).toBe(Date.parse("2026-11-23T12:55:30Z"));
});

test("a time goes there and back but for what is below a minute", () => {
  fc.assert(
    fc.property(times, (timeMs) => {
      expect(fromBlazarTime(toBlazarTime(timeMs))).toBe(timeMs - (timeMs % minuteMs));
    }),
  );
});

test("the next minute is whole, not before, and less than a minute away", () => {
  fc.assert(
    fc.property(times, (timeMs) => {
      const next = nextMinuteMs(timeMs);
      expect(next % minuteMs).toBe(0);
      expect(next - timeMs).toBeGreaterThanOrEqual(0);
      expect(next - timeMs).toBeLessThan(minuteMs);
    }),
  );
});

test.each(["now", "2026-13-45 99:99", "23.11.2026", ""])("%j is no time", (text) => {
  expect(() => fromBlazarTime(text)).toThrow(RangeError);
});
