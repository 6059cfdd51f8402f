/** The programs as they are started on nodes. Runs where an MPI is installed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseGraph500 } from "../parsers/graph500.ts";
import { parseNpb } from "../parsers/npb.ts";
import { parseOsu } from "../parsers/osu.ts";
import { mpiPrograms, mpiTests } from "./programs.ts";
import { buildProgram, launch, makeFolder, noMpi, run, titled } from "./testing/programs.ts";

const folder = makeFolder();
const timeout = 90_000;
beforeAll(() => {
  if (noMpi === null) for (const program of mpiPrograms) buildProgram(folder.path, program);
}, timeout);
afterAll(folder.remove);

const sizes = Array.from({ length: 15 }, (_, index) => 4 * 2 ** index);
const few = ["--iterations", "5", "--warm-up", "1", "--window", "8"];
const mpi = (ranks: number, words: readonly string[], broken?: string) =>
  launch(folder.path, ranks, "testbed_mpi", words, broken);
const bfs = (ranks: number, words: readonly string[], broken?: string) =>
  launch(folder.path, ranks, "testbed_bfs", words, broken);

describe.skipIf(noMpi !== null)(titled("testbed_mpi under mpirun", noMpi), { timeout }, () => {
  const launches = mpiTests.flatMap(({ name, ranks }) =>
    (ranks === "two" ? [2] : [2, 4]).map((count) => ({ name, count })),
  );
  test.each(launches)("$name on $count ranks", async ({ name, count }) => {
    const { exitCode, stderr, stdout } = await mpi(count, [name, "--sizes", sizes.join(","), ...few]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    const outcome = parseOsu(stdout);
    expect(outcome.problems).toEqual([]);
    const averages = outcome.measurements.filter(({ statistic }) => statistic === "avg");
    expect(averages.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
  });

  test.each([
    ["latency", "MPI_Send"],
    ["bandwidth", "MPI_Isend"],
    ["bidirectional_bandwidth", "MPI_Isend"],
    ["put_latency", "MPI_Put"],
    ["put_bandwidth", "MPI_Put"],
    ["put_bidirectional_bandwidth", "MPI_Put"],
    ["get_latency", "MPI_Get"],
    ["get_bandwidth", "MPI_Get"],
    ["accumulate_latency", "MPI_Accumulate"],
    ["broadcast", "MPI_Bcast"],
    ["allgather", "MPI_Allgather"],
    ["allreduce", "MPI_Allreduce"],
    ["all_to_all", "MPI_Alltoall"],
  ])("%s gives no number when %s is broken", async (name, operation) => {
    const { exitCode, stderr, stdout } = await mpi(2, [name, "--sizes", "8,4096", ...few], operation);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^testbed_mpi: rank [01] of 2: ${name}: .* wrong`, "m"));
    expect(stdout).not.toMatch(/^\d+ +\d+\.\d+/m);
  });

  test("wrong usage: one line of one rank, and exit status 2", async () => {
    for (const [ranks, words, message] of [
      [2, ["latency", "--sizes", "no"], "testbed_mpi: --sizes no: up to 64 sizes"],
      [4, ["latency"], "testbed_mpi: latency: exactly 2 ranks are needed"],
      [1, ["broadcast"], "testbed_mpi: broadcast: at least 2 ranks are needed"],
    ] as const) {
      const { exitCode, stderr } = await mpi(ranks, words);
      expect(exitCode).toBe(2);
      const lines = stderr.split("\n").filter((line) => line.startsWith("testbed_mpi"));
      expect(lines).toEqual([expect.stringContaining(message)]);
    }
  });
});

describe.skipIf(noMpi !== null)(titled("testbed_bfs under mpirun", noMpi), { timeout }, () => {
  const small = ["--scale", "10", "--searches", "8"];

  test.each([1, 2, 3, 4])("on %i ranks: the same graph, and each search is right", async (ranks) => {
    const { exitCode, stderr, stdout } = await bfs(ranks, small);
    expect([stderr, exitCode]).toEqual(["", 0]);
    const outcome = parseGraph500(stdout);
    expect([outcome.problems, outcome.warnings]).toEqual([[], []]);
    expect(stdout).toMatch(new RegExp(`^num_mpi_processes: +${ranks}$`, "m"));
    // 16384 edges less 130 loops; what else the component lacks would be less still.
    expect(/^mean_nedge: +(\d+)$/m.exec(stdout)?.[1]).toBe("16254");
  });

  test.each([
    ["construction", /the tree of the search from vertex \d+ is wrong, rule [345]: /],
    ["search", /the tree of the search from vertex \d+ is wrong, rule [1235]: /],
    ["MPI_Alltoallv", /a pair of vertices came that nobody sends here: /],
  ])("gives no number when %s is broken", async (operation, sentence) => {
    const { exitCode, stderr, stdout } = await bfs(2, small, operation);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(parseGraph500(stdout).problems).toHaveLength(1);
  });

  test("more ranks than vertices, and more searches than roots", async () => {
    expect((await bfs(4, ["--scale", "1", "--searches", "2"])).exitCode).toBe(0);
    const { exitCode, stderr } = await bfs(2, ["--scale", "1", "--searches", "5"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "testbed_bfs: --searches 5: the graph of --scale 1 has only 2 vertices with a neighbour\n",
    );
  });
});

describe.skipIf(noMpi !== null)(titled("testbed_ep under mpirun", noMpi), { timeout }, () => {
  test.each([2, 3])("class S on %i ranks is verified", async (ranks) => {
    const { exitCode, stderr, stdout } = await launch(folder.path, ranks, "testbed_ep", ["--class", "S"]);
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(parseNpb(stdout).problems).toEqual([]);
  });

  test("wrong sums are told, and end in failure", async () => {
    const { exitCode, stderr, stdout } = await launch(folder.path, 2, "testbed_ep", [], "MPI_Allreduce");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("testbed_ep: the sums are not those published for class S\n");
    expect(parseNpb(stdout).problems).toMatchObject([{ message: expect.stringContaining("UNSUCCESSFUL") }]);
  });
});

test.skipIf(noMpi !== null).each(mpiPrograms)(
  titled("$name: usage and version without a launcher", noMpi),
  async ({ name }) => {
    expect(await run(`${folder.path}/${name}`, "--version")).toMatchObject({
      exitCode: 0,
      stdout: "Version: 1.0\n",
    });
    const help = await run(`${folder.path}/${name}`, "--help");
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    expect(help.stdout).toMatch(new RegExp(`^usage: mpirun -n RANKS ${name} `));
  },
);
