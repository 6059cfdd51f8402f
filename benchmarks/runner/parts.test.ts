import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "./lock.ts";
import { progressFormatter } from "./progress.ts";

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

test("progress is one line a launch with what is left", () => {
  const format = progressFormatter();
  const launch = {
    launch: 12,
    block: 1,
    warmUp: false,
    benchmark: "ib_send_lat",
    environment: "container-passthrough" as const,
    sizesBytes: [8],
  };
  const outcome = { status: "valid", values: [{ sizeBytes: 8, value: 3012.5 }], unit: "us" } as const;
  expect(format({ launch, launchCount: 72, mayStopEarlier: false, seconds: 4.3, outcome })).toBe(
    "[ 12/72] ib_send_lat 8 B container-passthrough: 3013 us (4.3 s, about 4 min left)",
  );
});
