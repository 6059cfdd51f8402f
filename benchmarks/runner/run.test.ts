import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Inventory } from "../../infra/inventory.ts";
import { type Remote, RemoteError } from "../../infra/remote/remote.ts";
import { measurementSchema } from "../measurement.ts";
import { resultsSchema } from "../results.ts";
import { resolveSuite, type SuiteInput, suiteSchema } from "../suite.ts";
import { readLedger } from "./ledger.ts";
import { RunInterrupted, runPlan } from "./run.ts";
import { createRun, findUnfinished, runFiles } from "./run-directory.ts";
import { planRun } from "./schedule.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { behaviours } from "./testing/fake-perftest.ts";
import { testInventory } from "./testing/inventory.ts";
import { askedPrograms, environmentText, InstantRemote, LocalRemote } from "./testing/remotes.ts";

const { options: adapters } = new FakeAdapters();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function newRun(suite: SuiteInput, inventory: Inventory = testInventory()): string {
  const plan = planRun(resolveSuite(suiteSchema.parse(suite), inventory), inventory);
  return createRun(join(folder, "test"), plan, inventory, new Date());
}

function ledgerOf(directory: string) {
  return readLedger(join(directory, runFiles.ledger)).events;
}

const sendLatency: SuiteInput = { benchmarks: ["ib_send_lat"], sizesBytes: [8, 1024], launches: 2 };

describe("with scripts and processes on this machine", () => {
  /** Puts a fake ib_send_lat on the PATH of both environments. */
  function localInventory(variables: readonly string[] = []): Inventory {
    const program = fileURLToPath(new URL("./testing/fake-perftest.ts", import.meta.url));
    const path = join(folder, "ib_send_lat");
    writeFileSync(
      path,
      `#!/bin/sh\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${program}" ib_send_lat "$@"\n`,
    );
    chmodSync(path, 0o755);
    const environment = [
      `PATH=${folder}:${process.env.PATH}`,
      `TMPDIR=${folder}`,
      `FAKE_PERFTEST_MARKER=${join(folder, "marker")}`,
      ...variables,
    ];
    return testInventory(["env", ...environment]);
  }

  test("every way a launch can end is recorded, and the suite goes on", { timeout: 120_000 }, async () => {
    const inventory = localInventory();
    const directory = newRun(
      {
        benchmarks: ["ib_send_lat"],
        environments: ["native"],
        sizesBytes: [8, ...Object.values(behaviours)],
        launches: 1,
        timeLimitSeconds: 3,
        connectLimitSeconds: 2,
        retries: 1,
      },
      inventory,
    );
    const results = await runPlan({ directory, inventory, remoteOf: () => new LocalRemote(), ...adapters });
    const cell = (sizeBytes: number) => results.cells.find((candidate) => candidate.sizeBytes === sizeBytes);
    expect(cell(8)).toMatchObject({ status: "valid", launches: 1, attemptsRefused: 0, unit: "us" });
    expect(cell(behaviours.infiniteRow)?.reason).toMatch(
      /gave no usable result: t_min\[usec\] is inf \(line/,
    );
    expect(cell(behaviours.noRow)?.reason).toMatch(/header without rows/);
    expect(cell(behaviours.hang)?.reason).toBe("ib_send_lat did not end within 3 s");
    expect(cell(behaviours.serverDeaf)?.reason).toMatch(/could not connect to 127.0.0.1:\d+ within 2 s/);
    expect(cell(behaviours.exit17)?.reason).toMatch(
      /exited with status 17 \(Completion with error at client; /,
    );
    expect(cell(behaviours.exit17)).toMatchObject({ status: "refused", attemptsRefused: 2, median: null });
    expect(cell(behaviours.infiniteOnce)).toMatchObject({ status: "valid", launches: 1, attemptsRefused: 1 });
    expect(cell(behaviours.infiniteOnce)?.reason).toMatch(/after it could not estimate the clock/);
    expect(results).toMatchObject({ complete: true, fidelity: "emulated" });
    expect(readFileSync(join(folder, "testbed-test.process"), "utf8")).toBe("");
    const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(processes).not.toContain(`${folder}/ib_send_lat`);
    const sums = execFileSync("sha256sum", ["-c", runFiles.sums], { cwd: directory, encoding: "utf8" });
    expect(sums).not.toMatch(/FAILED/);
  });

  test("a launch that the adapter's port did not carry is refused with the counters", async () => {
    const counters = join(folder, "sys/class/infiniband/rxe0/ports/1/hw_counters");
    mkdirSync(counters, { recursive: true });
    for (const name of ["sent_pkts", "rcvd_pkts"]) writeFileSync(join(counters, name), "7\n");
    const inventory = localInventory([`TESTBED_SYSFS=${join(folder, "sys")}`]);
    const directory = newRun(
      { ...sendLatency, environments: ["native"], sizesBytes: [8], retries: 0 },
      inventory,
    );
    const results = await runPlan({ directory, inventory, remoteOf: () => new LocalRemote(), ...adapters });
    expect(results.cells).toMatchObject([
      {
        status: "refused",
        launchesProven: 0,
        reason: expect.stringContaining(
          "port sent 0 packets (sent_pkts), and the test's messages are at least 200",
        ),
      },
    ]);
  });

  test("an interrupted run stops its server and can be continued", { timeout: 60_000 }, async () => {
    const inventory = localInventory();
    const suite: SuiteInput = {
      benchmarks: ["ib_send_lat"],
      environments: ["native"],
      sizesBytes: [behaviours.hang],
      launches: 1,
      timeLimitSeconds: 60,
    };
    const directory = newRun(suite, inventory);
    const abort = new AbortController();
    const run = runPlan({
      directory,
      inventory,
      remoteOf: () => new LocalRemote(),
      ...adapters,
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 1500);
    await expect(run).rejects.toThrow(RunInterrupted);
    expect(ledgerOf(directory).slice(-2)).toMatchObject([
      { event: "interrupted", attempt: "0001.1" },
      { event: "released" },
    ]);
    await expect
      .poll(() => readFileSync(join(folder, "testbed-test.process"), "utf8"), { timeout: 10_000 })
      .toBe("");
  });
});

describe("with sides that answer at once", () => {
  const inventory = testInventory();

  test("measurements and results hold to their schemas and are typed as emulated", async () => {
    const directory = newRun({ ...sendLatency, warmUpLaunches: 1 });
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
      expect(measurementSchema.parse(JSON.parse(line))).toMatchObject({
        fidelity: "emulated",
        toolVersion: "6.25",
      });
    }
    expect(results.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a run cut off at any byte of its ledger is continued: each launch valid once, none run twice", async () => {
    const whole = newRun(sendLatency);
    await runPlan({ directory: whole, inventory, remoteOf: () => new InstantRemote(), ...adapters });
    const text = readFileSync(join(whole, runFiles.ledger));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.length - 1 }), async (length) => {
        rmSync(join(whole, runFiles.results), { force: true });
        writeFileSync(join(whole, runFiles.ledger), text);
        truncateSync(join(whole, runFiles.ledger), length);
        const validBefore = ledgerOf(whole).flatMap((event) =>
          event.event === "valid" ? [event.launch] : [],
        );
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
    const directory = newRun(sendLatency);
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
    const directory = newRun(sendLatency);
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
    const directory = newRun(sendLatency, withContainer);
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
    const directory = newRun(sendLatency, withContainer);
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
});
