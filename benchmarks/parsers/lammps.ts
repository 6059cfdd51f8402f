/**
 * Reads what LAMMPS prints of one run, on the screen or into its log file. Pure. From the table of thermodynamic output on every
 * line is accounted for, or the text is refused with line and reason; before it the log repeats the user's input, which can be
 * anything but an error.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { type LineReader, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";

/** Texts of LAMMPS have such a line. */
export const signature = /^(?:LAMMPS \(|ERROR(?: on proc \d+)?: .*\.cpp:\d+\)$)/m;

const errorPattern = /^ERROR\b/;
const memoryPattern = /^Per MPI rank memory allocation \(min\/avg\/max\) = /;
const numberPattern = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]\d+)?$/;
const loopPattern = /^Loop time of (\S+) on ([1-9]\d*) procs for ([1-9]\d*) steps with [1-9]\d* atoms$/;
const performancePattern =
  /^Performance: (\d+\.\d{3}) (?:(tau\/day)|(ns\/day), \d+\.\d{3} hours\/ns), (\d+\.\d{3}) timesteps\/s(?:, \d+\.\d{3} [kMGT]?atom-step\/s)?$/;
const processorPattern = /^\d+(?:\.\d+)?% CPU use with ([1-9]\d*) MPI tasks x (?:\d+|no) OpenMP threads$/;
const sectionPattern =
  /^([A-Z][A-Za-z]*) +\| ([\d.e+-]+) +\| ([\d.e+-]+) +\| ([\d.e+-]+) +\| +\d+\.\d \| +(\d+\.\d{2})$/;
const otherPattern = /^Other {3}\| {12}\| ([\d.e+-]+) +\| {12}\| {7}\| +(\d+\.\d{2})$/;

