import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentTraits, type InventoryEnvironment } from "../../infra/inventory.ts";
import { type Remote, RemoteError, type RemoteResult } from "../../infra/remote/remote.ts";
import { type Activation, ActivationError } from "../activation/activation.ts";
import type { Results } from "../results.ts";
import { resolveSuite, suiteSchema } from "../suite.ts";
import { isSettled, launchStates } from "./launch-states.ts";
import { type LedgerEvent, readLedger } from "./ledger.ts";
import { RunInterrupted, runPlan } from "./run.ts";
import { createRun, readPlan, runFiles } from "./run-directory.ts";
import { type Launch, ownershipOf, planRun } from "./schedule.ts";
import { endedWithin, type RunOptions } from "./session.ts";
import { choosePlacements } from "./sites.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { testInventory } from "./testing/inventory.ts";
import { InstantRemote } from "./testing/remotes.ts";

const inventory = testInventory([], ["native", "container-passthrough", "vm-sriov"]);
const suite = resolveSuite(
  suiteSchema.parse({ benchmarks: ["ib_send_lat"], sizesBytes: [8], launches: 3 }),
  inventory,
);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-activation-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function newRun(): string {
  return createRun(join(folder, "test"), planRun(suite, inventory), inventory, new Date());
}

function run(
  directory: string,
  adapters: FakeAdapters,
  remote: Remote = new InstantRemote(),
  options: Partial<RunOptions> = {},
): Promise<Results> {
  return runPlan({ directory, inventory, remoteOf: () => remote, ...adapters.options, ...options });
}

function eventsOf<Name extends LedgerEvent["event"]>(
  directory: string,
  name: Name,
): Extract<LedgerEvent, { event: Name }>[] {
  const { events } = readLedger(join(directory, runFiles.ledger));
  return events.filter((event): event is Extract<LedgerEvent, { event: Name }> => event.event === name);
}

/** Launches of the plan in runs of one ownership. */
function groupsOf(directory: string): Launch[][] {
  const groups: Launch[][] = [];
  for (const launch of readPlan(directory).launches) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && ownershipOf(last[0]) === ownershipOf(launch)) last.push(launch);
    else groups.push([launch]);
  }
  return groups;
}

function isGuestLaunch(words: readonly string[]): boolean {
  return words[0] === "ssh" && words.includes("ib_send_lat") && words.includes("-n");
}

const failed = (exitCode: number, stderr = ""): RemoteResult => ({
  stdout: "",
  stderr,
  exitCode,
  timedOut: false,
});

