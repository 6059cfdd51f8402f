import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentTraits, type InventoryEnvironment } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { type Activation, ActivationError } from "../activation/activation.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { endedWithin } from "./ended-within.ts";
import { isSettled, launchStates } from "./launch-states.ts";
import { readLedger } from "./ledger.ts";
import { choosePlacements } from "./places.ts";
import { RunInterrupted } from "./run.ts";
import { readPlan, runFiles } from "./run-directory.ts";
import { type Launch, planRun } from "./schedule.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { InstantRemote } from "./testing/remotes.ts";
import { eventsOf, groupsOf, inventory, newRun, run, suite } from "./testing/runs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-activation-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a run over several owners of the adapters", () => {
  test("activates once a group, asks each environment once and gives the adapters back", async () => {
    const directory = newRun(folder);
    const adapters = new FakeAdapters();
    const results = await run(directory, adapters);
    expect(results.counts).toMatchObject({ cells: 3, valid: 3, attemptsRefused: 0 });
    const groups = groupsOf(directory);
    expect(groups).toHaveLength(6);
    expect(adapters.calls).toEqual([...groups.map(([launch]) => launch?.environment), "release"]);
    const places = eventsOf(directory, "evidence").map(({ environment, node, guest }) =>
      [environment, node, guest].join(" ").trim(),
    );
    expect(places.sort()).toEqual([
      "container-passthrough n1",
      "container-passthrough n2",
      "native n1",
      "native n2",
      "vm-sriov n1 g1",
      "vm-sriov n2 g1",
    ]);
    const inGuests = eventsOf(directory, "started").filter(({ environment }) => environment === "vm-sriov");
    expect(inGuests).toHaveLength(3);
    for (const { client, servers } of inGuests) {
      expect(servers[0]?.command.slice(0, 3)).toEqual(["ib_send_lat", "-d", "rxe0"]);
      expect([servers[0]?.guest, client.guest]).toEqual(["g1", "g1"]);
    }
    const { events } = readLedger(join(directory, runFiles.ledger));
    let active: string | null = null;
    for (const event of events) {
      if (event.event === "activated") active = event.ownership;
      if (event.event === "started") expect(active).toBe(environmentTraits[event.environment].ownership);
    }
    expect(events.slice(-2).map(({ event }) => event)).toEqual(["released", "finished"]);
    expect(results.activeEnvironment).toBe("native");
    expect(results.comparisons.map(({ comparable }) => comparable)).toEqual([true, true, true]);
  });

  test("a GID that is another after a switch is found again in every environment, and written down", async () => {
    const directory = newRun(folder);
    const adapters = new FakeAdapters();
    class MovingGid extends InstantRemote {
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        const result = await super.run(...words);
        return { ...result, stdout: result.stdout.replace("gid 1 ", `gid ${adapters.calls.length} `) };
      }
    }
    const results = await run(directory, adapters, new MovingGid());
    const { events } = readLedger(join(directory, runFiles.ledger));
    let activations = 0;
    for (const event of events) {
      if (event.event === "activated") activations += 1;
      if (event.event === "evidence") expect(event.evidence.adapter.gidIndex).toBe(activations);
      if (event.event !== "started") continue;
      const used = event.client.command[event.client.command.indexOf("-x") + 1];
      expect(used).toBe(String(activations));
    }
    const evidences = eventsOf(directory, "evidence");
    expect(evidences.length).toBeGreaterThan(6);
    expect(evidences.every(({ evidence }) => evidence.programs.length === 1)).toBe(true);
    expect(results.counts.valid).toBe(3);
  });

  test("cut off anywhere it goes on with the next launch, in the environment of that launch", async () => {
    const directory = newRun(folder);
    await run(directory, new FakeAdapters());
    const ledger = join(directory, runFiles.ledger);
    const text = readFileSync(ledger);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
        rmSync(join(directory, runFiles.results), { force: true });
        writeFileSync(ledger, text);
        truncateSync(ledger, length);
        const validBefore = eventsOf(directory, "valid").map(({ launch }) => launch);
        const adapters = new FakeAdapters();
        const results = await run(directory, adapters);
        expect(eventsOf(directory, "valid").map(({ launch }) => launch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
        const next = readPlan(directory).launches[validBefore.length];
        expect(adapters.calls[0]).toBe(next === undefined ? "release" : next.environment);
        expect(adapters.calls.at(-1)).toBe("release");
        expect(results).toMatchObject({ complete: true, activeEnvironment: "native" });
      }),
      { numRuns: 40 },
    );
  });
});

