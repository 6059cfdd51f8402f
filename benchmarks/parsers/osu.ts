/**
 * Reads the text that one OSU micro-benchmark (OMB 3 to 7), or testbed_mpi, our own program with OMB's tables, prints on standard
 * output. Pure. Every line is accounted for, or the text is refused with line and reason. Rows missing at the end of a table show
 * only where the sizes could not be chosen, and in those of testbed_mpi, which are any list, nowhere.
 */

import {
  bandwidthProgram,
  type ParsedRow,
  parseHeader,
  parseRow,
  parseTitle,
  type TableShape,
  type Title,
} from "./osu-table.ts";
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { type LineReader, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";

/** Texts of OMB and of testbed_mpi have such a line. */
export const signature = /^(?:# OSU |# Testbed MPI|Usage: osu_)/m;

const lastSweepSize = 2 ** 22;
const usagePattern = /^Usage: osu_/;
const settingPattern = /^# (Window creation|Synchronization|Datatype): \S+$/;

/**
 * Reads one text of OMB or of testbed_mpi, whose program is then named with its test, as in "testbed_mpi latency". `version` is what
 * the title says, which some releases of OMB print one step too low.
 */
export function parseOsu(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  reader.takeIf("");
  const line = reader.peek() ?? "";
  if (usagePattern.test(line)) throw new Refusal(reader.lineNumber, "usage text, not a result");
  const title = parseTitle(line);
  if (title === null) reader.refuse("the title of a test");
  reader.program = title.program;
  reader.version = title.version;
  reader.advance();
  readSettings(reader);
  const shape = readHeader(reader, title.program);
  const measurements = readTable(reader, shape, title);
  const sizes = measurements.map(({ sizeBytes }) => sizeBytes);
  const first = title.fullSweepFromBytes;
  if (first !== null && (sizes[0] !== first || sizes.at(-1) !== lastSweepSize)) {
    throw new Refusal(null, `this release's sizes go from ${first} to ${lastSweepSize} bytes; rows are lost`);
  }
  return measurements;
}

function readSettings(reader: LineReader): void {
  const seen = new Set<string>();
  for (;;) {
    const [, key] = settingPattern.exec(reader.peek() ?? "") ?? [];
    if (key === undefined) return;
    if (seen.has(key)) throw new Refusal(reader.lineNumber, `the setting "${key}" stands there twice`);
    seen.add(key);
    reader.advance();
  }
}

function readHeader(reader: LineReader, program: string): TableShape {
  const shape = parseHeader(reader.peek() ?? "");
  if (shape === null) reader.refuse("a known table header");
  const unit = bandwidthProgram.test(program) ? "MB/s" : "us";
  if (shape.unit !== unit || shape.hasSizes !== (program !== "osu_barrier")) {
    throw new Refusal(reader.lineNumber, `the table is not that of ${program}, as the title says`);
  }
  reader.advance();
  return shape;
}

/** Whether a size can stand in the row after another, or in the first row. */
function follows({ sizes }: Title, sizeBytes: number | null, previous: number | null): boolean {
  // testbed_mpi sends no empty messages.
  if (sizes === "listed") return (sizeBytes ?? 0) > (previous ?? 0);
  return previous === null || sizeBytes === (previous === 0 ? 1 : 2 * previous);
}

function readTable(reader: LineReader, shape: TableShape, title: Title): ParsedMeasurement[] {
  const measurements: ParsedMeasurement[] = [];
  let previous: { readonly sizeBytes: number | null; readonly width: number } | null = null;
  for (let line = reader.peek(); line !== undefined; line = reader.peek()) {
    if (previous !== null && !shape.hasSizes) reader.refuse("the end of the text after the one row");
    const row: ParsedRow = parseRow(shape, line, reader.lineNumber);
    if ("problem" in row) throw new Refusal(reader.lineNumber, row.problem);
    if (!follows(title, row.sizeBytes, previous?.sizeBytes ?? null)) {
      throw new Refusal(
        reader.lineNumber,
        previous === null
          ? `a row of ${row.sizeBytes} bytes can't be the first`
          : `a row of ${row.sizeBytes} bytes can't follow one of ${previous.sizeBytes}: rows are lost, repeated or out of order`,
      );
    }
    // Columns have fixed widths: a row of another length lost or gained characters.
    if (previous !== null && line.length !== previous.width) {
      throw new Refusal(reader.lineNumber, "the row is not as long as the one before: it was damaged");
    }
    measurements.push(...row.measurements);
    previous = { sizeBytes: row.sizeBytes, width: line.length };
    reader.advance();
  }
  if (previous === null) throw new Refusal(reader.lineNumber - 1, "a header without rows");
  return measurements;
}
