/** What a benchmark is to the suite: data, one file a family beside this one. */
import type { EnvironmentKind, Placement } from "../../infra/inventory.ts";
import type { ParseOutcome } from "../parsers/outcome.ts";

/** Where one side of a launch runs. */
export interface LaunchSide {
  readonly placement: Placement;
  /** Null: the port has no need of one. */
  readonly gidIndex: number | null;
  /** The network device with the fabric address there; null: not known. */
  readonly networkDevice: string | null;
  readonly softRoce: boolean;
}

/** What all sides of one launch agree on. `tcpPort` differs from attempt to attempt. */
export interface LaunchSettings {
  /** One after the other in one launch; none: the benchmark has no message size. */
  readonly sizesBytes: readonly number[];
  readonly iterations: number;
  readonly tcpPort: number;
  readonly timeLimitSeconds: number;
  readonly connectLimitSeconds: number;
}

/** What of the settings says how much is sent. */
export type Load = Pick<LaunchSettings, "sizesBytes" | "iterations">;

/** What a launch sends at least between the active and each passive side, for one of its sizes. */
export interface Traffic {
  readonly messageBytes: number;
  readonly clientToServer: number;
  readonly serverToClient: number;
}

/** The number of a launch that results are made of. All other numbers of the launch are kept as measurements. */
export interface Metric {
  readonly statistic: string;
  readonly unit: string;
  readonly better: "lower" | "higher";
}

/** How large a benchmark is: as in the paper, or scaled down to what emulated nodes do in seconds. */
export const profileNames = ["emulated", "paper"] as const;
export type ProfileName = (typeof profileNames)[number];

export const families = [
  "verbs",
  "shared-memory",
  "mpi-point-to-point",
  "mpi-one-sided",
  "mpi-collective",
  "graph500",
  "nas",
  "lammps",
  "spec-mpi",
] as const;
export type Family = (typeof families)[number];

/** A program that can do a benchmark. */
export interface BenchmarkProgram<Command> {
  /** The name in messages and measurements. */
  readonly name: string;
  /** What its outputs are called by their parser; null: they don't say whose they are. */
  readonly outputName: string | null;
  /** Names of its file, the likeliest first. */
  readonly files: (ranks: number, problem: Problem) => readonly string[];
  /** Which sizes one launch can have: any, or each twice the one before. */
  readonly sizes: "any" | "doubling";
  /** The words that run it. */
  readonly command: Command;
}

/** The programs of a benchmark, of which the suite's sources choose one: ours, and the one that the field knows. */
export interface Programs<Command> {
  readonly builtIn: BenchmarkProgram<Command> | null;
  readonly standard: BenchmarkProgram<Command> | null;
}

interface BenchmarkFields {
  /** The name in suites, ledgers and results. */
  readonly name: string;
  readonly family: Family;
  readonly title: string;
  /** The kinds of environment where it makes sense. */
  readonly kinds: readonly EnvironmentKind[];
  readonly metric: Metric;
  /** What must have gone over the adapter; null: nothing goes over it. */
  readonly traffic: ((load: Load) => readonly Traffic[]) | null;
  /**
   * What a launch is whose ports have no counters: refused, because its messages may have gone another way unnoticed, or
   * accepted, because the program knows no other way.
   */
  readonly withoutCounters: "refused" | "accepted";
  /** Reads the active side's standard output. */
  readonly parse: (text: string) => ParseOutcome;
}

/** Two programs, each started by itself: one waits and the other calls it. A launch has one size. */
export interface PairBenchmark extends BenchmarkFields {
  readonly launcher: "pair";
  /** Which two placements of an environment take part: the first two on two nodes, or the first two on one node. */
  readonly pairing: "between-nodes" | "within-node";
  /** Message sizes where the suite names none. */
  readonly sizesBytes: Readonly<Record<ProfileName, readonly number[]>>;
  readonly programs: Programs<PairCommand>;
}

/** The words of one side's command. `serverAddress` null: the passive side; else where the passive side is. */
export type PairCommand = (
  executable: string,
  side: LaunchSide,
  settings: LaunchSettings,
  serverAddress: string | null,
) => string[];

/** How an MPI program is run in a profile. */
export interface Scale {
  /** Message sizes where the suite names none, all in one launch; none: the benchmark has no message size. */
  readonly sizesBytes: readonly number[];
  /** `two`: the first two nodes of an environment; `all`: every node. */
  readonly nodes: "two" | "all";
  readonly ranksPerNode: number;
  /** How large the problem is, in the quantities that the benchmark knows. */
  readonly problem: Problem;
}

/** As in `{ scale: 24, edgeFactor: 10 }`. */
export type Problem = Readonly<Record<string, number | string>>;

/** One program with ranks on several nodes, started by an MPI launcher. */
export interface MpiBenchmark extends BenchmarkFields {
  readonly launcher: "mpi";
  readonly scales: Readonly<Record<ProfileName, Scale>>;
  readonly programs: Programs<MpiCommand>;
}

/** The words of an MPI program, without those of the launcher. */
export type MpiCommand = (executable: string, problem: Problem, load: Load) => string[];

export type Benchmark = PairBenchmark | MpiBenchmark;

/** Message sizes of a benchmark where the suite names none. */
export function defaultSizes(benchmark: Benchmark, profile: ProfileName): readonly number[] {
  return benchmark.launcher === "pair" ? benchmark.sizesBytes[profile] : benchmark.scales[profile].sizesBytes;
}

/** The size of a launch that has exactly one. */
export function onlySize({ sizesBytes }: Pick<LaunchSettings, "sizesBytes">): number {
  const [sizeBytes, ...others] = sizesBytes;
  if (sizeBytes === undefined || others.length > 0) throw new Error("the launch must have exactly one size");
  return sizeBytes;
}

/** 1, 2, 4 … bytes up to a largest size. */
export function doublingSizes(largestBytes: number, smallestBytes = 1): number[] {
  const count = Math.round(Math.log2(largestBytes / smallestBytes)) + 1;
  return Array.from({ length: count }, (_, index) => smallestBytes * 2 ** index);
}

/** Kinds of environment of a benchmark that needs an adapter. */
export const everywhere: readonly EnvironmentKind[] = ["host", "container", "guest"];

/** Applications: all nodes, one rank on an emulated one and the paper's 16 on hardware. */
export function applicationScales(emulated: Problem, paper: Problem): Readonly<Record<ProfileName, Scale>> {
  return {
    emulated: { sizesBytes: [], nodes: "all", ranksPerNode: 1, problem: emulated },
    paper: { sizesBytes: [], nodes: "all", ranksPerNode: 16, problem: paper },
  };
}

/** At least this many messages of this size each way: what the ranks must tell each other to get any result. */
export function exchanged(messages: number, messageBytes: number): (load: Load) => readonly Traffic[] {
  return () => [{ messageBytes, clientToServer: messages, serverToClient: messages }];
}
