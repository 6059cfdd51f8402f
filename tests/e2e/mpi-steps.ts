/** MPI programs on the testbed: every family in two environments, and a transport that is not the adapter. */
import { expect, test } from "vitest";
import { type Results, resultsSchema } from "../../benchmarks/results.ts";
import type { SuiteInput } from "../../benchmarks/suite.ts";
import { run } from "./program.ts";
import type { Testbed } from "./testbed.ts";

/** One of each family. */
const benchmarks = ["osu_latency", "osu_put_latency", "osu_allreduce", "graph500", "nas-ep", "lammps-lj"];
const environments: NonNullable<SuiteInput["environments"]> = ["native", "container-passthrough"];

async function measure(testbed: Testbed, suite: SuiteInput): Promise<Results> {
  const words = ["testbed", "run", "--inventory", "-", "--new", "--suite-json", JSON.stringify(suite)];
  const outcome = await run("npx", words, JSON.stringify(testbed.inventory));
  expect(outcome.exitCode).toBe(0);
  return resultsSchema.parse(JSON.parse(outcome.stdout));
}

/** The steps; the testbed is up and idle before and after them. */
export function mpiSteps(testbed: Testbed): void {
  test("every family has a valid cell in two environments, proven by port counters", async () => {
    const results = await measure(testbed, { benchmarks, environments, launches: 1, iterations: 10 });
    const valid = results.cells.filter(({ status }) => status === "valid");
    const measured = new Set(valid.map(({ benchmark, environment }) => `${benchmark} ${environment}`));
    for (const benchmark of benchmarks) {
      for (const environment of environments) expect(measured).toContain(`${benchmark} ${environment}`);
    }
    expect(results.counts.launchesProven).toBe(results.counts.launchesValid);
  });

  test("ranks that are made to talk over TCP are refused, with the counters", async () => {
    const variables = {
      UCX_TLS: "tcp,self",
      // Open MPI takes UCX for no transport but RDMA, unless it is told to.
      OMPI_MCA_opal_common_ucx_tls: "any",
      OMPI_MCA_opal_common_ucx_devices: "any",
    };
    const results = await measure(testbed, {
      ...{ benchmarks: ["osu_latency"], environments: ["native"], launches: 1, retries: 0 },
      mpi: { variables },
    });
    expect(results.cells.map(({ status, reason }) => ({ status, reason }))).toEqual(
      results.cells.map(() => ({
        status: "refused",
        reason: expect.stringMatching(
          /^the test did not go over the adapter: the \w+ side's port sent \d+ packets/,
        ),
      })),
    );
  });
}
