/** Runs that end before their time, and what a later call makes of them. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Remote, RemoteError } from "../../infra/remote/remote.ts";
import { resolveSuite, suiteSchema } from "../suite.ts";
import { runPlan } from "./run.ts";
import { findUnfinished, runFiles } from "./run-directory.ts";
import { planRun } from "./schedule.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { testInventory } from "./testing/inventory.ts";
import { InstantRemote } from "./testing/remotes.ts";
import { ledgerOf, newRun, sendLatency } from "./testing/runs.ts";

const { options: adapters } = new FakeAdapters();
const inventory = testInventory();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a run cut off at any byte of its ledger is continued: each launch valid once, none run twice", async () => {
  const whole = newRun(folder, sendLatency, inventory);
  await runPlan({ directory: whole, inventory, remoteOf: () => new InstantRemote(), ...adapters });
  const text = readFileSync(join(whole, runFiles.ledger));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
      rmSync(join(whole, runFiles.results), { force: true });
      writeFileSync(join(whole, runFiles.ledger), text);
      truncateSync(join(whole, runFiles.ledger), length);
      const validBefore = ledgerOf(whole).flatMap((event) => (event.event === "valid" ? [event.launch] : []));
      const results = await runPlan({
        directory: whole,
        inventory,
        remoteOf: () => new InstantRemote(),
        ...adapters,
      });
      const events = ledgerOf(whole);
      const valid = events.flatMap((event) => (event.event === "valid" ? [event.launch] : []));
      expect(valid).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(valid.slice(0, validBefore.length)).toEqual(validBefore);
      const resumedAt = events.findLastIndex((event) => event.event === "session");
      const startedAgain = events
        .slice(resumedAt)
        .flatMap((event) => (event.event === "started" ? [event.launch] : []));
      expect(startedAgain.some((launch) => validBefore.includes(launch))).toBe(false);
      expect(results.complete).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("a torn last line is recorded, a damaged line within is refused", async () => {
  const directory = newRun(folder, sendLatency, inventory);
  await runPlan({ directory, inventory, remoteOf: () => new InstantRemote(), ...adapters });
  const ledger = join(directory, runFiles.ledger);
  rmSync(join(directory, runFiles.results));
  expect(
    findUnfinished(
      join(folder, "test"),
      planRun(resolveSuite(suiteSchema.parse(sendLatency), inventory), inventory).planDigest,
    ),
  ).toBe(directory);
  appendFileSync(ledger, '{"event":"star');
  await runPlan({ directory, inventory, remoteOf: () => new InstantRemote(), ...adapters });
  expect(ledgerOf(directory).findLast((event) => event.event === "session")).toMatchObject({
    kind: "resumed",
    tornLine: '{"event":"star',
  });
  appendFileSync(ledger, "{}\n");
  await expect(
    runPlan({ directory, inventory, remoteOf: () => new InstantRemote(), ...adapters }),
  ).rejects.toThrow(/line \d+ of .*ledger.jsonl is not valid/);
});

test("a node that goes away ends the run, and the next one goes on where it stood", async () => {
  const directory = newRun(folder, sendLatency, inventory);
  let commands = 0;
  class LeavingRemote extends InstantRemote {
    override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
      commands += 1;
      if (commands > 10) throw new RemoteError("unreachable", "n2 does not answer");
      return super.run(...words);
    }
  }
  await expect(
    runPlan({ directory, inventory, remoteOf: () => new LeavingRemote(), ...adapters }),
  ).rejects.toThrow("n2 does not answer");
  const results = await runPlan({ directory, inventory, remoteOf: () => new InstantRemote(), ...adapters });
  expect(results.counts).toMatchObject({ launchesValid: 8, attemptsRefused: 0 });
});
