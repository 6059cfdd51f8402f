/** Runs whose number of launches follows from what they measured. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inventory } from "../../infra/inventory.ts";
import { mulberry32Words } from "../random.ts";
import type { Results } from "../results.ts";
import type { SuiteInput } from "../suite.ts";
import type { Assessment } from "./assessment.ts";
import { readPlan, runFiles } from "./run-directory.ts";
import type { Launch } from "./schedule.ts";
import type { RunOptions } from "./session.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { ChosenValues } from "./testing/chosen-values.ts";
import { testInventory } from "./testing/inventory.ts";
import { eventsOf, newRun, run } from "./testing/runs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-adaptive-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inventory = testInventory();
const hardware: Inventory = { ...inventory, fidelity: "hardware" };
const stop = { relativeWidth: 0.05, maximumLaunches: 20 };
const suite: SuiteInput = {
  benchmarks: ["ib_send_lat"],
  sizesBytes: [8],
  launches: 2,
  warmUpLaunches: 1,
  stop,
};

/** 25 µs, give or take so much of it; warm-up launches are twice as slow. */
function spread(fraction: number): (launch: Launch) => number {
  return ({ launch, warmUp }) => {
    const uniform = mulberry32Words(launch)() / 2 ** 31 - 1;
    return 25 * (1 + fraction * uniform) * (warmUp ? 2 : 1);
  };
}

function measure(
  directory: string,
  valueUs: (launch: Launch) => number,
  options: Partial<RunOptions> = {},
): Promise<Results> {
  return run(directory, new FakeAdapters(), new ChosenValues(directory, valueUs), { inventory, ...options });
}

/** A clock on which each look takes so many seconds. */
function slowClock(seconds: number): () => Date {
  let time = Date.parse("2026-01-01T00:00:00Z");
  return () => {
    time += seconds * 1000;
    return new Date(time);
  };
}

function withoutTime({ time: _, ...assessment }: Assessment) {
  return assessment;
}

test("a run ends with the block after which every interval is narrow enough, and nothing is missing", async () => {
  const directory = newRun(folder, suite, inventory);
  const told: Assessment[] = [];
  const results = await measure(directory, spread(0.06), { onAssessment: (one) => told.push(one) });
  const assessments = eventsOf(directory, "assessed");
  expect(told).toEqual(assessments);
  const { launches } = results.ending ?? expect.fail("the run has not ended");
  expect(launches).toBeGreaterThan(6);
  expect(launches).toBeLessThan(20);
  expect(results.ending).toMatchObject({
    reason: "precision",
    relativeWidth: 0.05,
    wideCells: 0,
    widest: [],
  });
  expect(assessments.map((assessment) => assessment.launches)).toEqual(
    Array.from({ length: launches }, (_, index) => index + 1),
  );
  expect(assessments.map(({ decision }) => decision)).toEqual([
    ...Array.from({ length: launches - 1 }, () => "continue"),
    "precision",
  ]);
  expect(assessments.slice(0, 5).flatMap(({ widest }) => widest.map((cell) => cell.relativeWidth))).toEqual(
    Array.from({ length: 10 }, () => null),
  );
  const started = eventsOf(directory, "started").map(({ launch }) => launch);
  expect(started).toEqual(Array.from({ length: 2 * (launches + 1) }, (_, index) => index + 1));
  expect(results.cells.map((cell) => [cell.status, cell.launches, cell.launchesPlanned])).toEqual([
    ["valid", launches, launches],
    ["valid", launches, launches],
  ]);
  expect(results.counts).toMatchObject({ missing: 0, launchesPlanned: 2 * launches });
  for (const cell of results.cells) expect(cell.maximum).toBeLessThan(27);
});

test("a run that stays imprecise ends at the maximum and tells the widths that remained", async () => {
  const directory = newRun(folder, { ...suite, stop: { ...stop, maximumLaunches: 7 } }, inventory);
  const { ending } = await measure(directory, spread(0.3));
  expect(ending).toMatchObject({ reason: "maximum", launches: 7, wideCells: 2 });
  const [first, second] = ending?.widest.map(({ relativeWidth }) => relativeWidth) ?? [];
  expect(first).toBeGreaterThan(0.05);
  expect(first).toBeGreaterThanOrEqual(second ?? Number.NaN);
});

