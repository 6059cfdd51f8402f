/** The NAS Parallel Benchmarks of the paper's Table II: class C on 128 ranks there. */
import { parseNpb } from "../parsers/npb.ts";
import { applicationScales, everywhere, exchanged, type MpiBenchmark } from "./benchmark.ts";

/** EP's sums of both coordinates and the counts of ten rings; every other benchmark tells each side more than that. */
const leastExchange = exchanged(1, 96);

function nas(name: string, title: string, builtIn: MpiBenchmark["programs"]["builtIn"] = null): MpiBenchmark {
  return {
    launcher: "mpi",
    name: `nas-${name}`,
    family: "nas",
    title,
    kinds: everywhere,
    metric: { statistic: "time", unit: "s", better: "lower" },
    scales: applicationScales({ class: "S" }, { class: "C" }),
    traffic: leastExchange,
    withoutCounters: "refused",
    programs: {
      builtIn,
      standard: {
        name: `NPB ${name}`,
        outputName: name,
        // NPB 3.4 takes its ranks when it starts, 3.3 when it is built.
        files: (ranks, { class: letter }) => [`${name}.${letter}.x`, `${name}.${letter}.${ranks}`],
        sizes: "any",
        command: (executable) => [executable],
      },
    },
    parse: parseNpb,
  };
}

export const nasBenchmarks: readonly MpiBenchmark[] = [
  nas("ep", "NAS embarrassingly parallel", {
    name: "testbed_ep",
    outputName: "testbed_ep",
    files: () => ["testbed_ep"],
    sizes: "any",
    command: (executable, { class: letter }) => [executable, "--class", String(letter)],
  }),
  nas("is", "NAS integer sort"),
  nas("cg", "NAS conjugate gradient"),
  nas("mg", "NAS multigrid"),
  nas("ft", "NAS Fourier transform"),
  nas("lu", "NAS lower-upper solver"),
];
