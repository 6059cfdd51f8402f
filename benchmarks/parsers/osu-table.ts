/**
 * The titles and result tables of the OSU micro-benchmarks, and of testbed_mpi, our own program with the same tables: which columns
 * a header announces, and what one row measures. Source: the corpus, and print_preamble in OMB's osu_util_mpi.c for columns that
 * it has no file of.
 */
import { mpiTests } from "../mpi/programs.ts";
import type { ParsedMeasurement } from "./outcome.ts";
import { parseTestbedTitle } from "./testbed-title.ts";

/** Programs by title, in lower case: releases write some words with and without capitals. */
const programOfTitle: Readonly<Record<string, string>> = {
  "mpi latency test": "osu_latency",
  "mpi bandwidth test": "osu_bw",
  "mpi bi-directional bandwidth test": "osu_bibw",
  "mpi_put latency test": "osu_put_latency",
  "mpi_put bandwidth test": "osu_put_bw",
  "mpi_put bi-directional bandwidth test": "osu_put_bibw",
  "mpi_get latency test": "osu_get_latency",
  "mpi_get bandwidth test": "osu_get_bw",
  "mpi_accumulate latency test": "osu_acc_latency",
  "mpi_get_accumulate latency test": "osu_get_acc_latency",
  "mpi_fetch_and_op latency test": "osu_fop_latency",
  "mpi_compare_and_swap latency test": "osu_cas_latency",
  "mpi allgather latency test": "osu_allgather",
  "mpi allgatherv latency test": "osu_allgatherv",
  "mpi allreduce latency test": "osu_allreduce",
  "mpi all-to-all personalized exchange latency test": "osu_alltoall",
  "mpi all-to-allv personalized exchange latency test": "osu_alltoallv",
  "mpi barrier latency test": "osu_barrier",
  "mpi broadcast latency test": "osu_bcast",
  "mpi gather latency test": "osu_gather",
  "mpi gatherv latency test": "osu_gatherv",
  "mpi reduce latency test": "osu_reduce",
  "mpi reduce_scatter latency test": "osu_reduce_scatter",
  "mpi scatter latency test": "osu_scatter",
  "mpi scatterv latency test": "osu_scatterv",
};

/** Tests between two processes, whose sizes can't be chosen in releases up to 5.3. */
const sweepsOfOldReleases =
  /^osu_(?:latency|bw|bibw|put_latency|put_bw|put_bibw|get_latency|get_bw|acc_latency)$/;

/** Programs that measure a bandwidth, which no empty message has. */
export const bandwidthProgram = /_(?:bw|bibw)$|bandwidth$/;

/** The test that a title names. */
export interface Title {
  readonly program: string;
  readonly version: string;
  /** The first size of a table that always goes on to 2^22 bytes; null where sizes can be chosen. */
  readonly fullSweepFromBytes: number | null;
  /** OMB doubles its sizes from row to row; those of testbed_mpi are a list that goes up in any steps. */
  readonly sizes: "doubling" | "listed";
}

/** Reads a title line, as in `# OSU MPI Latency Test v5.3`; null when it is none or of a test that is not known here. */
export function parseTitle(line: string): Title | null {
  return osuTitle(line) ?? ownTitle(line);
}

function ownTitle(line: string): Title | null {
  const { name, version } = parseTestbedTitle(line) ?? {};
  const known = mpiTests.find(({ title }) => title === name);
  if (known === undefined || version === undefined) return null;
  return { program: `testbed_mpi ${known.name}`, version, fullSweepFromBytes: null, sizes: "listed" };
}

function osuTitle(line: string): Title | null {
  const [, name = "", version = ""] = /^# OSU (?:One Sided )?(MPI\S* ?.*) v(\d+(?:\.\d+)+)$/.exec(line) ?? [];
  const program = programOfTitle[name.toLowerCase()];
  if (program === undefined) return null;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = major < 5 || (major === 5 && minor <= 3);
  const firstSizeBytes = bandwidthProgram.test(program) ? 1 : 0;
  const fullSweepFromBytes = old && sweepsOfOldReleases.test(program) ? firstSizeBytes : null;
  return { program, version, fullSweepFromBytes, sizes: "doubling" };
}

/** A column after the size. `statistic` null: no measurement. */
interface Column {
  readonly label: string;
  readonly statistic: string | null;
  readonly unit: string;
  readonly pattern: RegExp;
}

const twoDecimals = /^(?:0|[1-9]\d*)\.\d{2}$/;
const count = /^[1-9]\d*$/;

