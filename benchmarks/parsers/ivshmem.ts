/**
 * Reads the text that a client of ivshmem_latency prints (benchmarks/ivshmem). Pure. The text is four lines, no more and
 * no less, or it is refused with line and reason.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { type LineReader, quoted, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";

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

/** Reads one such text. */
export function parseIvshmem(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  const nextLine = (): string => {
    const line = reader.peek() ?? "";
    reader.advance();
    return line;
  };
  readTitle(reader, nextLine());
  const memoryBytes = readSettings(nextLine());
  const units = readHeader(nextLine());
  if (reader.peek() === undefined) reader.refuse("the row of results");
  const measurements = readRow(nextLine(), units);
  const sizeBytes = measurements[0]?.sizeBytes ?? 0;
  if (sizeBytes > memoryBytes) {
    throw new Refusal(4, `a message of ${sizeBytes} bytes is more than the memory's ${memoryBytes}`);
  }
  return measurements;
}

function readTitle(reader: LineReader, line: string): void {
  const [, named = null, version = null] = titlePattern.exec(line) ?? [];
  reader.program = named;
  reader.version = version;
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
