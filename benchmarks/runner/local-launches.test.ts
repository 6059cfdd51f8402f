/** Launches with scripts and processes on this machine, under a program that misbehaves as it is told. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Inventory } from "../../infra/inventory.ts";
import type { SuiteInput } from "../suite.ts";
import { RunInterrupted, runPlan } from "./run.ts";
import { runFiles } from "./run-directory.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { behaviours } from "./testing/fake-perftest.ts";
import { testInventory } from "./testing/inventory.ts";
import { LocalRemote } from "./testing/remotes.ts";
import { ledgerOf, newRun, sendLatency } from "./testing/runs.ts";

const { options: adapters } = new FakeAdapters();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
    folder,
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
  expect(cell(behaviours.infiniteRow)?.reason).toMatch(/gave no usable result: t_min\[usec\] is inf \(line/);
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
    folder,
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
  const directory = newRun(folder, suite, inventory);
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