/** A label's group, if any, ends the name of the statistic. */
const columnKinds: readonly (Omit<Column, "label"> & { readonly label: RegExp })[] = [
  { label: /(?:Avg )?Latency ?\(us\)/y, statistic: "avg", unit: "us", pattern: twoDecimals },
  { label: /Min Latency ?\(us\)/y, statistic: "min", unit: "us", pattern: twoDecimals },
  { label: /Max Latency ?\(us\)/y, statistic: "max", unit: "us", pattern: twoDecimals },
  { label: /(?:Bi-)?Bandwidth \(MB\/s\)/y, statistic: "avg", unit: "MB/s", pattern: twoDecimals },
  { label: /P(\d{1,2}) Tail Lat\(us\)/y, statistic: "p", unit: "us", pattern: twoDecimals },
  { label: /P(\d{1,2}) Tail BW\(MB\/s\)/y, statistic: "p", unit: "MB/s", pattern: twoDecimals },
  { label: /Iterations/y, statistic: null, unit: "", pattern: count },
  { label: /Validation/y, statistic: null, unit: "", pattern: /^Pass$/ },
  { label: /Transmit Size/y, statistic: null, unit: "", pattern: count },
];

/** A recognised table header. osu_barrier's table has no sizes. */
export interface TableShape {
  readonly hasSizes: boolean;
  readonly unit: string;
  readonly columns: readonly Column[];
}

/** The table that a header line announces; null when a column is unknown, repeated, or in another unit than the first. */
export function parseHeader(line: string): TableShape | null {
  const [start = "", sizes] = /^# (Size\s+)?/.exec(line) ?? [];
  if (start === "") return null;
  const columns: Column[] = [];
  let position = start.length;
  while (position < line.length) {
    const column = columnAt(line, position);
    if (column === null) return null;
    columns.push(column);
    position += column.label.length;
    position += /^\s*/.exec(line.slice(position))?.[0].length ?? 0;
  }
  const [first] = columns;
  if (first?.statistic !== "avg" || /\s$/.test(line)) return null;
  const named = columns.map(({ statistic, label }) => statistic ?? label);
  const sameUnit = columns.every(({ statistic, unit }) => statistic === null || unit === first.unit);
  if (new Set(named).size !== named.length || !sameUnit) return null;
  return { hasSizes: sizes !== undefined, unit: first.unit, columns };
}

function columnAt(line: string, position: number): Column | null {
  for (const { label, statistic, unit, pattern } of columnKinds) {
    label.lastIndex = position;
    const match = label.exec(line);
    if (match === null) continue;
    return { label: match[0], statistic: statistic && statistic + (match[1] ?? ""), unit, pattern };
  }
  return null;
}

/** What one row says, or what is wrong with it. */
export type ParsedRow =
  | { readonly sizeBytes: number | null; readonly measurements: readonly ParsedMeasurement[] }
  | { readonly problem: string };

/** Reads one row of a table. */
export function parseRow(shape: TableShape, text: string, line: number): ParsedRow {
  const fields = text.trim().split(/\s+/);
  const values = shape.hasSizes ? fields.slice(1) : fields;
  const expected = shape.columns.length + (shape.hasSizes ? 1 : 0);
  if (shape.hasSizes && !/^(?:0|[1-9]\d*)(?=\s)/.test(text)) {
    return { problem: `a row of the table expected, found ${JSON.stringify(text.slice(0, 120))}` };
  }
  if (fields.length !== expected) {
    return { problem: `the row has ${fields.length} columns, its header ${expected}` };
  }
  const sizeBytes = shape.hasSizes ? Number(fields[0]) : null;
  if (sizeBytes !== null && !Number.isSafeInteger(sizeBytes)) return { problem: "the size is too large" };
  const measurements: ParsedMeasurement[] = [];
  for (const [index, { label, statistic, unit, pattern }] of shape.columns.entries()) {
    const value = values[index] ?? "";
    if (!pattern.test(value)) return { problem: `${label} can't be read or is not good: ${value}` };
    if (statistic === null) continue;
    if (statistic === "avg" && /^[0.]+$/.test(value)) return { problem: `${label} is 0` };
    measurements.push({ statistic, unit, sizeBytes, value, line });
  }
  const numbers = new Map(measurements.map(({ statistic, value }) => [statistic, Number(value)]));
  const average = numbers.get("avg") ?? 0;
  if ((numbers.get("min") ?? average) > average || (numbers.get("max") ?? average) < average) {
    return { problem: "the average is not between minimum and maximum" };
  }
  return { sizeBytes, measurements };
}
