/** Activations as the ledger tells them, and what a run does so that each block has its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { environmentTraits, type InventoryEnvironment } from "../../infra/inventory.ts";
import { type Activation, ActivationError } from "../activation/activation.ts";
import { type Measurement, measurementSchema } from "../measurement.ts";
import type { SuiteInput } from "../suite.ts";
import { activationsOfAttempts, heldAfter } from "./activations.ts";
import type { LedgerEvent } from "./ledger.ts";
import { readPlan, runFiles } from "./run-directory.ts";
import { ownershipOf } from "./schedule.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { eventsOf, ledgerOf, newRun, run } from "./testing/runs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-activations-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const suite: SuiteInput = { benchmarks: ["ib_send_lat"], sizesBytes: [8], launches: 6 };

/** Adapters that know who has them, as the real ones do. */
class OwnedAdapters extends FakeAdapters {
  owner = "host";
  override async activate(environment: InventoryEnvironment): Promise<Activation> {
    const activation = await super.activate(environment);
    const steps = [{ node: "n1", step: `from ${this.owner}`, seconds: 1 }];
    const moved = { ...activation, steps: this.owner === environment.ownership ? [] : steps };
    this.owner = environment.ownership;
    return moved;
  }
  override async release(): ReturnType<FakeAdapters["release"]> {
    const steps = await super.release();
    const moved = this.owner === "host" ? [] : steps;
    this.owner = "host";
    return moved;
  }
}

function measurementsOf(directory: string): Measurement[] {
  const lines = readFileSync(join(directory, runFiles.measurements), "utf8").trimEnd().split("\n");
  return lines.map((line) => measurementSchema.parse(JSON.parse(line)));
}

/** For each activation the blocks whose launches ran under it. */
function blocksByActivation(directory: string): Set<number>[] {
  const blocks = new Map<number, Set<number>>();
  for (const { activation, block } of measurementsOf(directory)) {
    if (activation === undefined) throw new Error("a launch without an activation");
    blocks.set(activation, (blocks.get(activation) ?? new Set()).add(block));
  }
  return [...blocks.values()];
}

/** Blocks of the plan that begin with the owner that the one before ended with. */
function meetingBlocks(directory: string): number {
  const { launches } = readPlan(directory);
  return launches.filter((launch, index) => {
    const before = launches[index - 1];
    return before !== undefined && before.block < launch.block && ownershipOf(before) === ownershipOf(launch);
  }).length;
}

test("every block has activations of its own, also where it begins with the owner that the last one ended with", async () => {
  const directory = newRun(folder, suite);
  expect(meetingBlocks(directory)).toBeGreaterThan(0);
  const adapters = new OwnedAdapters();
  await run(directory, adapters);
  const blocks = blocksByActivation(directory);
  expect(blocks).toHaveLength(12);
  for (const ofActivation of blocks) expect(ofActivation.size).toBe(1);
  expect(eventsOf(directory, "activated")).toHaveLength(12 + meetingBlocks(directory));
});

test("environments of one owner keep its one activation over all blocks", async () => {
  const directory = newRun(folder, { ...suite, environments: ["native", "container-passthrough"] });
  await run(directory, new OwnedAdapters());
  expect(blocksByActivation(directory)).toEqual([new Set([1, 2, 3, 4, 5, 6])]);
});

test("a run that is continued where a block begins does not go on under the last block's activation", async () => {
  const directory = newRun(folder, suite);
  await run(directory, new OwnedAdapters());
  const ledger = join(directory, runFiles.ledger);
  const lines = readFileSync(ledger, "utf8").split("\n");
  const { launches } = readPlan(directory);
  for (const [index, launch] of launches.entries()) {
    const next = launches[index + 1];
    if (next === undefined || next.block === launch.block) continue;
    const end = lines.findIndex(
      (line) => line.startsWith('{"event":"valid"') && JSON.parse(line).launch === launch.launch,
    );
    rmSync(join(directory, runFiles.results), { force: true });
    writeFileSync(ledger, `${lines.slice(0, end + 1).join("\n")}\n`);
    const adapters = new OwnedAdapters();
    adapters.owner = ownershipOf(launch);
    await run(directory, adapters);
    for (const ofActivation of blocksByActivation(directory)) expect(ofActivation.size).toBe(1);
  }
});

test("where the other owner can't have the adapters the block is measured all the same, under the activation that there is", async () => {
  const directory = newRun(folder, suite);
  class Failing extends OwnedAdapters {
    override async activate(environment: InventoryEnvironment): Promise<Activation> {
      if (environment.name === "vm-sriov") throw new ActivationError("g1 on n1 does not come up");
      return super.activate(environment);
    }
  }
  const results = await run(directory, new Failing());
  expect(results.counts).toMatchObject({ valid: 2, refused: 1, launchesValid: 12 });
  expect(blocksByActivation(directory)).toEqual([new Set([1, 2, 3, 4, 5, 6])]);
});

describe("by the ledger", () => {
  const time = "2026-01-01T00:00:00.000Z";
  const activated = (environment: "native" | "vm-sriov", stepCount: number): LedgerEvent => ({
    event: "activated",
    time,
    environment,
    ownership: environmentTraits[environment].ownership,
    seconds: 1,
    steps: Array.from({ length: stepCount }, () => ({ node: "n1", step: "s", seconds: 1 })),
  });
  const started = (attempt: string, block: number): LedgerEvent => ({
    ...{ event: "started", time, attempt, benchmark: "ib_send_lat", environment: "native", sizesBytes: [8] },
    ...{ launch: 1, block, warmUp: false, client: { node: "n1", command: [] }, servers: [] },
  });

  test("an activation that found everything in place is the same; steps, another owner or a release with steps begin one", () => {
    const released: LedgerEvent = { event: "released", time, seconds: 1, steps: [] };
    const step = { node: "n1", step: "detach", seconds: 1 };
    const attempts = activationsOfAttempts([
      ...[activated("native", 0), started("0001.1", 1), activated("native", 0), started("0002.1", 1)],
      ...[released, activated("native", 0), started("0003.1", 1)],
      ...[activated("vm-sriov", 2), started("0004.1", 1), activated("vm-sriov", 1), started("0005.1", 1)],
      ...[{ ...released, steps: [step] }, activated("native", 0), started("0006.1", 2)],
      ...[{ event: "activation-failed", time, environment: "vm-sriov", reason: "r" } as const],
      ...[activated("native", 0), started("0007.1", 3), activated("native", 1), started("0008.1", 3)],
    ]);
    expect([...attempts.values()]).toEqual([1, 1, 1, 2, 3, 4, 4, 5]);
  });

  test("a ledger of nothing holds nothing", () => {
    expect(heldAfter(null, started("0001.1", 1))).toBeNull();
    expect(activationsOfAttempts(ledgerOf(newRun(folder)))).toEqual(new Map());
  });
});
