/**
 * Reads the text that a client of ivshmem_latency prints (benchmarks/ivshmem). Pure. The text is four lines, no more and
 * no less, or it is refused with line and reason.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { quoted, Refusal } from "./reading.ts";

/** Every text of ours begins so. */
export const signature = "# hpc-virtualization-testbed ";

const program = "ivshmem_latency";
const knownVersion = "1";
const statistics = ["min", "median", "mean", "p99", "max"];
const knownUnits = ["us"];

const titlePattern = /^# hpc-virtualization-testbed ([a-z_]+) (\d+)$/;
const settingsPattern = /^# memory \S.* (\d+) bytes, (\d+) iterations, \d+ warm-up$/;
const columnPattern = /^([a-z0-9]+)\[(\S+)\]$/;
const countPattern = /^[1-9]\d*$/;
const valuePattern = /^(?:0|[1-9]\d*)\.\d{3}$/;
const gap = " ".repeat(4);

export function parseIvshmem(text: string): ParseOutcome {
  try {
    return { program, version: knownVersion, problems: [], warnings: [], measurements: readText(text) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [, named = null, version = null] = titlePattern.exec(text.split("\n")[0] ?? "") ?? [];
    return {
      program: named,
      version,
      problems: [{ line: error.line, message: error.message }],
      warnings: [],
      measurements: [],
    };
  }
}

function readText(text: string): ParsedMeasurement[] {
  if (text.trim() === "") throw new Refusal(null, "the file is empty");
  const lines = text.split("\n");
  const [title = "", settings = "", header = "", row = ""] = lines;
  readTitle(title);
  const memoryBytes = readSettings(settings);
  const units = readHeader(header);
  const measurements = readRow(row, units);
  if (lines.length === 4) {
    throw new Refusal(4, "the last line has no end: the text was cut off");
  }
  if (lines.length > 5 || lines[4] !== "") {
    throw new Refusal(5, `the end of the text expected, found ${quoted(lines[4] ?? "")}`);
  }
  const sizeBytes = measurements[0]?.sizeBytes ?? 0;
  if (sizeBytes > memoryBytes) {
    throw new Refusal(4, `a message of ${sizeBytes} bytes is more than the memory's ${memoryBytes}`);
  }
  return measurements;
}

function readTitle(line: string): void {
  const [, named, version] = titlePattern.exec(line) ?? [];
  if (named !== program) throw new Refusal(1, `the title of ${program} expected, found ${quoted(line)}`);
  if (version !== knownVersion) {
    throw new Refusal(1, `version ${version} of ${program} is not known here; ${knownVersion} is`);
  }
}

/** Gives the memory's size. */
function readSettings(line: string): number {
  const [, memoryBytes = "", iterations = ""] = settingsPattern.exec(line) ?? [];
  if (!isCount(memoryBytes) || !isCount(iterations)) {
    throw new Refusal(2, `memory and iterations expected, found ${quoted(line)}`);
  }
  return Number(memoryBytes);
}

/** Gives the unit of every column of statistics. */
function readHeader(line: string): string[] {
  const [bytes, ...columns] = line.split(gap);
  if (bytes !== "# bytes" || columns.length !== statistics.length) {
    throw new Refusal(3, `the columns' names expected, found ${quoted(line)}`);
  }
  return columns.map((column, index) => {
    const [, statistic, unit = ""] = columnPattern.exec(column) ?? [];
    if (statistic !== statistics[index] || !knownUnits.includes(unit)) {
      throw new Refusal(3, `the column ${statistics[index]}[us] expected, found ${quoted(column)}`);
    }
    return unit;
  });
}

function readRow(line: string, units: readonly string[]): ParsedMeasurement[] {
  if (line === "") throw new Refusal(null, "the text ends where the row of results should follow");
  const [size = "", ...values] = line.split(gap);
  if (!isCount(size)) throw new Refusal(4, `the row of results expected, found ${quoted(line)}`);
  if (values.length !== statistics.length) {
    throw new Refusal(4, `the row has ${values.length + 1} columns, its header ${statistics.length + 1}`);
  }
  for (const [index, value] of values.entries()) {
    if (!valuePattern.test(value)) throw new Refusal(4, `${statistics[index]} is no time: ${quoted(value)}`);
  }
  const [min = 0, median = 0, mean = 0, p99 = 0, max = 0] = values.map(Number);
  if (min === 0) throw new Refusal(4, "min is 0, which no message takes");
  if (!(min <= median && median <= p99 && p99 <= max && min <= mean && mean <= max)) {
    throw new Refusal(4, "the statistics contradict each other: min, median, p99 and max must not decrease");
  }
  return statistics.map((statistic, index) => ({
    statistic,
    unit: units[index] ?? "",
    sizeBytes: Number(size),
    value: values[index] ?? "",
    line: 4,
  }));
}

function isCount(text: string): boolean {
  return countPattern.test(text) && Number.isSafeInteger(Number(text));
}
