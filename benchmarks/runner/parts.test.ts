import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "./lock.ts";
import { chooseGidIndex, gidDigits, parseProbe } from "./probe.ts";
import { progressFormatter } from "./progress.ts";
import { mulberry32, shuffled } from "./random.ts";
import { probeText } from "./testing/remotes.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-parts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a second runner is refused, and the lock of a process that is gone is taken over", () => {
  const path = join(folder, "stack", ".lock");
  const release = takeLock(path);
  expect(() => takeLock(path)).toThrow(/another runner \(process \d+\) is measuring this stack/);
  const held = readFileSync(path, "utf8");
  release();
  for (const stale of [held.replace(/"startTime":"\d+"/, '"startTime":"1"'), "{", ""]) {
    writeFileSync(path, stale);
    takeLock(path)();
  }
  takeLock(path)();
});

test("the GID is the RoCE v2 entry of the fabric address, none on InfiniBand, missing when there is none", () => {
  const probe = parseProbe(probeText());
  expect(chooseGidIndex(probe, "127.0.0.1")).toBe(1);
  expect(chooseGidIndex(probe, "fe80::5054:ff:fe00:1")).toBe(0);
  expect(chooseGidIndex(probe, "10.0.0.9")).toBeUndefined();
  expect(chooseGidIndex({ ...probe, linkLayer: "InfiniBand" }, "10.0.0.9")).toBeNull();
  const versionOne = probe.gids.map((gid) => ({ ...gid, type: "IB/RoCE v1" }));
  expect(chooseGidIndex({ ...probe, gids: versionOne }, "127.0.0.1")).toBeUndefined();
});

test("addresses in GID form", () => {
  expect(gidDigits("10.0.9.1")).toBe("00000000000000000000ffff0a000901");
  expect(gidDigits("2001:db8::7")).toBe("20010db8000000000000000000000007");
  expect(gidDigits("::1")).toBe(`${"0".repeat(31)}1`);
  expect(gidDigits("n1.example")).toBeNull();
});

test("a probe tells what is not there", () => {
  const probe = parseProbe("kernel 6.12\nno-tool timeout\nno-device rxe0 1\nno-program ib_send_lat\n");
  expect(probe).toMatchObject({
    linkLayer: null,
    missingTools: ["timeout"],
    missingPrograms: ["ib_send_lat"],
  });
});

test("a shuffle is a permutation, and small numbers are not favoured", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 2 ** 32 - 1 }), (items, seed) => {
      const order = shuffled(items, mulberry32(seed));
      expect([...order].sort()).toEqual([...items].sort());
    }),
  );
  const counts = new Map<string, number>();
  const randomBelow = mulberry32(7);
  for (let round = 0; round < 6000; round++) {
    const order = shuffled(["a", "b", "c"], randomBelow).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test("progress is one line a launch with what is left", () => {
  const format = progressFormatter();
  const launch = {
    launch: 12,
    block: 1,
    warmUp: false,
    benchmark: "ib_send_lat",
    environment: "container-passthrough",
    sizeBytes: 8,
  } as const;
  const outcome = { status: "valid", value: 3012.5, unit: "us" } as const;
  expect(format({ launch, launchCount: 72, seconds: 4.3, outcome })).toBe(
    "[ 12/72] ib_send_lat 8 B container-passthrough: 3013 us (4.3 s, about 4 min left)",
  );
});