describe("an environment that can't be made active", () => {
  /** Fails the activation of vm-sriov as often as told. */
  class FailingAdapters extends FakeAdapters {
    failures: number;
    constructor(failures: number) {
      super();
      this.failures = failures;
    }
    override async activate(environment: InventoryEnvironment): Promise<Activation> {
      const activation = await super.activate(environment);
      if (environment.name !== "vm-sriov" || this.failures === 0) return activation;
      this.failures -= 1;
      throw new ActivationError("g1 on n1 does not come up");
    }
  }

  test("is tried once more", async () => {
    const directory = newRun(folder);
    const adapters = new FailingAdapters(1);
    const results = await run(directory, adapters);
    expect(results.counts).toMatchObject({ valid: 3, launchesValid: 9 });
    expect(eventsOf(directory, "activation-failed")).toMatchObject([
      { environment: "vm-sriov", reason: "g1 on n1 does not come up" },
    ]);
    expect(eventsOf(directory, "not-started")).toEqual([]);
  });

  test("costs its launches of that block, and the next block tries again", async () => {
    const directory = newRun(folder);
    const results = await run(directory, new FailingAdapters(2));
    expect(results.counts).toMatchObject({ valid: 3, launchesValid: 8, attemptsRefused: 0 });
    expect(results.cells.find(({ environment }) => environment === "vm-sriov")).toMatchObject({
      status: "valid",
      launches: 2,
      launchesPlanned: 3,
      reason: "vm-sriov could not be made active: g1 on n1 does not come up",
    });
  });

  test("for the whole run is refused with the reason; the others are measured", async () => {
    const directory = newRun(folder);
    const adapters = new FailingAdapters(Number.POSITIVE_INFINITY);
    const results = await run(directory, adapters);
    expect(results.counts).toMatchObject({ valid: 2, refused: 1, launchesValid: 6, attemptsRefused: 0 });
    expect(adapters.calls.filter((name) => name === "vm-sriov")).toHaveLength(6);
    expect(results.comparisons.filter(({ comparable }) => !comparable)).toEqual([
      { environments: ["native", "vm-sriov"], comparable: false, reasons: ["nothing is known of vm-sriov"] },
      {
        environments: ["vm-sriov", "container-passthrough"],
        comparable: false,
        reasons: ["nothing is known of vm-sriov"],
      },
    ]);
  });

  test("leaves its launches to a continued run", () => {
    const [launch] = planRun(suite, inventory).launches as [Launch, ...Launch[]];
    const time = "2026-01-01T00:00:00.000Z";
    const stateAfter = (event: "not-started" | "not-available") =>
      launchStates([launch], [{ event, time, launch: 1, reason: "r" }]).map((state) => isSettled(state, 2));
    expect(stateAfter("not-started")).toEqual([false]);
    expect(stateAfter("not-available")).toEqual([true]);
  });
});

describe("at the end of a run", () => {
  class StuckAdapters extends FakeAdapters {
    stuck = true;
    override async release(): ReturnType<FakeAdapters["release"]> {
      if (this.stuck) throw new ActivationError("n1 keeps the device");
      return super.release();
    }
  }

  test("adapters that can't be given back are an error, and the same call tries it again", async () => {
    const directory = newRun(folder);
    const adapters = new StuckAdapters();
    await expect(run(directory, adapters)).rejects.toThrow("n1 keeps the device");
    expect(eventsOf(directory, "release-failed")).toHaveLength(1);
    expect(eventsOf(directory, "finished")).toEqual([]);
    adapters.stuck = false;
    const before = eventsOf(directory, "started").length;
    const results = await run(directory, adapters);
    expect(eventsOf(directory, "started")).toHaveLength(before);
    expect(results).toMatchObject({ complete: true, activeEnvironment: "native" });
  });

  test("a signal in the middle of an activation waits for it, then gives the adapters back", async () => {
    const directory = newRun(folder);
    const abort = new AbortController();
    const order: string[] = [];
    class SlowAdapters extends FakeAdapters {
      override async activate(environment: InventoryEnvironment): Promise<Activation> {
        setTimeout(() => abort.abort(), 10);
        await new Promise((resolve) => setTimeout(resolve, 100));
        order.push("activated");
        return super.activate(environment);
      }
      override async release(): ReturnType<FakeAdapters["release"]> {
        order.push("released");
        return super.release();
      }
    }
    const work = run(directory, new SlowAdapters(), new InstantRemote(), { signal: abort.signal });
    await expect(work).rejects.toThrow(RunInterrupted);
    expect(order).toEqual(["activated", "released"]);
    const { events } = readLedger(join(directory, runFiles.ledger));
    expect(events.slice(-2).map(({ event }) => event)).toEqual(["interrupted", "released"]);
  });

  test("nothing is waited for longer than the limit", async () => {
    expect(await endedWithin(new Promise(() => undefined), 20)).toBe(false);
    expect(await endedWithin(Promise.reject(new Error("x")), 1000)).toBe(true);
  });
});

test("the active side comes first: benchmarks between nodes take two nodes, those within a node two places of one", () => {
  const places = (name: string) =>
    inventory.environments.find((environment) => environment.name === name)?.placements ?? [];
  const named = (pair: ReturnType<typeof choosePlacements>) =>
    pair?.map(({ node, guest }) => `${node} ${guest}`) ?? null;
  expect(named(choosePlacements(benchmarkNamed("ib_send_lat"), "paper", places("vm-sriov")))).toEqual([
    "n2 g1",
    "n1 g1",
  ]);
  expect(named(choosePlacements(benchmarkNamed("ivshmem_latency"), "paper", places("vm-sriov")))).toEqual([
    "n1 g2",
    "n1 g1",
  ]);
  expect(choosePlacements(benchmarkNamed("ivshmem_latency"), "paper", places("native"))).toBeNull();
  expect(choosePlacements(benchmarkNamed("ib_send_lat"), "paper", places("native").slice(0, 1))).toBeNull();
});
