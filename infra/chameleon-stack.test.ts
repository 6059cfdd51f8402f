/** The stack for Chameleon that is shipped: accepted as it is, with three lines to change, and its suite ends before its lease. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { catalogue } from "../benchmarks/catalogue/catalogue.ts";
import { launchSeconds } from "../benchmarks/estimate/launch-seconds.ts";
import { suiteLaunches } from "../benchmarks/runner/schedule.ts";
import { resolveSuite } from "../benchmarks/suite.ts";
import { thisMachine } from "./nodes/preflight.ts";
import { suiteNeeds } from "./nodes/suite-needs.ts";
import { checkoutDirectory, projectName } from "./paths.ts";
import { suiteMisfit } from "./provider/lease/suite-fit.ts";
import { planOf } from "./testing/plans.ts";

const text = readFileSync(join(checkoutDirectory, "Pulumi.chameleon.yaml"), "utf8");
const { config } = parse(text) as { config: Record<string, unknown> };
const plan = planOf(
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(`${projectName}:`, ""), value]),
  ),
);
const suite = resolveSuite(plan.suite, plan);
const lease = plan.lease ?? expect.fail("the nodes are not leased");

test("it is the paper's testbed and the paper's suite", () => {
  expect(plan.nodes).toHaveLength(8);
  expect(lease).toMatchObject({ site: "CHI@TACC", nodeType: "compute_haswell_ib", count: 8 });
  expect(plan.fidelity).toBe("hardware");
  expect(suite).toMatchObject({
    profile: "paper",
    environments: ["native", "vm-passthrough", "vm-sriov", "container-passthrough"],
  });
  // SPEC's programs are licensed, and shared memory between guests is not in the paper's measurements.
  const wanted = catalogue.filter(({ family }) => family !== "spec-mpi" && family !== "shared-memory");
  expect(new Set(suite.benchmarks)).toEqual(new Set(wanted.map(({ name }) => name)));
});

test("a new user finds the three lines to change", () => {
  for (const key of ["project", "privateKeyPath", "leaseHours"]) {
    expect(text.match(new RegExp(`^    ${key}: \\S+$`, "gm")), key).toHaveLength(1);
  }
});

test("its suite fits into its lease, and into no lease of half the length", () => {
  const needs = suiteNeeds(plan, { ...thisMachine, readFormerRun: () => null });
  const misfit = (hours: number): string | null =>
    suiteMisfit(
      { count: lease.count, hours, startMs: 0, endMs: hours * 3_600_000, nowMs: 0, isNew: true },
      needs,
    );
  expect(misfit(lease.leaseHours)).toBeNull();
  expect(misfit(lease.leaseHours / 2)).toContain("nodes.leaseHours of");
});

test("no launch is expected to take as long as it may", () => {
  for (const launch of suiteLaunches(suite)) {
    expect(launchSeconds(launch, suite, plan.nodes.length), launch.benchmark).toBeLessThan(
      suite.timeLimitSeconds / 2,
    );
  }
});
