/** All benchmarks that a suite can name. */

import { applicationBenchmarks } from "./applications.ts";
import type { Benchmark } from "./benchmark.ts";
import { nasBenchmarks } from "./nas.ts";
import { osuBenchmarks } from "./osu.ts";
import { sharedMemoryBenchmarks } from "./shared-memory.ts";
import { specMpiBenchmarks } from "./spec-mpi.ts";
import { verbsBenchmarks } from "./verbs.ts";

export const catalogue: readonly Benchmark[] = [
  ...verbsBenchmarks,
  ...sharedMemoryBenchmarks,
  ...osuBenchmarks,
  ...applicationBenchmarks,
  ...nasBenchmarks,
  ...specMpiBenchmarks,
];

/** The benchmark of a name; undefined when there is none. */
export function findBenchmark(name: string): Benchmark | undefined {
  return catalogue.find((benchmark) => benchmark.name === name);
}

/** The benchmark of a name that a schema has checked before. Throws when there is none. */
export function benchmarkNamed(name: string): Benchmark {
  const benchmark = findBenchmark(name);
  if (benchmark === undefined) throw new Error(`no benchmark is called ${name}`);
  return benchmark;
}
