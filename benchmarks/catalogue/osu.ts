/**
 * The OSU tests of the paper's Table II, by OMB itself or by the built-in program testbed_mpi: two-sided and one-sided between one
 * rank on each of two nodes, collectives over all nodes in full subscription (192 ranks on the paper's 8 nodes).
 */
import { parseOsu } from "../parsers/osu.ts";
import {
  doublingSizes,
  everywhere,
  type Family,
  type Load,
  type MpiBenchmark,
  type Problem,
  type Scale,
  type Traffic,
} from "./benchmark.ts";

const program = "testbed_mpi";
const latency = { statistic: "avg", unit: "us", better: "lower" } as const;
const bandwidth = { statistic: "avg", unit: "MB/s", better: "higher" } as const;
/** Messages under way at once in the bandwidth tests, as in OMB 5. */
const windowMessages = { emulated: 8, paper: 64 } as const;

/** Which way a test's messages go. Rank 0 is the client's side. */
type Direction = "both" | "to-server" | "to-client";

interface Test {
  readonly name: string;
  readonly test: string;
  readonly title: string;
  readonly family: Family;
  readonly metric: MpiBenchmark["metric"];
  readonly direction: Direction;
  readonly scales: MpiBenchmark["scales"];
}

/** Point-to-point: one rank a node. */
function pairScales(metric: MpiBenchmark["metric"]): MpiBenchmark["scales"] {
  const windowed = metric.better === "higher";
  const scale = (profile: "emulated" | "paper", sizesBytes: readonly number[]): Scale => ({
    sizesBytes,
    nodes: "two",
    ranksPerNode: 1,
    problem: windowed ? { window: windowMessages[profile] } : {},
  });
  return {
    emulated: scale("emulated", windowed ? [4096] : [8, 4096]),
    paper: scale("paper", doublingSizes(4 * 1024 * 1024)),
  };
}

const collectiveScales: MpiBenchmark["scales"] = {
  emulated: { sizesBytes: [64, 4096], nodes: "all", ranksPerNode: 2, problem: {} },
  paper: { sizesBytes: doublingSizes(1024 * 1024, 4), nodes: "all", ranksPerNode: 24, problem: {} },
};

const tests: readonly Test[] = [
  pair("osu_latency", "latency", "MPI latency", "mpi-point-to-point", latency, "both"),
  pair("osu_bw", "bandwidth", "MPI bandwidth", "mpi-point-to-point", bandwidth, "to-server"),
  pair(
    "osu_bibw",
    "bidirectional_bandwidth",
    "MPI bandwidth both ways",
    "mpi-point-to-point",
    bandwidth,
    "both",
  ),
  pair("osu_put_latency", "put_latency", "MPI put latency", "mpi-one-sided", latency, "to-server"),
  pair("osu_put_bw", "put_bandwidth", "MPI put bandwidth", "mpi-one-sided", bandwidth, "to-server"),
  pair(
    ...(["osu_put_bibw", "put_bidirectional_bandwidth", "MPI put bandwidth both ways"] as const),
    ...(["mpi-one-sided", bandwidth, "both"] as const),
  ),
  pair("osu_get_latency", "get_latency", "MPI get latency", "mpi-one-sided", latency, "to-client"),
  pair("osu_get_bw", "get_bandwidth", "MPI get bandwidth", "mpi-one-sided", bandwidth, "to-client"),
  pair(
    "osu_acc_latency",
    "accumulate_latency",
    "MPI accumulate latency",
    "mpi-one-sided",
    latency,
    "to-server",
  ),
  collective("osu_bcast", "broadcast", "MPI broadcast", "to-server"),
  collective("osu_allgather", "allgather", "MPI allgather", "both"),
  collective("osu_allreduce", "allreduce", "MPI allreduce", "both"),
  collective("osu_alltoall", "all_to_all", "MPI all-to-all", "both"),
];

function pair(
  name: string,
  test: string,
  title: string,
  family: Family,
  metric: MpiBenchmark["metric"],
  direction: Direction,
): Test {
  return { name, test, title, family, metric, direction, scales: pairScales(metric) };
}

function collective(name: string, test: string, title: string, direction: Direction): Test {
  return {
    name,
    test,
    title,
    family: "mpi-collective",
    metric: latency,
    direction,
    scales: collectiveScales,
  };
}

/**
 * Each iteration takes at least one message of the size over the adapter: every node lacks what the others contribute. Windows
 * make it more.
 */
function leastTraffic(direction: Direction, { sizesBytes, iterations }: Load): Traffic[] {
  return sizesBytes.map((messageBytes) => ({
    messageBytes,
    clientToServer: direction === "to-client" ? 0 : iterations,
    serverToClient: direction === "to-server" ? 0 : iterations,
  }));
}

/** A tenth of the iterations again before those that count. */
function warmUp({ iterations }: Load): string {
  return String(Math.ceil(iterations / 10));
}

function builtInCommand(test: string, executable: string, { window }: Problem, load: Load): string[] {
  return [
    ...[executable, test, "--sizes", load.sizesBytes.join(",")],
    ...["--iterations", String(load.iterations), "--warm-up", warmUp(load)],
    ...(window === undefined ? [] : ["--window", String(window)]),
  ];
}

/** OMB 5.4 and newer: older point-to-point tests can't be told their sizes. OMB's own window is the paper's. */
function omb({ sizesBytes, iterations }: Load): string[] {
  const range = `${Math.min(...sizesBytes)}:${Math.max(...sizesBytes)}`;
  return ["-m", range, "-i", String(iterations), "-x", warmUp({ sizesBytes, iterations })];
}

export const osuBenchmarks: readonly MpiBenchmark[] = tests.map(
  ({ name, test, title, family, metric, direction, scales }) => ({
    launcher: "mpi",
    name,
    family,
    title,
    kinds: everywhere,
    metric,
    scales,
    traffic: (load) => leastTraffic(direction, load),
    withoutCounters: "refused",
    programs: {
      builtIn: {
        name: `${program} ${test}`,
        outputName: `${program} ${test}`,
        files: () => [program],
        sizes: "any",
        command: (executable, problem, load) => builtInCommand(test, executable, problem, load),
      },
      standard: {
        name,
        outputName: name,
        // EL's packages mpitests-* put their own name before OMB's.
        files: () => [name, `mpitests-${name}`],
        sizes: "doubling",
        command: (executable, _problem, load) => [executable, ...omb(load)],
      },
    },
    parse: parseOsu,
  }),
);
