import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { catalogue } from "../catalogue/catalogue.ts";
import { runPlan } from "../runner/run.ts";
import { readPlan } from "../runner/run-directory.ts";
import { FakeAdapters } from "../runner/testing/adapters.ts";
import { InstantRemote } from "../runner/testing/remotes.ts";
import { inventory, ledgerOf, newRun } from "../runner/testing/runs.ts";
import { resolveSuite, type Suite, type SuiteInput, suiteSchema } from "../suite.ts";
import { estimateSuite } from "./estimate.ts";
import { readFormerRun } from "./former-run.ts";
import { launchSeconds } from "./launch-seconds.ts";
import { ratesOf } from "./rates.ts";

const place = {
  fidelity: "hardware",
  environments: (["native", "vm-passthrough", "vm-sriov", "container-passthrough"] as const).map((name) => ({
    name,
  })),
} as const;
const suiteOf = (own: SuiteInput): Suite => resolveSuite(suiteSchema.parse(own), place);
const secondsOf = (own: SuiteInput): number => estimateSuite(suiteOf(own), 8, "hardware").seconds;

const inputs: fc.Arbitrary<SuiteInput> = fc.record({
  benchmarks: fc
    .subarray(
      catalogue.map(({ name }) => name),
      { minLength: 1, maxLength: 4 },
    )
    .filter((names) => names.some((name) => !name.startsWith("ivshmem"))),
  launches: fc.integer({ min: 1, max: 4 }),
  warmUpLaunches: fc.integer({ min: 0, max: 2 }),
  iterations: fc.integer({ min: 5, max: 10_000 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

test("more launches, warm-ups or iterations, larger messages and more nodes never take less time", () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { launches = 1, warmUpLaunches = 0, iterations = 5 } = input;
      const seconds = secondsOf(input);
      expect(seconds).toBeGreaterThan(0);
      expect(secondsOf({ ...input, launches: launches + 1 })).toBeGreaterThan(seconds);
      expect(secondsOf({ ...input, warmUpLaunches: warmUpLaunches + 1 })).toBeGreaterThan(seconds);
      expect(secondsOf({ ...input, iterations: iterations * 2 })).toBeGreaterThanOrEqual(seconds);
      expect(secondsOf({ ...input, sizesBytes: [1024] })).toBeLessThanOrEqual(
        secondsOf({ ...input, sizesBytes: [4096] }),
      );
      expect(estimateSuite(suiteOf(input), 16, "hardware").seconds).toBeGreaterThanOrEqual(seconds);
    }),
    { numRuns: 40 },
  );
});

test("every benchmark that a run can start takes time in either profile", () => {
  for (const profile of ["emulated", "paper"] as const) {
    const suite = { ...suiteOf({}), profile };
    for (const { name, family } of catalogue) {
      const seconds = launchSeconds({ benchmark: name, environment: "vm-sriov", sizesBytes: [64] }, suite, 8);
      if (family === "spec-mpi") expect(seconds).toBe(0);
      else expect(seconds, name).toBeGreaterThan(1);
    }
  }
});

test("one launch of 4 MiB bandwidth and one of alltoall are what their bytes take", () => {
  const suite = suiteOf({ iterations: 1000 });
  const start = ratesOf.paper.pairStartSeconds.host;
  const bandwidth = { benchmark: "ib_send_bw", environment: "native", sizesBytes: [4 * 2 ** 20] } as const;
  // 1000 messages there and back at 5 GB/s: 1.7 s.
  expect(
    launchSeconds({ ...bandwidth, sizesBytes: [...bandwidth.sizesBytes] }, suite, 8) - start,
  ).toBeCloseTo(1.68, 1);
  // 24 ranks of a node have 1 MiB for each of 168 others: 4.2 GB at 5 GB/s, 4.8 GB copied at 30 GB/s, 1100 times.
  const alltoall = launchSeconds(
    { benchmark: "osu_alltoall", environment: "native", sizesBytes: [2 ** 20] },
    suite,
    8,
  );
  expect(alltoall).toBeGreaterThan(1100 * (0.845 + 0.161));
  expect(alltoall).toBeLessThan(1100 * (0.845 + 0.161) + 20);
});

test("each block switches to each owner once, and once more where it begins with the last one's", () => {
  const input: SuiteInput = { benchmarks: ["ib_send_lat"], sizesBytes: [8], environments: ["native"] };
  const one = secondsOf({ ...input, launches: 1 });
  const { host } = ratesOf.paper.activationSeconds;
  // A single owner is made active once.
  expect(secondsOf({ ...input, launches: 3 }) - host).toBeCloseTo(3 * (one - host));
  const two: SuiteInput = { ...input, environments: ["native", "vm-sriov"], launches: 1 };
  const launches =
    2 * (one - host) + ratesOf.paper.pairStartSeconds.guest - ratesOf.paper.pairStartSeconds.host;
  expect(secondsOf(two)).toBeCloseTo(
    launches + host + ratesOf.paper.activationSeconds["guest-virtual-functions"],
  );
});

test("a stopping rule gives a range: from the fewest launches to the most, within its budget", () => {
  const stop = { relativeWidth: 0.05, maximumLaunches: 40 };
  const { seconds, mostSeconds, launches } = estimateSuite(suiteOf({ launches: 2, stop }), 8, "hardware");
  expect(launches).toBe(6);
  expect(mostSeconds / seconds).toBeCloseTo(40 / 6, 0);
  const budget = estimateSuite(
    suiteOf({ launches: 2, stop: { ...stop, budgetMinutes: 600 } }),
    8,
    "hardware",
  );
  expect(budget.mostSeconds).toBe(Math.max(36_000, seconds));
});

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-estimate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what a broken-off run has done is not counted again, and what it measured goes before the model", async () => {
  const directory = newRun(folder);
  const { suite } = readPlan(directory);
  expect(readFormerRun(join(folder, "test"), { ...suite, seed: 2 })).toBeNull();
  const whole = estimateSuite(suite, 2, "emulated");
  expect(whole).toMatchObject({ basis: "model", launches: 3 });
  const stop = new AbortController();
  let done = 0;
  const broken = runPlan({
    directory,
    inventory,
    remoteOf: () => new InstantRemote(),
    ...new FakeAdapters().options,
    signal: stop.signal,
    onLaunch: () => {
      done += 1;
      if (done === 5) stop.abort();
    },
  });
  await expect(broken).rejects.toThrow("the run was interrupted");
  const former = readFormerRun(join(folder, "test"), suite);
  expect(former?.isDone).toBe(false);
  const left = estimateSuite(suite, 2, "emulated", former?.events);
  // Four launches are left of nine, and here each of them takes no time; activations take half a second.
  expect(left).toMatchObject({ basis: "measured", launches: 3 });
  expect(left.seconds).toBeLessThan(5);
  await runPlan({ directory, inventory, remoteOf: () => new InstantRemote(), ...new FakeAdapters().options });
  expect(readFormerRun(join(folder, "test"), suite)?.isDone).toBe(true);
  expect(estimateSuite(suite, 2, "emulated", ledgerOf(directory)).seconds).toBe(0);
});
