/** The MPI programs of our own: what they are built from, and the tests of `testbed_mpi`. */

/** A program and its translation units, relative to this folder. */
export interface MpiProgram {
  readonly name: "testbed_mpi" | "testbed_bfs" | "testbed_ep";
  readonly sources: readonly string[];
}

export const mpiPrograms: readonly MpiProgram[] = [
  {
    name: "testbed_mpi",
    sources: ["testbed_mpi.c", "point_to_point.c", "one_sided.c", "collective.c", "process.c"],
  },
  {
    name: "testbed_bfs",
    sources: ["testbed_bfs.c", "graph.c", "search.c", "validation.c", "process.c"],
  },
  { name: "testbed_ep", sources: ["testbed_ep.c", "process.c"] },
];

/** The words of a compiler that say how our C is compiled. */
export const compilerOptions: readonly string[] = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"];

/** What compiles MPI programs: words before the options, and words after the sources that link MPI. */
export interface MpiCompiler {
  readonly command: readonly string[];
  readonly libraries: readonly string[];
}

/** The compiler that an installed MPI brings. */
const installedCompiler: MpiCompiler = { command: ["mpicc"], libraries: [] };

/** The command that builds a program: words for an exec without a shell. `folder` is where this file's folder lies. */
export function buildCommand(
  program: MpiProgram,
  folder: string,
  target: string,
  { command, libraries }: MpiCompiler = installedCompiler,
): readonly string[] {
  const sources = program.sources.map((source) => `${folder}/${source}`);
  return [...command, ...compilerOptions, "-o", target, ...sources, ...libraries, "-lm"];
}

/** A test of `testbed_mpi`. `title` is OSU's, which stands in the first line after "# Testbed". */
export interface MpiTest {
  readonly name: string;
  readonly title: string;
  readonly family: "point-to-point" | "one-sided" | "collective";
  /** Tests of pairs need exactly two ranks, collective ones at least two. */
  readonly ranks: "two" | "two or more";
}

const pair = { family: "point-to-point", ranks: "two" } as const;
const oneSided = { family: "one-sided", ranks: "two" } as const;
const collective = { family: "collective", ranks: "two or more" } as const;

export const mpiTests: readonly MpiTest[] = [
  { name: "latency", title: "MPI Latency Test", ...pair },
  { name: "bandwidth", title: "MPI Bandwidth Test", ...pair },
  { name: "bidirectional_bandwidth", title: "MPI Bi-Directional Bandwidth Test", ...pair },
  { name: "put_latency", title: "MPI_Put Latency Test", ...oneSided },
  { name: "put_bandwidth", title: "MPI_Put Bandwidth Test", ...oneSided },
  { name: "put_bidirectional_bandwidth", title: "MPI_Put Bi-directional Bandwidth Test", ...oneSided },
  { name: "get_latency", title: "MPI_Get Latency Test", ...oneSided },
  { name: "get_bandwidth", title: "MPI_Get Bandwidth Test", ...oneSided },
  { name: "accumulate_latency", title: "MPI_Accumulate Latency Test", ...oneSided },
  { name: "broadcast", title: "MPI Broadcast Latency Test", ...collective },
  { name: "allgather", title: "MPI Allgather Latency Test", ...collective },
  { name: "allreduce", title: "MPI Allreduce Latency Test", ...collective },
  { name: "all_to_all", title: "MPI All-to-All Personalized Exchange Latency Test", ...collective },
];
