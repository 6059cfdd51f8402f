/**
 * One row of the tables in a report of SPEC MPI2007. Columns are fixed: the benchmark's name in 14 characters and a blank, then for base and
 * for peak tuning 6 of ranks, 9 of seconds, 9 of ratio and 2 of the run's state (printf "%6s  %9s  %9s %-2s ").
 */
import { Refusal } from "./reading.ts";

/** The two ways in which SPEC lets benchmarks be compiled, in the order of the columns. */
export const tunings = ["base", "peak"] as const;
export type Tuning = (typeof tunings)[number];

/** One successful run, numbers as printed. */
export interface Run {
  readonly ranks: string;
  /** In seconds. */
  readonly time: string;
  /** The reference time over `time`. */
  readonly ratio: string;
  /** Whether it is the median run, which SPEC reports. */
  readonly isReported: boolean;
}

/** A row that was read; `runs` has null for a tuning without a run. */
export interface Row {
  readonly name: string;
  readonly runs: Readonly<Record<Tuning, Run | null>>;
  /** Counted from 1. */
  readonly line: number;
}

const nameWidth = 15;
const cellWidth = 32;
const rowPattern = /^(\d{3}\.\w+) *(?= |$)/;
const numberPattern = /^(?:0|[1-9]\d*)(?:\.\d+)?$/;
const ranksPattern = /^[1-9]\d*$/;

/** States of runs that gave no valid result. */
const failures: Readonly<Record<string, string>> = {
  CE: "was not compiled",
  RE: "ended with an error",
  VE: "gave a wrong answer",
};

/** Reads one row; null for a line that is none. A row may have lost its trailing blanks. */
export function parseRow(text: string): Omit<Row, "line"> | { readonly problem: string } | null {
  const [, name] = rowPattern.exec(text) ?? [];
  if (name === undefined) return null;
  const problem = (message: string) => ({ problem: `${name}: ${message}` });
  const width = nameWidth + tunings.length * cellWidth;
  if (text.length > width || text.slice(name.length, nameWidth).trim() !== "") {
    return problem("the row is wider than its table: it was damaged");
  }
  const whole = text.padEnd(width);
  const runs: Record<Tuning, Run | null> = { base: null, peak: null };
  for (const [index, tuning] of tunings.entries()) {
    const start = nameWidth + index * cellWidth;
    const run = parseRun(whole.slice(start, start + cellWidth));
    if (typeof run === "string") return problem(`${tuning}: ${run}`);
    runs[tuning] = run;
  }
  return { name, runs };
}

/** Reads one tuning's columns: a run, null when there was none, or what is wrong. */
function parseRun(cell: string): Run | null | string {
  const columns = [cell.slice(0, 6), cell.slice(8, 17), cell.slice(19, 28), cell.slice(29, 31)];
  const [ranks = "", time = "", ratio = "", state = ""] = columns.map((column) => column.trim());
  const gaps = [cell.slice(6, 8), cell.slice(17, 19), cell.slice(28, 29), cell.slice(31)];
  if (gaps.some((gap) => gap.trim() !== "")) return "a column is out of its place: the row was damaged";
  if (state in failures) return `the benchmark ${failures[state]} (${state})`;
  if (state === "" || state === "NR") {
    return ranks + time + ratio === "" ? null : "numbers without a state of the run";
  }
  if (state !== "S" && state !== "*") return `the state ${JSON.stringify(state)} of the run is not known`;
  // Unlike the others, which end in blanks where they have fewer decimals, it always ends its column.
  if (!ranksPattern.test(ranks) || cell[5] === " ") return `ranks can't be read: ${JSON.stringify(ranks)}`;
  for (const [what, value] of Object.entries({ "run time": time, ratio })) {
    if (!numberPattern.test(value) || Number(value) === 0)
      return `${what} is no positive number: ${JSON.stringify(value)}`;
  }
  return { ranks, time, ratio, isReported: state === "*" };
}

/** Time and ratio have three digits each, so products of two runs can differ by four halves of a hundredth. */
const productError = 0.021;

/** Refuses rows of one benchmark that disagree on its reference time, which is run time times ratio. */
export function refuseContradiction(rows: readonly Row[]): void {
  const found = rows.flatMap(({ line, runs }) =>
    tunings.map((tuning) => ({ line, seconds: Number(runs[tuning]?.time) * Number(runs[tuning]?.ratio) })),
  );
  const [first, ...others] = found.filter(({ seconds }) => !Number.isNaN(seconds));
  if (first === undefined) return;
  for (const { line, seconds } of others) {
    if (Math.abs(seconds / first.seconds - 1) > productError) {
      throw new Refusal(line, "run times and ratios of the benchmark contradict each other");
    }
  }
}
