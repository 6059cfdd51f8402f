/** The catalogue for people and for other programs: what each benchmark is, with its command lines. Pure. */
import type { ToolKind } from "../parsers/outcome.ts";
import {
  type Benchmark,
  type BenchmarkProgram,
  defaultSizes,
  type Family,
  type LaunchSettings,
  type LaunchSide,
  type MpiCommand,
  type PairCommand,
  type ProfileName,
  profileNames,
} from "./benchmark.ts";
import { collectionOf } from "./sources.ts";

/** How often a suite does things where it says nothing else. */
export interface Repetitions {
  readonly launches: number;
  readonly warmUpLaunches: number;
  readonly iterations: number;
}

const parsers: Readonly<Record<Family, ToolKind>> = {
  verbs: "perftest",
  "shared-memory": "ivshmem",
  "mpi-point-to-point": "osu",
  "mpi-one-sided": "osu",
  "mpi-collective": "osu",
  graph500: "graph500",
  nas: "npb",
  lammps: "lammps",
  "spec-mpi": "specmpi",
};

/** What every launch must show to count. */
const alwaysValid = "it ended by itself with status 0, and its parser accounts for every line";

/** Where the sides of a benchmark run, as in "two nodes". */
export function placesText(benchmark: Benchmark): string {
  if (benchmark.launcher === "mpi") return benchmark.scales.paper.nodes === "two" ? "two nodes" : "all nodes";
  return benchmark.pairing === "between-nodes" ? "two nodes" : "two on one node";
}

/** Everything about a benchmark as one object of `testbed list --json`. */
export function describeBenchmark(benchmark: Benchmark, repetitions: Repetitions) {
  const { name, family, title, kinds, metric } = benchmark;
  return {
    name,
    family,
    title,
    environments: kinds,
    places: placesText(benchmark),
    metric,
    source: collectionOf[family] === null ? null : `sources.${collectionOf[family]}`,
    programs: { builtIn: names(benchmark, "builtIn"), standard: names(benchmark, "standard") },
    profiles: Object.fromEntries(
      profileNames.map((profile) => [profile, describeProfile(benchmark, profile, repetitions)]),
    ),
    repetitions,
    parser: parsers[family],
    validWhen: validity(benchmark),
  };
}

function names(benchmark: Benchmark, which: "builtIn" | "standard"): string | null {
  return benchmark.programs[which]?.name ?? null;
}

function describeProfile(benchmark: Benchmark, profile: ProfileName, { iterations }: Repetitions) {
  const sizesBytes = defaultSizes(benchmark, profile);
  const ranks = benchmark.launcher === "pair" ? {} : { ranksPerNode: benchmark.scales[profile].ranksPerNode };
  return {
    sizesBytes,
    ...ranks,
    commands: {
      builtIn: commandText(benchmark, "builtIn", profile, iterations),
      standard: commandText(benchmark, "standard", profile, iterations),
    },
  };
}

/** Stands for a side that only a run knows. */
const anySide: LaunchSide = {
  placement: { node: "", commandPrefix: [], fabricAddress: "SERVER", rdmaDevice: "DEVICE", rdmaPort: 1 },
  gidIndex: null,
  networkDevice: null,
  softRoce: false,
};

/** The words that run a benchmark's program, without those of a launcher; of a pair those of the active side at its first size. */
export function commandText(
  benchmark: Benchmark,
  which: "builtIn" | "standard",
  profile: ProfileName,
  iterations: number,
): string | null {
  const sizesBytes = defaultSizes(benchmark, profile);
  if (benchmark.launcher === "pair") {
    const settings: LaunchSettings = {
      ...{ sizesBytes: sizesBytes.slice(0, 1), iterations, tcpPort: 18600 },
      ...{ timeLimitSeconds: 180, connectLimitSeconds: 90 },
    };
    const program: BenchmarkProgram<PairCommand> | null = benchmark.programs[which];
    return program === null
      ? null
      : program.command(program.files(2, {})[0] ?? program.name, anySide, settings, "SERVER").join(" ");
  }
  const program: BenchmarkProgram<MpiCommand> | null = benchmark.programs[which];
  const { problem } = benchmark.scales[profile];
  if (program === null) return null;
  const [file = program.name] = program.files(benchmark.scales[profile].ranksPerNode, problem);
  return program.command(file, problem, { sizesBytes, iterations }).join(" ");
}

function validity({ traffic, withoutCounters, launcher }: Benchmark): string[] {
  const carried = "the counters of all ports moved by at least what its messages are";
  return [
    alwaysValid,
    ...(launcher === "mpi" ? ["its sides reached each other over the fabric before"] : []),
    ...(traffic === null
      ? []
      : [withoutCounters === "refused" ? carried : `${carried}, where ports have counters`]),
  ];
}
