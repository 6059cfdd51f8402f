/** The six verbs tests of the paper's Table II: perftest between two nodes, one process on each. */
import { parsePerftest } from "../parsers/perftest.ts";
import {
  doublingSizes,
  everywhere,
  type LaunchSettings,
  type LaunchSide,
  onlySize,
  type PairBenchmark,
} from "./benchmark.ts";

// `typical` (the median of a launch's iterations), not `avg`: the latencies of one launch have a long tail to one side only,
// made by interrupts and the scheduler and not by the path under test, and a handful of them moves the mean by half.
// The mean stays in the measurements for comparisons with tools that print nothing else (OSU).
const latency = { statistic: "typical", unit: "us", better: "lower" } as const;
const latencySizesBytes = { emulated: [8, 4096], paper: doublingSizes(4 * 1024 * 1024, 2) };

// The average over the launch, not `peak`: peak is the best pair of completions and is not measured by every release or side.
const bandwidth = { statistic: "avg", unit: "MiB/s", better: "higher" } as const;
// perftest prints two decimals: on slow nodes a bandwidth of small messages would be one digit.
const bandwidthSizesBytes = { emulated: [65536], paper: doublingSizes(4 * 1024 * 1024, 2) };

/** Which sides send the messages of a test. A latency test of messages or writes answers each by one. */
type Direction = "both" | "to-server" | "to-client";

function verbsTest(
  program: string,
  title: string,
  metric: PairBenchmark["metric"],
  direction: Direction,
): PairBenchmark {
  const sizesBytes = metric.better === "lower" ? latencySizesBytes : bandwidthSizesBytes;
  return {
    launcher: "pair",
    name: program,
    family: "verbs",
    title,
    pairing: "between-nodes",
    kinds: everywhere,
    metric,
    sizesBytes,
    programs: {
      builtIn: null,
      standard: {
        name: program,
        outputName: program,
        files: () => [program],
        sizes: "any",
        command: verbsCommand,
      },
    },
    // A port without counters is no reason to doubt them: perftest has no other way than the verbs of the named device.
    withoutCounters: "accepted",
    traffic: ({ sizesBytes, iterations }) =>
      sizesBytes.map((messageBytes) => ({
        messageBytes,
        clientToServer: direction === "to-client" ? 0 : iterations,
        serverToClient: direction === "to-server" ? 0 : iterations,
      })),
    parse: parsePerftest,
  };
}

/** The words of a verbs test on one side. `-F`: perftest must not refuse because of the CPU frequency governor. */
function verbsCommand(
  executable: string,
  { placement, gidIndex }: LaunchSide,
  settings: Pick<LaunchSettings, "sizesBytes" | "iterations" | "tcpPort">,
  serverAddress: string | null,
): string[] {
  return [
    executable,
    ...["-d", placement.rdmaDevice, "-i", String(placement.rdmaPort), "-F"],
    ...(gidIndex === null ? [] : ["-x", String(gidIndex)]),
    ...["-n", String(settings.iterations), "-s", String(onlySize(settings)), "-p", String(settings.tcpPort)],
    ...(serverAddress === null ? [] : [serverAddress]),
  ];
}

export const verbsBenchmarks: readonly PairBenchmark[] = [
  verbsTest("ib_send_lat", "Send latency", latency, "both"),
  verbsTest("ib_write_lat", "RDMA write latency", latency, "both"),
  verbsTest("ib_read_lat", "RDMA read latency", latency, "to-client"),
  verbsTest("ib_send_bw", "Send bandwidth", bandwidth, "to-server"),
  verbsTest("ib_write_bw", "RDMA write bandwidth", bandwidth, "to-server"),
  verbsTest("ib_read_bw", "RDMA read bandwidth", bandwidth, "to-client"),
];
