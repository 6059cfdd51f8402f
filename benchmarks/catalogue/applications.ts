/**
 * The applications of the paper's Table II: 16 ranks on each of 8 nodes there. Built-in stand-ins where nothing is packaged.
 */
import { parseGraph500 } from "../parsers/graph500.ts";
import { parseLammps } from "../parsers/lammps.ts";
import { parseNpb } from "../parsers/npb.ts";
import type { Load, MpiBenchmark, Scale, Traffic } from "./benchmark.ts";

const kinds = ["host", "container", "guest"] as const;

/** Where an installation of the userland keeps LAMMPS' input scripts. */
const lammpsInputs = "/usr/share/testbed/lammps";

function scales(
  emulated: readonly string[],
  paper: readonly string[],
): Readonly<Record<"emulated" | "paper", Scale>> {
  return {
    emulated: { sizesBytes: [], nodes: "all", ranksPerNode: 1, problem: emulated },
    paper: { sizesBytes: [], nodes: "all", ranksPerNode: 16, problem: paper },
  };
}

/** At least this many messages of this size each way: what the ranks must tell each other to get any result. */
function exchanged(messages: number, messageBytes: number): (load: Load) => readonly Traffic[] {
  return () => [{ messageBytes, clientToServer: messages, serverToClient: messages }];
}

function lammps(input: string, title: string): MpiBenchmark {
  return {
    launcher: "mpi",
    name: `lammps-${input}`,
    family: "lammps",
    title,
    program: "lmp",
    kinds,
    metric: { statistic: "time", unit: "s", better: "lower" },
    // Steps and the number of unit cells in each direction; the paper's own sizes are not known.
    scales: scales(
      ["-var", "steps", "20", "-var", "x", "4", "-var", "y", "4", "-var", "z", "4"],
      ["-var", "steps", "1000", "-var", "x", "80", "-var", "y", "80", "-var", "z", "80"],
    ),
    // Positions of ghost atoms, three doubles each, at every step.
    traffic: exchanged(20, 24),
    command: ({ problem }) => ["lmp", "-log", "none", "-in", `${lammpsInputs}/in.${input}`, ...problem],
    parse: parseLammps,
  };
}

export const applicationBenchmarks: readonly MpiBenchmark[] = [
  {
    launcher: "mpi",
    name: "graph500",
    family: "graph500",
    title: "Breadth-first search",
    program: "testbed_bfs",
    kinds,
    metric: { statistic: "p50", unit: "s", better: "lower" },
    scales: scales(
      ["--scale", "8", "--edge-factor", "10", "--searches", "4"],
      ["--scale", "24", "--edge-factor", "10", "--searches", "64"],
    ),
    // Each search needs at least one vertex of each other side.
    traffic: exchanged(4, 8),
    command: ({ problem }) => ["testbed_bfs", ...problem],
    parse: parseGraph500,
  },
  {
    launcher: "mpi",
    name: "nas-ep",
    family: "nas",
    title: "NAS embarrassingly parallel",
    program: "testbed_ep",
    kinds,
    metric: { statistic: "time", unit: "s", better: "lower" },
    scales: scales(["--class", "S"], ["--class", "C"]),
    // The sums of both coordinates and the counts of ten rings.
    traffic: exchanged(1, 96),
    command: ({ problem }) => ["testbed_ep", ...problem],
    parse: parseNpb,
  },
  lammps("lj", "LAMMPS Lennard-Jones melt"),
  lammps("chain", "LAMMPS polymer chains"),
];
