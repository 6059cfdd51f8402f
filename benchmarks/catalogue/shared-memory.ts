/** Messages between two guests on one node, over the memory that both have mapped by their IVSHMEM device. */
import { parseIvshmem } from "../parsers/ivshmem.ts";
import { type LaunchSettings, onlySize, type PairBenchmark } from "./benchmark.ts";

const program = "ivshmem_latency";

export const sharedMemoryBenchmarks: readonly PairBenchmark[] = [
  {
    launcher: "pair",
    name: program,
    family: "shared-memory",
    title: "Shared memory latency between guests",
    pairing: "within-node",
    kinds: ["guest"],
    // The median for the same reason as in the verbs tests: the tail is the scheduler's.
    metric: { statistic: "median", unit: "us", better: "lower" },
    sizesBytes: { emulated: [8, 4096], paper: [8, 4096] },
    programs: {
      builtIn: {
        name: program,
        outputName: program,
        files: () => [program],
        sizes: "any",
        command: (executable, _side, settings, serverAddress) =>
          ivshmemCommand(executable, settings, serverAddress === null),
      },
      standard: null,
    },
    traffic: null,
    withoutCounters: "accepted",
    parse: parseIvshmem,
  },
];

/**
 * The words of one side. The sides meet in the memory, so the passive side's address goes unused. `-p`: stop.sh knows a
 * launch's process by its port. The passive side's limit begins before the active side has found it.
 */
function ivshmemCommand(executable: string, settings: LaunchSettings, passive: boolean): string[] {
  const { iterations, tcpPort, timeLimitSeconds, connectLimitSeconds } = settings;
  return [
    executable,
    ...["--size", String(onlySize(settings)), "--iterations", String(iterations)],
    ...["--warm-up", String(Math.ceil(iterations / 10)), "-p", String(tcpPort)],
    ...(passive
      ? ["--time-limit", String(timeLimitSeconds + connectLimitSeconds), "server"]
      : ["--time-limit", String(timeLimitSeconds), "--connect-limit", String(connectLimitSeconds), "client"]),
  ];
}