test("a budget ends a run before the block that would go beyond it", async () => {
  const directory = newRun(folder, { ...suite, stop: { ...stop, budgetMinutes: 5 } }, inventory);
  const { ending } = await measure(directory, spread(0.3), { now: slowClock(3) });
  expect(ending).toMatchObject({ reason: "budget", wideCells: 2 });
  const last = eventsOf(directory, "assessed").at(-1);
  expect(last?.minutesSpent).toBeLessThanOrEqual(5);
  expect((last?.minutesSpent ?? 0) * (1 + 1 / (last?.block ?? 1))).toBeGreaterThan(5);
});

test.each([
  ["emulated", inventory, 2],
  ["hardware", hardware, 6],
] as const)(
  "a budget that is spent at once still gives on %s nodes the fewest launches",
  async (_, machines, fewest) => {
    const directory = newRun(folder, { ...suite, stop: { ...stop, budgetMinutes: 1 } }, machines);
    const { ending, warnings } = await measure(directory, spread(0.3), {
      inventory: machines,
      now: slowClock(60),
    });
    expect(ending).toMatchObject({ reason: "budget", launches: fewest });
    expect(warnings).toEqual([]);
  },
);

test("fewer fixed launches than an interval needs are warned of on hardware", async () => {
  const fixed: SuiteInput = { ...suite, stop: undefined };
  const results = await measure(newRun(folder, fixed, hardware), spread(0.01), { inventory: hardware });
  expect(results.ending).toMatchObject({ reason: "planned", launches: 2 });
  expect(results.warnings).toEqual([
    expect.stringMatching(/asks for 2 launches .* fewer than 6 has no 95 % interval/),
  ]);
  expect((await measure(newRun(folder, fixed, inventory), spread(0.01))).warnings).toEqual([]);
});

test("killed anywhere and continued, a run has the same order and comes to the same decisions", {
  timeout: 60_000,
}, async () => {
  const directory = newRun(folder, { ...suite, environments: ["native"] }, inventory);
  const whole = await measure(directory, spread(0.04));
  const assessments = eventsOf(directory, "assessed").map(withoutTime);
  const ledger = join(directory, runFiles.ledger);
  const text = readFileSync(ledger);
  const valid = eventsOf(directory, "valid").map(({ launch }) => launch);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
      rmSync(join(directory, runFiles.results), { force: true });
      writeFileSync(ledger, text);
      truncateSync(ledger, length);
      const results = await measure(directory, spread(0.04));
      expect(eventsOf(directory, "valid").map(({ launch }) => launch)).toEqual(valid);
      const again = eventsOf(directory, "assessed");
      expect(again.map(({ minutesSpent: _, ...rest }) => withoutTime(rest as Assessment))).toEqual(
        assessments.map(({ minutesSpent: _, ...rest }) => rest),
      );
      expect(results.ending).toMatchObject({ reason: "precision", launches: whole.ending?.launches });
      expect(results.cells).toEqual(whole.cells);
    }),
    { numRuns: 15 },
  );
});

test("a decision that was not written down any more is made again from what the ledger says", async () => {
  const directory = newRun(folder, { ...suite, stop: { ...stop, budgetMinutes: 5 } }, inventory);
  await measure(directory, spread(0.3), { now: slowClock(3) });
  const assessments = eventsOf(directory, "assessed").map(withoutTime);
  const ledger = join(directory, runFiles.ledger);
  const lines = readFileSync(ledger, "utf8").split("\n");
  const last = lines.findLastIndex((line) => line.startsWith('{"event":"assessed"'));
  writeFileSync(ledger, `${lines.slice(0, last).join("\n")}\n`);
  await measure(directory, spread(0.3), { now: slowClock(1) });
  expect(eventsOf(directory, "assessed").map(withoutTime)).toEqual(assessments);
  expect(readPlan(directory).launches.length).toBeGreaterThan(eventsOf(directory, "started").length);
});
