/**
 * Reads the block of statistics that Graph500's reference programs (2.1 and 3.0) print on standard output, and that of testbed_bfs,
 * our own program with the block of release 3.0 below its title. Pure. The block is whole and in its order, or the text is refused
 * with line and reason. The block itself names neither program nor release.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { type LineReader, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";
import { takeSeededTitle } from "./testbed-title.ts";

/** What is printed instead of the block when a search gave a wrong answer. */
const invalidRun = "No results printed for invalid run.";

/** Texts of Graph500 and of testbed_bfs have such a line. */
export const signature =
  /^(?:SCALE: |# Testbed BFS|No results printed for invalid run\.$|Usage: \S*graph500)/m;

/** Keys of a group of statistics and what they are called here. The first five do not decrease. */
const quantiles: readonly (readonly [key: string, statistic: string])[] = [
  ["min", "min"],
  ["firstquartile", "p25"],
  ["median", "p50"],
  ["thirdquartile", "p75"],
  ["max", "max"],
];
const plainKeys = [...quantiles, ["mean", "avg"], ["stddev", "stdev"]] as const;
const harmonicKeys = [
  ...quantiles,
  ["harmonic_mean", "harmonic_mean"],
  ["harmonic_stddev", "harmonic_stdev"],
] as const;

/** A number as C's %g prints it. */
const number = /(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d{2,})?/;
const relativeError = 2e-5;

/** Reads one text of Graph500 or of testbed_bfs. */
export function parseGraph500(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  const title = takeSeededTitle(reader, "BFS Test", /0|[1-9]\d*/);
  if (title !== null) {
    reader.program = "testbed_bfs";
    reader.version = title.version;
  }
  const isOwn = title !== null;
  const line = reader.peek() ?? "";
  if (line === invalidRun) throw new Refusal(reader.lineNumber, "the validation failed");
  if (line.startsWith("Usage: ")) throw new Refusal(reader.lineNumber, "usage text, not a result");
  for (const key of ["SCALE", "edgefactor", "NBFS"]) readField(reader, key, /[1-9]\d*/);
  readField(reader, "graph_generation", number);
  readField(reader, "num_mpi_processes", /[1-9]\d*/);
  readField(reader, "construction_time", number);

  // Release 2.1 knows one kind of search and gives its lines no prefix.
  const isOld = !isOwn && (reader.peek() ?? "").startsWith("min_time:");
  const time = readGroup(reader, isOld ? "" : "bfs  ", "time", plainKeys);
  const hasPaths = !isOwn && !isOld && (reader.peek() ?? "").startsWith("sssp ");
  const pathTime = hasPaths ? readGroup(reader, "sssp ", "time", plainKeys) : null;
  const edges = readGroup(reader, "", "nedge", plainKeys);
  const rate = readGroup(reader, isOld ? "" : "bfs  ", "TEPS", harmonicKeys);
  const pathRate = hasPaths ? readGroup(reader, "sssp ", "TEPS", harmonicKeys) : null;
  // Ours has no way to leave the validation out.
  if (isOwn) readGroup(reader, "bfs  ", "validate", plainKeys);
  else readValidation(reader, isOld ? "" : "bfs  ");
  if (hasPaths) readValidation(reader, "sssp ");

  refuseContradiction(time, edges, rate);
  const measurements = [...inUnit(time, "s", ""), ...inUnit(rate, "TEPS", "")];
  if (pathTime !== null && pathRate !== null) {
    refuseContradiction(pathTime, edges, pathRate);
    measurements.push(...inUnit(pathTime, "s", "sssp_"), ...inUnit(pathRate, "TEPS", "sssp_"));
  }
  return measurements;
}

function readField(reader: LineReader, key: string, value: RegExp): string {
  // Since 3.0 the figure that counts is marked.
  const mark = /^(?:bfs {2}|sssp )harmonic_mean_TEPS$/.test(key) ? "! +" : "";
  const pattern = new RegExp(`^${key}: +${mark}(${value.source})$`);
  return reader.take(pattern, `the number of "${key}"`)[1] ?? "";
}

interface Statistic {
  readonly statistic: string;
  readonly value: string;
  readonly line: number;
}

/** Reads the seven lines of one quantity, whose numbers must agree among themselves. */
function readGroup(
  reader: LineReader,
  prefix: string,
  quantity: string,
  keys: typeof plainKeys | typeof harmonicKeys,
): Statistic[] {
  const start = reader.lineNumber;
  const group = keys.map(([key, statistic]) => {
    const line = reader.lineNumber;
    return { statistic, value: readField(reader, `${prefix}${key}_${quantity}`, number), line };
  });
  const [min = 0, p25 = 0, p50 = 0, p75 = 0, max = 0, mean = 0] = group.map(({ value }) => Number(value));
  if (min === 0) throw new Refusal(start, `min_${quantity} is 0`);
  if (!(min <= p25 && p25 <= p50 && p50 <= p75 && p75 <= max && min <= mean && mean <= max)) {
    throw new Refusal(start, `the statistics of ${quantity} contradict each other`);
  }
  return group;
}

/** Takes the times of the validation, all -1 when it was skipped. */
function readValidation(reader: LineReader, prefix: string): void {
  const line = reader.lineNumber;
  if (!/: +-1$/.test(reader.peek() ?? "")) {
    readGroup(reader, prefix, "validate", plainKeys);
    return;
  }
  for (const [key] of plainKeys) {
    readField(reader, `${prefix}${key}_validate`, key === "stddev" ? /-1|0/ : /-1/);
  }
  reader.warn(line, "the results were not validated (SKIP_VALIDATION)");
}

/** Where all searches saw the same number of edges, rates are that number divided by times. */
function refuseContradiction(
  times: readonly Statistic[],
  edges: readonly Statistic[],
  rates: readonly Statistic[],
): void {
  const count = Number(edges[0]?.value);
  if (count !== Number(edges[4]?.value)) return;
  for (const [index, rateIndex] of [4, 3, 2, 1, 0, 5].entries()) {
    const { value, line } = rates[rateIndex] ?? { value: "", line: null };
    const expected = count / Number(times[index]?.value);
    if (!(Math.abs(Number(value) / expected - 1) <= relativeError)) {
      throw new Refusal(line, "times, edges and TEPS contradict each other");
    }
  }
}

function inUnit(group: readonly Statistic[], unit: string, prefix: string): ParsedMeasurement[] {
  return group.map(({ statistic, value, line }) => ({
    statistic: `${prefix}${statistic}`,
    unit,
    sizeBytes: null,
    value,
    line,
  }));
}
