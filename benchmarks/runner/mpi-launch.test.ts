/** MPI launches on this machine: the real scripts and the real way of joining, with a stand-in for mpirun. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RemoteResult } from "../../infra/remote/remote.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { openMpi } from "../launchers/openmpi.ts";
import { judgeLaunch } from "./judge.ts";
import type { LaunchResult } from "./launch.ts";
import { runMpiLaunch } from "./mpi-launch.ts";
import { mpiSide } from "./testing/mpi-side.ts";

const benchmark = benchmarkNamed("osu_latency");
const load = { sizesBytes: [8, 4096], iterations: 20 };
const names = { name: "testbed_mpi latency", outputName: "testbed_mpi latency" };
const limits = { timeLimitSeconds: 2, connectLimitSeconds: 1 };
const table =
  "# Testbed MPI Latency Test v1.0\n# Size          Latency (us)\n8                    3012.50\n4096                 3500.25\n";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-mpi-"));
  symlinkSync(join(import.meta.dirname, "testing/fake-mpirun.sh"), join(folder, "mpirun"));
  writeFileSync(join(folder, "output"), table);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function launch(behaviour: string): Promise<LaunchResult> {
  const sites = [
    mpiSide(folder, "n2", "198.19.0.2", behaviour),
    mpiSide(folder, "n1", "198.19.0.1", behaviour),
    mpiSide(folder, "n3", "198.19.0.3", behaviour),
  ] as const;
  const work = {
    ranksPerSite: 1,
    starter: "mpirun",
    program: ["testbed_mpi", "latency"],
    variables: {},
    kit: null,
  };
  const identity = { token: "testbed-test", tcpPort: 18600 };
  return runMpiLaunch(openMpi, sites, work, limits, identity);
}

function nothingRuns(): void {
  expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(folder);
}

test("the sides that the launcher asks for join it, and all end by themselves", async () => {
  const result = await launch("good");
  expect(result).toMatchObject({
    client: { exitCode: 0, stdout: table },
    servers: [{ exitCode: 0 }, { exitCode: 0 }],
    serverStopped: false,
  });
  expect(judgeLaunch(benchmark, names, load, result, limits)).toEqual({
    valid: false,
    reason:
      "the client side's port has no counters of what it carries, and testbed_mpi latency could have gone another way than the adapter unnoticed",
  });
  const counted = (side: RemoteResult): RemoteResult => ({
    ...side,
    stderr:
      "testbed: counters before sent_pkts=1 rcvd_pkts=1\ntestbed: counters after sent_pkts=41 rcvd_pkts=41\n",
  });
  const carried = { ...result, client: counted(result.client), servers: result.servers.map(counted) };
  expect(judgeLaunch(benchmark, names, load, carried, limits)).toMatchObject({
    valid: true,
    headlines: [
      { sizeBytes: 8, value: 3012.5 },
      { sizeBytes: 4096, value: 3500.25 },
    ],
    transport: { client: { sent_pkts: 40, rcvd_pkts: 40 } },
  });
  for (const file of ["n2/testbed-test", "n1/testbed-test-joined", "n3/testbed-test-joined"]) {
    expect(readFileSync(join(folder, `${file}.process`), "utf8")).toBe("");
  }
  nothingRuns();
});

test("ranks that went another way than the adapter are refused with the counters: a run over TCP by mistake", async () => {
  const counters = join(folder, "sys/class/infiniband/rxe0/ports/1/hw_counters");
  mkdirSync(counters, { recursive: true });
  for (const name of ["sent_pkts", "rcvd_pkts"]) writeFileSync(join(counters, name), "7\n");
  expect(judgeLaunch(benchmark, names, load, await launch("good"), limits)).toEqual({
    valid: false,
    reason:
      "the test did not go over the adapter: the client side's port sent 0 packets (sent_pkts), and the test's messages are at least 40",
  });
});

test("a dead rank ends the launch, with what the launcher says of it", async () => {
  const result = await launch("dead-rank");
  expect(result.client.exitCode).toBe(137);
  expect(judgeLaunch(benchmark, names, load, result, limits)).toEqual({
    valid: false,
    reason: expect.stringContaining("rank 1 exited on signal 9"),
  });
  nothingRuns();
});

test("a launch that hangs ends at its limit, and nothing is left of it on any side", {
  timeout: 40_000,
}, async () => {
  const result = await launch("hang");
  expect(judgeLaunch(benchmark, names, load, result, limits)).toEqual({
    valid: false,
    reason: "testbed_mpi latency did not end within 3 s",
  });
  nothingRuns();
});
