/** Runs on leased nodes: they stop before the lease ends, and go on under another one. Time is simulated. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Inventory } from "../../infra/inventory.ts";
import type { RemoteOptions, RemoteResult } from "../../infra/remote/remote.ts";
import { endingText } from "../report/ending-text.ts";
import { type Results, resultsSchema } from "../results.ts";
import { findDoneBeforeExtension } from "./lease-end.ts";
import { findUnfinished, readPlan, runFiles } from "./run-directory.ts";
import { planRun } from "./schedule.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { InstantRemote } from "./testing/remotes.ts";
import { eventsOf, ledgerOf, newRun, inventory as ownMachines, run, suite } from "./testing/runs.ts";

const minuteMs = 60_000;
const begun = Date.parse("2026-11-23T12:00:00Z");
const endsAfter = (minutes: number): string => new Date(begun + minutes * minuteMs).toISOString();

/** Two nodes of the given lease; another one has other machines of the type. */
function leased(minutes: number, lease = "a"): Inventory {
  return {
    ...ownMachines,
    lease: { endsAt: endsAfter(minutes), site: "CHI@TACC", nodeType: "compute_haswell_ib" },
    nodes: ownMachines.nodes.map((node) => ({
      ...node,
      source: "chameleon",
      connection: {
        address: `${node.name}.lease-${lease}`,
        user: "root",
        hostKey: `ssh-ed25519 AAAA${lease}`,
      },
    })),
  };
}

/** A node whose clock is ahead of this machine's, and whose tests take a minute each. */
class SlowRemote extends InstantRemote {
  readonly aheadMs: number;
  constructor(aheadMs = 0) {
    super();
    this.aheadMs = aheadMs;
  }
  override async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    const result = await super.run(command, options);
    if (command[0] === "date")
      return { ...result, stdout: `${Math.floor((Date.now() + this.aheadMs) / 1000)}\n` };
    if (command.at(-1) === "127.0.0.1") await new Promise((resolve) => setTimeout(resolve, minuteMs));
    return result;
  }
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-lease-"));
  vi.useFakeTimers({ now: begun, toFake: ["Date", "setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

async function runOn(directory: string, inventory: Inventory, remote = new SlowRemote()): Promise<Results> {
  const running = run(directory, new FakeAdapters(), remote, { inventory });
  let isRunning = true;
  const ended = running.finally(() => {
    isRunning = false;
  });
  ended.catch(() => undefined);
  while (isRunning) await vi.advanceTimersByTimeAsync(1000);
  return ended;
}

const validLaunches = (directory: string) => eventsOf(directory, "valid").map(({ launch }) => launch);

test("a run stops before the lease of its nodes ends, and one under a new lease finishes it", async () => {
  const first = leased(9.5);
  const directory = newRun(folder, undefined, first);
  const stackDirectory = join(folder, "test");
  const { planDigest } = readPlan(directory);
  const partial = await runOn(directory, first);
  expect(validLaunches(directory)).toEqual([1, 2, 3, 4]);
  const [{ time } = expect.fail("the lease's end is not in the ledger")] = eventsOf(directory, "lease-ended");
  expect(Date.parse(time)).toBeGreaterThanOrEqual(begun + 4.5 * minuteMs);
  expect(Date.parse(time)).toBeLessThan(begun + 5 * minuteMs);
  expect(
    ledgerOf(directory)
      .slice(-3)
      .map(({ event }) => event),
  ).toEqual(["interrupted", "released", "lease-ended"]);
  expect(partial).toMatchObject({
    complete: false,
    finished: null,
    sha256: null,
    ending: { reason: "lease", launches: 1 },
  });
  expect(endingText(partial.ending ?? expect.fail())).toMatch(
    /^stopped before the end of its nodes' lease, after 1 launch of each cell at least; up with/,
  );
  const written = readFileSync(join(directory, runFiles.results), "utf8");
  expect(resultsSchema.parse(JSON.parse(written))).toEqual(partial);
  expect(existsSync(join(directory, runFiles.sums))).toBe(false);

  const second = leased(600, "b");
  expect(planRun(suite, second).planDigest).toBe(planDigest);
  expect(findUnfinished(stackDirectory, planDigest)).toBe(directory);
  const whole = await runOn(directory, second);
  expect(whole).toMatchObject({ complete: true, ending: { reason: "planned", launches: 3 } });
  expect(validLaunches(directory)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(whole.counts).toMatchObject({ launchesValid: 9, attemptsRefused: 0, missing: 0 });
  expect(eventsOf(directory, "session").map(({ kind, lease }) => [kind, lease?.endsAt])).toEqual([
    ["begun", endsAfter(9.5)],
    ["resumed", endsAfter(600)],
  ]);
  expect(findUnfinished(stackDirectory, planDigest)).toBeNull();
});

test("it goes by the clock of the nodes, and measures nothing when there is no time at all", async () => {
  const machines = leased(30);
  const directory = newRun(folder, undefined, machines);
  const results = await runOn(directory, machines, new SlowRemote(60 * minuteMs));
  expect(validLaunches(directory)).toEqual([]);
  expect(results).toMatchObject({ complete: false, ending: { reason: "lease", launches: 0 } });
  expect(results.counts.missing).toBe(results.counts.cells);
});

test("a lease that is only extended after its run is finished is no reason to measure again", async () => {
  const machines = leased(60);
  const directory = newRun(folder, undefined, machines);
  const { planDigest } = readPlan(directory);
  const done = (inventory: Inventory) => findDoneBeforeExtension(join(folder, "test"), planDigest, inventory);
  expect(done(leased(120))).toBeNull();
  await runOn(directory, machines);
  expect(done(leased(120))).toBe(directory);
  expect(done(machines), "asked for again as it is").toBeNull();
  expect(done(leased(120, "b")), "on other machines").toBeNull();
  expect(done(ownMachines)).toBeNull();
});

test("nodes that are not leased are not asked for the time, and their ledger says nothing of leases", async () => {
  const directory = newRun(folder);
  const remote = new SlowRemote();
  await runOn(directory, ownMachines, remote);
  expect(remote.commands.some(([program]) => program === "date")).toBe(false);
  expect(eventsOf(directory, "session").map((event) => "lease" in event)).toEqual([false]);
});

test("which nodes of their type are leased changes no plan, and another type does", () => {
  const { planDigest } = planRun(suite, leased(60));
  expect(planRun(suite, leased(120, "b")).planDigest).toBe(planDigest);
  const other = leased(60);
  const skylake = {
    ...other,
    lease: { endsAt: endsAfter(60), site: "CHI@TACC", nodeType: "compute_skylake" },
  };
  expect(planRun(suite, skylake).planDigest).not.toBe(planDigest);
});
