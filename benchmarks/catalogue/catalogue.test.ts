import { describe, expect, test } from "vitest";
import { mpiTests } from "../mpi/programs.ts";
import type { ProfileName } from "./benchmark.ts";
import { benchmarkNamed, catalogue, findBenchmark } from "./catalogue.ts";
import { collectionOf } from "./sources.ts";

const placement = {
  node: "n1",
  commandPrefix: [],
  fabricAddress: "192.168.100.1",
  rdmaDevice: "rxe0",
  rdmaPort: 1,
};
const side = { placement, networkDevice: "fab0", softRoce: true };
const settings = {
  sizesBytes: [8],
  iterations: 205,
  tcpPort: 18600,
  timeLimitSeconds: 60,
  connectLimitSeconds: 20,
};

test("names are unique and found", () => {
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  for (const benchmark of catalogue) expect(benchmarkNamed(benchmark.name)).toBe(benchmark);
  expect(findBenchmark("ib_send")).toBeUndefined();
  expect(() => benchmarkNamed("ib_send")).toThrow("no benchmark is called ib_send");
});

const pairs = catalogue.filter((benchmark) => benchmark.launcher === "pair");
test.each(pairs)("$name: stop.sh finds the passive side by its port", ({ programs }) => {
  for (const program of [programs.builtIn, programs.standard]) {
    if (program === null) continue;
    const words = program.command("/opt/it", { ...side, gidIndex: null }, settings, null);
    expect(words[0]).toBe("/opt/it");
    expect(words.join("\0")).toContain("-p\x0018600");
  }
});

test("every benchmark has a program; only those with a standard one have a source to choose", () => {
  for (const { programs, family } of catalogue) {
    expect(programs.builtIn === null && programs.standard === null).toBe(false);
    expect(programs.standard === null).toBe(collectionOf[family] === null);
  }
});

describe("command lines", () => {
  const commandOf = (name: string, gidIndex: number | null, address: string | null) => {
    const programs = pairs.find((benchmark) => benchmark.name === name)?.programs;
    const program = programs?.builtIn ?? programs?.standard;
    return program?.command(name, { ...side, gidIndex }, settings, address).join(" ");
  };

  test("verbs: the address makes the active side, and the GID stands where the port has need of one", () => {
    expect(commandOf("ib_send_lat", 1, null)).toBe("ib_send_lat -d rxe0 -i 1 -F -x 1 -n 205 -s 8 -p 18600");
    expect(commandOf("ib_write_bw", null, "192.168.100.1")).toBe(
      "ib_write_bw -d rxe0 -i 1 -F -n 205 -s 8 -p 18600 192.168.100.1",
    );
  });

  test("shared memory: the same messages on both sides, and a server that waits for the client to come", () => {
    const messages = "ivshmem_latency --size 8 --iterations 205 --warm-up 21 -p 18600";
    expect(commandOf("ivshmem_latency", null, null)).toBe(`${messages} --time-limit 80 server`);
    expect(commandOf("ivshmem_latency", null, "192.168.100.1")).toBe(
      `${messages} --time-limit 60 --connect-limit 20 client`,
    );
  });

  test("MPI: all sizes in one launch, and the problem of the profile", () => {
    const load = { sizesBytes: [8, 4096], iterations: 20 };
    const wordsOf = (name: string, which: "builtIn" | "standard", profile: ProfileName) => {
      const benchmark = benchmarkNamed(name);
      if (benchmark.launcher !== "mpi") return null;
      const { problem } = benchmark.scales[profile];
      const program = benchmark.programs[which];
      return program?.command(program.files(128, problem).at(-1) ?? "", problem, load).join(" ");
    };
    expect(wordsOf("osu_put_bw", "builtIn", "paper")).toBe(
      "testbed_mpi put_bandwidth --sizes 8,4096 --iterations 20 --warm-up 2 --window 64",
    );
    expect(wordsOf("osu_allreduce", "standard", "paper")).toBe("mpitests-osu_allreduce -m 8:4096 -i 20 -x 2");
    expect(wordsOf("nas-ep", "builtIn", "emulated")).toBe("testbed_ep --class S");
    expect(wordsOf("nas-lu", "standard", "paper")).toBe("lu.C.128");
    expect(wordsOf("nas-lu", "builtIn", "paper")).toBeUndefined();
    expect(wordsOf("graph500", "builtIn", "paper")).toBe(
      "testbed_bfs --scale 24 --edge-factor 10 --searches 64",
    );
    expect(wordsOf("graph500", "standard", "paper")).toBe("graph500_mpi_simple 24 10");
    expect(wordsOf("spec-leslie3d", "standard", "paper")).toBe(
      "runspec --noreportable --nobuild --tune=base --size=mref --iterations=1 --output_format=text 107.leslie3d",
    );
    expect(wordsOf("lammps-lj", "standard", "emulated")).toBe(
      "lmp_mpi -log none -in /usr/share/testbed/lammps/in.lj -var steps 20 -var x 4 -var y 4 -var z 4",
    );
  });
});

test("the paper's process counts: 192 for collectives and 128 for applications on its 8 nodes", () => {
  for (const benchmark of catalogue) {
    if (benchmark.launcher !== "mpi" || benchmark.scales.paper.nodes === "two") continue;
    const ranks = 8 * benchmark.scales.paper.ranksPerNode;
    expect(ranks).toBe(benchmark.family === "mpi-collective" ? 192 : 128);
  }
});

test("every MPI test of the built-in program is a benchmark, under the program name that its parser gives", () => {
  const programs = new Set(catalogue.map(({ programs: { builtIn } }) => builtIn?.outputName));
  for (const { name } of mpiTests) expect(programs).toContain(`testbed_mpi ${name}`);
});
