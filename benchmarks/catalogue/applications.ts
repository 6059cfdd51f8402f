/** The applications of the paper's Table II but NAS and SPEC MPI: 16 ranks on each of 8 nodes there. */
import { parseGraph500 } from "../parsers/graph500.ts";
import { parseLammps } from "../parsers/lammps.ts";
import { applicationScales, everywhere, exchanged, type MpiBenchmark } from "./benchmark.ts";

/** Where an installation of the userland keeps LAMMPS' input scripts. */
const lammpsInputs = "/usr/share/testbed/lammps";

function lammps(input: string, title: string): MpiBenchmark {
  return {
    launcher: "mpi",
    name: `lammps-${input}`,
    family: "lammps",
    title,
    kinds: everywhere,
    metric: { statistic: "time", unit: "s", better: "lower" },
    // Steps and the number of unit cells in each direction; the paper's own sizes are not known.
    scales: applicationScales({ steps: 20, x: 4, y: 4, z: 4 }, { steps: 1000, x: 80, y: 80, z: 80 }),
    // Positions of ghost atoms, three doubles each, at every step.
    traffic: exchanged(20, 24),
    withoutCounters: "refused",
    programs: {
      builtIn: null,
      standard: {
        name: "lmp",
        outputName: "lmp",
        files: () => ["lmp", "lmp_mpi"],
        sizes: "any",
        command: (executable, problem) => [
          ...[executable, "-log", "none", "-in", `${lammpsInputs}/in.${input}`],
          ...Object.entries(problem).flatMap(([name, value]) => ["-var", name, String(value)]),
        ],
      },
    },
    parse: parseLammps,
  };
}

export const applicationBenchmarks: readonly MpiBenchmark[] = [
  {
    launcher: "mpi",
    name: "graph500",
    family: "graph500",
    title: "Breadth-first search",
    kinds: everywhere,
    metric: { statistic: "p50", unit: "s", better: "lower" },
    scales: applicationScales(
      { scale: 8, edgeFactor: 10, searches: 4 },
      { scale: 24, edgeFactor: 10, searches: 64 },
    ),
    // Each search needs at least one vertex of each other side.
    traffic: exchanged(4, 8),
    withoutCounters: "refused",
    programs: {
      builtIn: {
        name: "testbed_bfs",
        outputName: "testbed_bfs",
        files: () => ["testbed_bfs"],
        sizes: "any",
        command: (executable, { scale, edgeFactor, searches }) => [
          ...[executable, "--scale", String(scale), "--edge-factor", String(edgeFactor)],
          ...["--searches", String(searches)],
        ],
      },
      standard: {
        name: "graph500_reference_bfs",
        outputName: null,
        // Releases 3.0 and 2.1; both make 64 searches.
        files: () => ["graph500_reference_bfs", "graph500_mpi_simple"],
        sizes: "any",
        command: (executable, { scale, edgeFactor }) => [executable, String(scale), String(edgeFactor)],
      },
    },
    parse: parseGraph500,
  },
  lammps("lj", "LAMMPS Lennard-Jones melt"),
  lammps("chain", "LAMMPS polymer chains"),
];
