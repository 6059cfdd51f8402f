/** The programs that a suite wants from tarballs, found on this machine before they are brought anywhere. */
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { type Tarball, wantedProgram } from "../catalogue/sources.ts";
import { findProgram, TarballError, unpackTarball } from "../sources/tarball.ts";
import type { Suite } from "../suite.ts";
import { programFiles, rankCount, type TarballPrograms } from "./programs.ts";

/**
 * Brings and unpacks the suite's tarballs. One that can't be had is a reason for its benchmarks and no failure of the run.
 * @param nodes of the inventory: how many ranks a benchmark on all nodes has
 */
export async function findTarballPrograms(
  suite: Suite,
  nodes: number,
  unpack: (tarball: Tarball) => Promise<string> = unpackTarball,
): Promise<TarballPrograms> {
  const programs = new Map<string, Awaited<ReturnType<typeof findProgram>> | { readonly reason: string }>();
  for (const name of suite.benchmarks) {
    const benchmark = benchmarkNamed(name);
    const wanted = wantedProgram(benchmark, suite.sources);
    if ("reason" in wanted || wanted.source.kind !== "tarball") continue;
    const places =
      benchmark.launcher === "mpi" && benchmark.scales[suite.profile].nodes === "all" ? nodes : 2;
    const files = programFiles(benchmark, suite, rankCount(benchmark, suite, places));
    try {
      programs.set(name, await findProgram(await unpack(wanted.source), files));
    } catch (error) {
      if (!(error instanceof TarballError)) throw error;
      programs.set(name, { reason: `the tarball of ${name} is of no use: ${error.message}` });
    }
  }
  return programs;
}
