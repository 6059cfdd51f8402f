/** How long one launch takes, pure: what it sends, by a model of one start-up a message and one rate for its bytes. */
import { environmentTraits } from "../../infra/inventory.ts";
import type { MpiBenchmark, Scale } from "../catalogue/benchmark.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { LaunchContent } from "../runner/schedule.ts";
import type { Suite } from "../suite.ts";
import { type Rates, ratesOf } from "./rates.ts";

/** Warm-ups of MPI tests: a tenth of their iterations (catalogue/osu.ts). */
const withWarmUp = 1.1;

/** Seconds that a launch on so many nodes is expected to take, without the switch to its environment. */
export function launchSeconds(content: LaunchContent, suite: Suite, nodes: number): number {
  const rates = ratesOf[suite.profile];
  const benchmark = benchmarkNamed(content.benchmark);
  const { kind } = environmentTraits[content.environment];
  const application = rates.applicationSeconds[benchmark.family];
  if (application !== undefined) return application;
  if (benchmark.launcher === "pair") {
    return rates.pairStartSeconds[kind] + sum(content.sizesBytes, (size) => pingPong(suite, size, rates));
  }
  const scale = benchmark.scales[suite.profile];
  const ranks = scale.ranksPerNode * (scale.nodes === "two" ? 2 : nodes);
  const iteration = (size: number): number => iterationSeconds(benchmark, scale, ranks, size, rates);
  return (
    rates.mpiStartSeconds[kind] +
    ranks * rates.mpiRankSeconds +
    withWarmUp * suite.iterations * sum(content.sizesBytes, iteration)
  );
}

/** There and back: a bandwidth test of two programs takes half of it. */
function pingPong({ iterations }: Suite, sizeBytes: number, rates: Rates): number {
  return 2 * iterations * messageSeconds(sizeBytes, rates);
}

function messageSeconds(sizeBytes: number, rates: Rates): number {
  return rates.messageSeconds + sizeBytes / rates.adapterBytesPerSecond;
}

/** One iteration of an MPI test. A windowed one sends its whole window, both ways at the worst. */
function iterationSeconds(
  { name, family }: MpiBenchmark,
  { ranksPerNode, problem: { window } }: Scale,
  ranks: number,
  sizeBytes: number,
  rates: Rates,
): number {
  const message = messageSeconds(sizeBytes, rates);
  if (family !== "mpi-collective") return 2 * Number(window ?? 1) * message;
  const copied = (ranksPerNode * ranks * sizeBytes) / rates.memoryBytesPerSecond;
  switch (name) {
    case "osu_alltoall":
      // Every rank has its own message for each rank of the other nodes, and all of a node's go over one adapter.
      return (
        ranks * rates.messageSeconds +
        (ranksPerNode * (ranks - ranksPerNode) * sizeBytes) / rates.adapterBytesPerSecond +
        copied
      );
    case "osu_allgather":
      // A ring: all contributions pass each adapter, and every rank keeps them.
      return (ranks - 1) * message + copied;
    default:
      // A tree down, and one up for a reduction.
      return 2 * Math.ceil(Math.log2(Math.max(ranks, 2))) * message;
  }
}

function sum(sizesBytes: readonly number[], seconds: (sizeBytes: number) => number): number {
  return sizesBytes.reduce((total, sizeBytes) => total + seconds(sizeBytes), 0);
}
