import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Remote } from "../../infra/remote/remote.ts";
import { measurementSchema } from "../measurement.ts";
import { resultsSchema } from "../results.ts";
import { runPlan } from "./run.ts";
import { runFiles } from "./run-directory.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { testInventory } from "./testing/inventory.ts";
import { askedPrograms, environmentText, InstantRemote } from "./testing/remotes.ts";
import { eventsOf, newRun, sendLatency } from "./testing/runs.ts";

const { options: adapters } = new FakeAdapters();
const inventory = testInventory();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("measurements and results hold to their schemas and are typed as emulated", async () => {
  const directory = newRun(folder, { ...sendLatency, warmUpLaunches: 1 }, inventory);
  const results = await runPlan({ directory, inventory, remoteOf: () => new InstantRemote(), ...adapters });
  expect(resultsSchema.parse(results).fidelity).toBe("emulated");
  expect(results.counts).toMatchObject({
    cells: 4,
    valid: 4,
    launchesPlanned: 8,
    launchesValid: 8,
    attempts: 8,
  });
  const lines = readFileSync(join(directory, runFiles.measurements), "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(8 * 7);
  for (const line of lines) {
    const measurement = measurementSchema.parse(JSON.parse(line));
    expect(measurement.block).toBeGreaterThan(1);
    expect(measurement).toMatchObject({
      activation: 1,
      fidelity: "emulated",
      toolVersion: "6.25",
    });
  }
  expect(results.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(results.ending).toMatchObject({ reason: "planned", launches: 2 });
  const warmUps = eventsOf(directory, "started").filter(({ warmUp }) => warmUp);
  expect(warmUps.map(({ block }) => block)).toEqual([1, 1, 1, 1]);
  const sums = readFileSync(join(directory, runFiles.sums), "utf8");
  for (const { attempt } of warmUps) expect(sums).toContain(`raw/${attempt}.client.stdout.txt`);
});

test("an environment that does not run is not available, with the reason; the others are measured", async () => {
  class NoContainer extends InstantRemote {
    override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
      if (words[0][0] !== "docker") return super.run(...words);
      return { stdout: "", stderr: "Error: No such container: bench\n", exitCode: 1, timedOut: false };
    }
  }
  const withContainer = testInventory();
  const container = withContainer.environments[1];
  if (container === undefined) throw new Error("the test inventory has two environments");
  container.placements = container.placements.map((placement) => ({
    ...placement,
    commandPrefix: ["docker"],
  }));
  const directory = newRun(folder, sendLatency, withContainer);
  const results = await runPlan({
    directory,
    inventory: withContainer,
    remoteOf: () => new NoContainer(),
    ...adapters,
  });
  expect(results.counts).toMatchObject({ valid: 2, notAvailable: 2 });
  expect(results.cells.find((cell) => cell.status === "not-available")?.reason).toMatch(
    /container-passthrough on n2: no command runs there \(Error: No such container: bench\)/,
  );
});

test("what differs between environments stands in the results, and forbids to compare them", async () => {
  const withContainer = testInventory();
  for (const { name, placements } of withContainer.environments) {
    for (const placement of placements) placement.commandPrefix = ["env", name];
  }
  class DifferingRemote extends InstantRemote {
    override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
      const result = await super.run(...words);
      if (!result.stdout.startsWith("kernel") || words[0][1] === "native") return result;
      return { ...result, stdout: environmentText(askedPrograms(words[0]), "6.24") };
    }
  }
  const directory = newRun(folder, sendLatency, withContainer);
  const results = await runPlan({
    directory,
    inventory: withContainer,
    remoteOf: () => new DifferingRemote(),
    ...adapters,
  });
  expect(results.differences.map(({ what }) => what)).toEqual(["version of ib_send_lat"]);
  expect(results.comparisons).toEqual([
    {
      environments: ["native", "container-passthrough"],
      comparable: false,
      reasons: ["version of ib_send_lat: 6.25 in native, 6.24 in container-passthrough"],
    },
  ]);
});