describe("a run over several owners of the adapters", () => {
  test("activates once a group, asks each environment once and gives the adapters back", async () => {
    const directory = newRun();
    const adapters = new FakeAdapters();
    const results = await run(directory, adapters);
    expect(results.counts).toMatchObject({ cells: 3, valid: 3, attemptsRefused: 0 });
    const groups = groupsOf(directory);
    expect(groups).toHaveLength(4);
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
    for (const { serverCommand, serverGuest, clientGuest } of inGuests) {
      expect(serverCommand.slice(0, 3)).toEqual(["ib_send_lat", "-d", "rxe0"]);
      expect([serverGuest, clientGuest]).toEqual(["g1", "g1"]);
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
    const directory = newRun();
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
      const used = event.clientCommand[event.clientCommand.indexOf("-x") + 1];
      expect(used).toBe(String(activations));
    }
    const evidences = eventsOf(directory, "evidence");
    expect(evidences.length).toBeGreaterThan(6);
    expect(evidences.every(({ evidence }) => evidence.programs.length === 1)).toBe(true);
    expect(results.counts.valid).toBe(3);
  });

  test("cut off anywhere it goes on with the next launch, in the environment of that launch", async () => {
    const directory = newRun();
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
    const directory = newRun();
    const adapters = new FailingAdapters(1);
    const results = await run(directory, adapters);
    expect(results.counts).toMatchObject({ valid: 3, launchesValid: 9 });
    expect(eventsOf(directory, "activation-failed")).toMatchObject([
      { environment: "vm-sriov", reason: "g1 on n1 does not come up" },
    ]);
    expect(eventsOf(directory, "not-started")).toEqual([]);
  });

  test("costs its launches of that block, and the next block tries again", async () => {
    const directory = newRun();
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
    const directory = newRun();
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

describe("a guest that goes away", () => {
  /** Answers the n-th launch command in a guest otherwise. */
  class DyingGuest extends InstantRemote {
    launches = 0;
    readonly #last: () => Promise<RemoteResult>;
    readonly #dyingAt: number;
    constructor(dyingAt: number, last: () => Promise<RemoteResult>) {
      super();
      this.#dyingAt = dyingAt;
      this.#last = last;
    }
    override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
      if (isGuestLaunch(words[0])) {
        this.launches += 1;
        if (this.launches === this.#dyingAt) return this.#last();
      }
      return super.run(...words);
    }
  }

  test.each([
    ["ssh into it fails", async () => failed(255, "client_loop: send disconnect: Broken pipe")],
    ["it hangs until the time limit", async () => failed(124)],
    [
      "ssh complains as if the node were gone",
      async () => {
        throw new RemoteError("unreachable", "n1 does not answer");
      },
    ],
  ])("is made active again before the next try: %s", async (_, last) => {
    const directory = newRun();
    const adapters = new FakeAdapters();
    const results = await run(directory, adapters, new DyingGuest(2, last));
    expect(results.counts).toMatchObject({ valid: 3, launchesValid: 9, attemptsRefused: 1 });
    const [refusal] = eventsOf(directory, "refused");
    expect(refusal?.reason).toMatch(/status 255|did not end|the guest does not answer/);
    const groups = groupsOf(directory).length;
    expect(adapters.calls.filter((name) => name !== "release")).toHaveLength(groups + 1);
    const { events } = readLedger(join(directory, runFiles.ledger));
    const after = events.slice(events.findIndex(({ event }) => event === "refused") + 1);
    expect(after[0]).toMatchObject({ event: "activated", environment: "vm-sriov" });
    expect(after.find(({ event }) => event === "started")).toMatchObject({ launch: refusal?.launch });
  });

  test("a refusal of the program's own is tried again without a new activation", async () => {
    const directory = newRun();
    const adapters = new FakeAdapters();
    await run(directory, adapters, new DyingGuest(2, async () => failed(17)));
    expect(eventsOf(directory, "refused")).toHaveLength(1);
    expect(adapters.calls.filter((name) => name !== "release")).toHaveLength(groupsOf(directory).length);
  });

  test("that does not answer after its activation is activated again", async () => {
    const directory = newRun();
    const adapters = new FakeAdapters();
    class Silent extends InstantRemote {
      #answers = -1;
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        if (words[0][0] === "ssh") this.#answers += 1;
        return this.#answers === 0 ? failed(255, "Connection refused") : super.run(...words);
      }
    }
    const results = await run(directory, adapters, new Silent());
    expect(eventsOf(directory, "activation-failed")).toMatchObject([
      { reason: expect.stringMatching(/^vm-sriov on n\d \(guest g1\): no command runs there/) },
    ]);
    expect(results.counts.launchesValid).toBe(9);
  });

  test("a host that ssh can't reach for a launch ends the run even if it answers again", async () => {
    const directory = newRun();
    class Blinking extends InstantRemote {
      #blinked = false;
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        if (this.#blinked || words[0][0] === "ssh" || !words[0].includes("-n")) return super.run(...words);
        this.#blinked = true;
        throw new RemoteError("unreachable", "n1 does not answer");
      }
    }
    await expect(run(directory, new FakeAdapters(), new Blinking())).rejects.toThrow("n1 does not answer");
  });

  test("a node that goes away with it ends the run; the adapters are given back as far as can be", async () => {
    const directory = newRun();
    const adapters = new FakeAdapters();
    const gone = async (): Promise<never> => {
      throw new RemoteError("unreachable", "n1 does not answer");
    };
    class GoneNode extends DyingGuest {
      override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
        return this.launches >= 2 ? gone() : super.run(...words);
      }
    }
    await expect(run(directory, adapters, new GoneNode(2, gone))).rejects.toThrow("n1 does not answer");
    expect(adapters.calls.at(-1)).toBe("release");
    expect(eventsOf(directory, "interrupted")).toHaveLength(1);
    expect(eventsOf(directory, "finished")).toEqual([]);
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
    const directory = newRun();
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
    const directory = newRun();
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

test("benchmarks between nodes take two nodes, those within a node two places of one", () => {
  const places = (name: string) =>
    inventory.environments.find((environment) => environment.name === name)?.placements ?? [];
  const named = (pair: ReturnType<typeof choosePlacements>) =>
    pair?.map(({ node, guest }) => `${node} ${guest}`) ?? null;
  expect(named(choosePlacements("between-nodes", places("vm-sriov")))).toEqual(["n1 g1", "n2 g1"]);
  expect(named(choosePlacements("within-node", places("vm-sriov")))).toEqual(["n1 g1", "n1 g2"]);
  expect(choosePlacements("within-node", places("native"))).toBeNull();
  expect(choosePlacements("between-nodes", places("native").slice(0, 1))).toBeNull();
});
