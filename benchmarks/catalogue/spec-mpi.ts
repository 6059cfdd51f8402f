/**
 * The two benchmarks of SPEC MPI2007 in the paper's Table II, run by runspec of the user's own kit: the suite is licensed. What runspec
 * reports of a run like this is an estimate by SPEC's rules of reporting, and so are the results.
 *
 * Source of the options: the usage text of SPEC's tools (2006), which CPU2006 and MPI2007 share, "SPEC MPI2007 Config Files"
 * (ranks) and "Changes in V1.1" (the names of the data sets). No kit could be had to try them.
 */
import { parseSpecMpi } from "../parsers/specmpi.ts";
import { applicationScales, everywhere, exchanged, type MpiBenchmark } from "./benchmark.ts";

/** SPEC's reports have a result of the reference size only, so there is no smaller one for emulated nodes. */
const referenceSize = { size: "mref" };

/** @param benchmark as SPEC numbers it, as in 104.milc */
function specMpi(name: string, benchmark: string, title: string): MpiBenchmark {
  return {
    launcher: "mpi",
    name: `spec-${name}`,
    family: "spec-mpi",
    title: `${title} (est.)`,
    kinds: everywhere,
    metric: { statistic: `${benchmark}_time`, unit: "s", better: "lower" },
    scales: applicationScales(referenceSize, referenceSize),
    // The edges of a lattice or a grid: far more than one number each way.
    traffic: exchanged(1, 8),
    withoutCounters: "refused",
    programs: {
      builtIn: null,
      standard: {
        name: `runspec ${benchmark}`,
        outputName: "MPIM2007",
        files: () => ["runspec"],
        sizes: "any",
        // The answers are verified: that is left out by the action onlyrun only. The benchmark's name is last (runspec.sh).
        command: (executable, { size }) => [
          ...[executable, "--noreportable", "--nobuild", "--tune=base", `--size=${size}`],
          ...["--iterations=1", "--output_format=text", benchmark],
        ],
      },
    },
    parse: parseSpecMpi,
  };
}

export const specMpiBenchmarks: readonly MpiBenchmark[] = [
  specMpi("milc", "104.milc", "SPEC MPI2007 quantum chromodynamics"),
  specMpi("leslie3d", "107.leslie3d", "SPEC MPI2007 computational fluid dynamics"),
];
