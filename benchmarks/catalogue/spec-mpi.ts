/**
 * The two benchmarks of SPEC MPI2007 in the paper's Table II. The suite is licensed, and its runspec starts the ranks by itself as the
 * kit's configuration says: no run starts it. People run it from their own kit, and its reports are read here.
 */
import { parseSpecMpi } from "../parsers/specmpi.ts";
import { applicationScales, everywhere, exchanged, type MpiBenchmark } from "./benchmark.ts";

/** @param benchmark as SPEC numbers it, as in 104.milc */
function specMpi(name: string, benchmark: string, title: string): MpiBenchmark {
  return {
    launcher: "mpi",
    name: `spec-${name}`,
    family: "spec-mpi",
    title,
    kinds: everywhere,
    metric: { statistic: `${benchmark}_time`, unit: "s", better: "lower" },
    // SPEC's reports have a result of the reference size only.
    scales: applicationScales({ benchmark }, { benchmark }),
    // The edges of a lattice or a grid: far more than one number each way.
    traffic: exchanged(1, 8),
    withoutCounters: "refused",
    programs: { builtIn: null, standard: null },
    parse: parseSpecMpi,
  };
}

export const specMpiBenchmarks: readonly MpiBenchmark[] = [
  specMpi("milc", "104.milc", "SPEC MPI2007 quantum chromodynamics"),
  specMpi("leslie3d", "107.leslie3d", "SPEC MPI2007 computational fluid dynamics"),
];