/** What follows the table of sections: how atoms and neighbours lay on the ranks. */
const countPatterns: readonly RegExp[] = [
  /^$/,
  /^[A-Z][A-Za-z]+: +[\d.e+]+ ave +[\d.e+]+ max +[\d.e+]+ min$/,
  /^Histogram:(?: \d+){10}$/,
  /^(?:Total # of neighbors|Ave (?:special )?neighs\/atom|Neighbor list builds|Dangerous builds) = [\d.e+]+$/,
  /^Dangerous builds not checked$/,
];

/** Reads one text of LAMMPS. A text with several runs is refused: it does not say which one counts. */
export function parseLammps(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  refuseError(reader);
  reader.version =
    reader.take(/^LAMMPS \((\d+ [A-Z][a-z]{2} \d{4}[^()]*)\)$/, "the line LAMMPS (release)")[1] ?? null;
  reader.program = "lmp";
  while (!memoryPattern.test(reader.peek() ?? "")) {
    refuseError(reader);
    if (!takeWarning(reader)) reader.take(/^(?!.*LAMMPS \(|Loop time)/, "the set-up of the run");
  }
  reader.advance();
  const steps = readThermodynamics(reader);
  const run = readRun(reader, steps);
  const sections = readSections(reader, run.seconds);
  while (!(reader.peek() ?? "").startsWith("Total wall time")) {
    if (takeWarning(reader)) continue;
    if (!countPatterns.some((pattern) => pattern.test(reader.peek() ?? " ")))
      reader.refuse("the run's counts");
    reader.advance();
  }
  reader.take(/^Total wall time: \d+:\d{2}:\d{2}$/, "the total wall time");
  return [...run.measurements, ...sections];
}

function refuseError(reader: LineReader): void {
  const line = reader.peek() ?? "";
  if (errorPattern.test(line)) throw new Refusal(reader.lineNumber, line);
}

function takeWarning(reader: LineReader): boolean {
  const line = reader.peek() ?? "";
  // Another text may have been appended to a warning that was cut off.
  if (!/^WARNING: (?!.*LAMMPS \()/.test(line)) return false;
  reader.warn(reader.lineNumber, line);
  reader.advance();
  return true;
}

/** Takes the table of thermodynamic output and gives the steps from its first to its last row. */
function readThermodynamics(reader: LineReader): number {
  const columns = reader
    .take(/^ *Step(?: +\S+)* *$/, "the thermodynamic output")[0]
    .trim()
    .split(/ +/).length;
  let first: number | null = null;
  let last: number | null = null;
  while (!(reader.peek() ?? "").startsWith("Loop time")) {
    refuseError(reader);
    if (takeWarning(reader)) continue;
    const fields = (reader.peek() ?? "").trim().split(/ +/);
    if (fields.length !== columns || !fields.every((field) => numberPattern.test(field))) {
      reader.refuse(`a row of ${columns} finite numbers`);
    }
    const step = Number(fields[0]);
    if (step <= (last ?? -1)) reader.refuse("a later step");
    first ??= step;
    last = step;
    reader.advance();
  }
  return (last ?? 0) - (first ?? 0);
}

function readRun(
  reader: LineReader,
  thermodynamicSteps: number,
): { readonly seconds: number; readonly measurements: readonly ParsedMeasurement[] } {
  const loopLine = reader.lineNumber;
  const [, time = "", ranks = "", steps = ""] = reader.take(loopPattern, "the loop time");
  const seconds = positive(time, loopLine);
  if (Number(steps) !== thermodynamicSteps) {
    throw new Refusal(loopLine, `${steps} steps here, ${thermodynamicSteps} in the thermodynamic output`);
  }
  reader.take(/^$/, "an empty line");
  const rateLine = reader.lineNumber;
  const [, rate = "", reduced, metal, stepRate = ""] = reader.take(performancePattern, "the performance");
  positive(rate, rateLine);
  // Times have six digits, rates three decimals.
  if (Math.abs(Number(steps) / seconds - Number(stepRate)) > 0.001 + 1e-5 * Number(stepRate)) {
    throw new Refusal(rateLine, "loop time and timesteps/s contradict each other");
  }
  const processorLine = reader.lineNumber;
  if (reader.take(processorPattern, "the CPU use")[1] !== ranks) {
    throw new Refusal(processorLine, `the loop ran on ${ranks} processes, another number stands here`);
  }
  reader.take(/^$/, "an empty line");
  const common = { sizeBytes: null, line: rateLine };
  return {
    seconds,
    measurements: [
      { statistic: "time", unit: "s", sizeBytes: null, value: time, line: loopLine },
      { ...common, statistic: "rate", unit: reduced ?? metal ?? "", value: rate },
      { ...common, statistic: "rate", unit: "timesteps/s", value: stepRate },
    ],
  };
}

/** Reads the breakdown of the loop time and gives what it says of communication. */
function readSections(reader: LineReader, seconds: number): ParsedMeasurement[] {
  reader.take(/^MPI task timing breakdown:$/, "the breakdown of the time");
  const header = /^Section \| {2}min time {2}\| {2}avg time {2}\| {2}max time {2}\|%varavg\| %total$/;
  reader.take(header, "the header of the breakdown");
  reader.take(/^-{63}$/, "the line of dashes");
  const names: string[] = [];
  let communication: ParsedMeasurement[] = [];
  let total = 0;
  for (;;) {
    const line = reader.lineNumber;
    const other = otherPattern.exec(reader.peek() ?? "");
    const [, name = "", min = "", average = "", max = "", percent = ""] =
      other === null
        ? reader.take(sectionPattern, "a section of the time")
        : ["", "Other", other[1], other[1], other[1], other[2]];
    if (names.includes(name)) throw new Refusal(line, `the section ${name} stands there twice`);
    names.push(name);
    const values = [min, average, max];
    if (!values.every((value) => numberPattern.test(value)))
      throw new Refusal(line, `${name} is not a number`);
    if (Number(min) > Number(average) || Number(average) > Number(max)) {
      throw new Refusal(line, `the average of ${name} is not between minimum and maximum`);
    }
    if (Math.abs((100 * Number(average)) / seconds - Number(percent)) > 0.02) {
      throw new Refusal(line, `loop time, time and share of ${name} contradict each other`);
    }
    total += Number(percent);
    if (name === "Comm") {
      const common = { statistic: "comm", sizeBytes: null, line };
      communication = [
        { ...common, unit: "s", value: average },
        { ...common, unit: "%", value: percent },
      ];
    }
    if (other === null) continue;
    reader.advance();
    break;
  }
  if (communication.length === 0) throw new Refusal(reader.lineNumber - 1, "no section Comm above");
  if (Math.abs(total - 100) > 0.1)
    throw new Refusal(reader.lineNumber - 1, "the shares do not make up 100 %");
  reader.take(/^$/, "an empty line");
  return communication;
}

function positive(value: string, line: number): number {
  if (!numberPattern.test(value) || !(Number(value) > 0)) {
    throw new Refusal(line, `a positive number expected, found ${value}`);
  }
  return Number(value);
}
