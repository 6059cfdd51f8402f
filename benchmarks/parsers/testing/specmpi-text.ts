/** Prints reports as SPEC's ASCII formatter does. Numbers and words are made up: the suite is licensed, no real report could be had. */

/** A run as one tuning's columns show it: `["32", "346", "4.53", "*"]`, or the state alone. */
export type Cell = readonly [ranks: string, time: string, ratio: string, state: string];

/** One row: the benchmark, its base run and, if there is a peak run, that. */
export type TableRow = readonly [name: string, base: Cell, peak?: Cell];

const notRun: Cell = ["", "", "", "NR"];

function printCell([ranks, time, ratio, state]: Cell): string {
  return `${ranks.padStart(6)}  ${time.padStart(9)}  ${ratio.padStart(9)} ${state.padEnd(2)} `;
}

/** One row of the tables. */
export function printRow([name, base, peak]: TableRow): string {
  return `${name.padEnd(14)} ${printCell(base)}${peak === undefined ? " ".repeat(32) : printCell(peak)}`;
}

const mediumNames =
  "104.milc 107.leslie3d 113.GemsFDTD 115.fds4 121.pop2 122.tachyon 126.lammps 127.wrf2 128.GAPgeofem";
const laterNames = "129.tera_tf 130.socorro 132.zeusmp2 137.lu";
const names = `${mediumNames} ${laterNames}`.split(" ");

/** A row for every benchmark of the medium suite, those not given as not run. */
export function mediumRows(given: readonly TableRow[]): TableRow[] {
  return names.flatMap((name) => {
    const own = given.filter(([named]) => named === name);
    return own.length === 0 ? [[name, notRun] as const] : own;
  });
}

/** What a report consists of. */
export interface ReportParts {
  readonly estimated: boolean;
  /** Rows of all runs; null leaves that table out. */
  readonly runs: readonly TableRow[] | null;
  readonly reported: readonly TableRow[];
  readonly baseMean: string;
  readonly peakMean: string;
}

/** The whole report of the medium suite. */
export function printReport({ estimated, runs, reported, baseMean, peakMean }: ReportParts): string {
  const mark = estimated ? "Est. " : "";
  const framed = (words: string): string => `# ${words.padEnd(74)} #`;
  const invalid = framed(`  ${"INVALID RUN -- ".repeat(4)}INVALID RUN`);
  const reasons = [framed(""), framed("'reportable' flag not set during run"), framed("")];
  const frame = estimated ? ["#".repeat(78), invalid, ...reasons, invalid, "#".repeat(78)] : [];
  return [
    ...frame,
    "                         SPEC(R) MPIM2007 Summary",
    "                           Example Maker Cluster",
    "                         Mon Nov 23 12:00:00 2026",
    "",
    "MPI2007 License: 0                                        Test date: Nov-2026",
    "Test sponsor: Example                        Hardware availability: Nov-2026",
    "Tested by:    Example                        Software availability: Nov-2026",
    "",
    ...(estimated ? [`${" ".repeat(34)}Estimated${" ".repeat(23)}Estimated`] : []),
    "                Base     Base       Base        Peak     Peak       Peak",
    "Benchmarks      Ranks  Run Time     Ratio       Ranks  Run Time     Ratio",
    "-------------- ------  ---------  ---------    ------  ---------  ---------",
    ...(runs === null ? [] : [...runs.map(printRow), "=".repeat(78)]),
    ...reported.map(printRow),
    ` ${`${mark}SPECmpiM_base2007`.padEnd(34)}${baseMean.padStart(8)}`,
    ` ${`${mark}SPECmpiM_peak2007`.padEnd(34)}${peakMean.padStart(40)}`,
    "",
    "",
    "                              BENCHMARK DETAILS",
    "                              -----------------",
    "   Type of System: Homogeneous Cluster",
    "",
    "                              Base Portability Flags",
    "                              ----------------------",
    " 104.milc: -DSPEC_MPI_LP64",
    "",
    ...frame,
    "-".repeat(77),
    "For questions about this result, please contact the tester.",
    "For other inquiries, please contact webmaster@spec.org.",
    "Copyright 2006-2010 Standard Performance Evaluation Corporation",
    "Tested with SPEC MPI2007 v2.0.1.",
    "Report generated on Mon Nov 23 12:34:56 2026 by MPI2007 ASCII formatter v1463.",
    "",
  ].join("\n");
}

/** An estimate of two benchmarks: three base runs of one, of the other a base and a peak run. */
export const exampleRuns: readonly TableRow[] = [
  ["104.milc", ["128", "89.4", "17.5", "S"]],
  ["104.milc", ["128", "89.1", "17.6", "*"]],
  ["104.milc", ["128", "88.9", "17.6", "S"]],
  ["137.lu", ["128", "96.2", "38.2", "*"], ["256", "48.1", "76.4", "*"]],
];

/** The report on them. */
export const exampleReport = printReport({
  estimated: true,
  runs: mediumRows(exampleRuns),
  reported: mediumRows(exampleRuns.filter(([, [, , , state]]) => state === "*")),
  baseMean: "--",
  peakMean: "--",
});
