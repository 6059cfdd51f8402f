/**
 * Reads the text that perftest prints (4.5 to 26.x, either side, streams apart or merged). Pure. Every line is accounted
 * for, or the text is refused with line and reason. The tests beside this file hold it to real outputs.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import * as lines from "./perftest-lines.ts";
import { looksLikeHeader, parseRow, type TableShape, tableShape } from "./perftest-table.ts";
import { type LineReader, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";

/** -a runs 2, 4, … 2^23 bytes; datagrams end at the MTU. */
const firstSweepSize = 2;
const lastSweepSize = 2 ** 23;

/** Bad rows that are listed before the reading of a table stops. */
const mostBadRows = 100;

/** Reads one perftest text. `version` is always null: the text does not say it. */
export function parsePerftest(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  readPreamble(reader);
  const title = lines.parseTitle(reader.peek() ?? "");
  if (title === null) reader.refuse("the title of a test");
  reader.program = title.program;
  reader.advance();
  const lastSize = readBlock(reader);
  readAddresses(reader);
  skipHarmless(reader);
  const measurements = readTable(reader, title.family, lastSize);
  skipHarmless(reader);
  return measurements;
}

/** Takes lines that say nothing about the result. */
function skipHarmless(reader: LineReader): void {
  for (;;) {
    const line = reader.peek();
    const harmless = line === undefined ? null : lines.harmlessLine(line);
    if (harmless === null) return;
    if (harmless.warning !== null) reader.warn(reader.lineNumber, harmless.warning);
    reader.advance();
  }
}

function takeAll(reader: LineReader, expected: readonly string[]): boolean {
  if (!expected.every((line, offset) => reader.peek(offset) === line)) return false;
  reader.advance(expected.length);
  return true;
}

function takeRule(reader: LineReader): void {
  if (!reader.takeIf(lines.rule)) reader.refuse("the line of dashes");
}

function readPreamble(reader: LineReader): void {
  skipHarmless(reader);
  const line = reader.peek() ?? "";
  if (line === "Usage:") throw new Refusal(reader.lineNumber, "usage text, not a result");
  if (lines.bareValuePattern.test(line)) {
    throw new Refusal(reader.lineNumber, "a bare value (--output): neither its size nor its unit is stated");
  }
  // Without inline support a rule comes before everything else.
  const openedEarly = reader.takeIf(lines.rule);
  skipHarmless(reader);
  const waited = takeAll(reader, lines.waitingBanner);
  skipHarmless(reader);
  if (!reader.takeIf(lines.rule) && (!openedEarly || waited)) reader.refuse("the line of dashes");
  skipHarmless(reader);
}

/** Reads the block of settings and gives the last size that a sweep over all sizes reaches. */
function readBlock(reader: LineReader): number {
  const seen = new Map<string, string>();
  while (reader.peek() !== undefined && reader.peek() !== lines.rule) {
    skipHarmless(reader);
    const line = reader.peek() ?? "";
    if (line === lines.rule) break;
    const pairs = lines.parseAttributes(line);
    if (pairs === null) reader.refuse("a setting of the test");
    for (const [key, value] of pairs) {
      if (seen.has(key)) throw new Refusal(reader.lineNumber, `the setting "${key}" stands there twice`);
      seen.set(key, value);
    }
    reader.advance();
  }
  const order = [...seen.keys()].filter((key) => lines.requiredAttributes.includes(key));
  for (const [index, key] of lines.requiredAttributes.entries()) {
    if (!seen.has(key)) throw new Refusal(reader.lineNumber, `the setting "${key}" is missing`);
    if (order[index] !== key) {
      throw new Refusal(reader.lineNumber, `the setting "${key}" is not in its place`);
    }
  }
  takeRule(reader);
  const pathBytes = /^(\d+)\[B\]$/.exec(seen.get("Mtu") ?? "")?.[1];
  if (pathBytes === undefined) throw new Refusal(reader.lineNumber, "the setting Mtu is not in bytes");
  return seen.get("Connection type") === "UD" ? Number(pathBytes) : lastSweepSize;
}

function readAddresses(reader: LineReader): void {
  skipHarmless(reader);
  if (takeAll(reader, lines.connectionManagerNotice)) takeRule(reader);
  const counts = { local: 0, remote: 0 };
  for (;;) {
    skipHarmless(reader);
    const kind = lines.addressLine(reader.peek() ?? "");
    if (kind === null) break;
    if (kind === "gid" || (kind === "local" && counts.remote > 0)) reader.refuse("an address of its side");
    counts[kind] += 1;
    reader.advance();
    if (lines.addressLine(reader.peek() ?? "") === "gid") reader.advance();
  }
  if (counts.local === 0 || counts.local !== counts.remote) {
    reader.refuse("as many remote as local addresses");
  }
  takeRule(reader);
}

function readHeader(reader: LineReader, family: TableShape["family"]): TableShape {
  const line = reader.peek();
  if (line === undefined) {
    throw new Refusal(null, "no result table (the passive side of a read latency test prints none)");
  }
  const shape = tableShape(line);
  if (shape === undefined) reader.refuse(looksLikeHeader(line) ? "a known table header" : "a table header");
  if (shape.family !== family) {
    throw new Refusal(reader.lineNumber, `the table is not that of a ${family} test, as the title says`);
  }
  reader.advance();
  return shape;
}

function readTable(reader: LineReader, family: TableShape["family"], lastSize: number): ParsedMeasurement[] {
  const headerLine = reader.lineNumber;
  let shape = readHeader(reader, family);
  if (reader.takeIf(lines.sampleHeader)) {
    for (let next = 1; ; next++) {
      if (lines.samplePattern.exec(reader.peek() ?? "")?.[1] !== String(next)) break;
      reader.advance();
    }
    takeRule(reader);
    shape = readHeader(reader, family);
  }
  const measurements: ParsedMeasurement[] = [];
  const sizes: number[] = [];
  for (;;) {
    const line = reader.peek();
    if (line === undefined) {
      throw new Refusal(
        null,
        sizes.length === 0 ? "a header without rows" : "the table is not closed by a line of dashes",
      );
    }
    if (line === lines.rule) break;
    if (lines.harmlessLine(line) !== null) {
      throw new Refusal(
        reader.lineNumber,
        `standard error or an empty line within the table (keep the streams apart): ${JSON.stringify(line)}`,
      );
    }
    const row = parseRow(shape, line, reader.lineNumber);
    if (row.problem === null) {
      const previous = sizes.at(-1);
      if (previous !== undefined && row.sizeBytes !== 2 * previous) {
        reader.problems.push({
          line: reader.lineNumber,
          message: `a row of ${row.sizeBytes} bytes can't follow one of ${previous}: rows are lost, repeated or out of order`,
        });
      }
      sizes.push(row.sizeBytes);
      measurements.push(...row.measurements);
      for (const warning of row.warnings) reader.warn(reader.lineNumber, warning.message);
    } else {
      reader.problems.push({ line: reader.lineNumber, message: row.problem });
    }
    if (reader.problems.length === mostBadRows) {
      throw new Refusal(reader.lineNumber + 1, "after so many bad rows nothing more is read");
    }
    reader.advance();
  }
  if (sizes.length === 0 && reader.problems.length === 0) {
    throw new Refusal(headerLine, "a header without rows");
  }
  if (reader.problems.length === 0 && sizes.length > 1) {
    if (sizes[0] !== firstSweepSize || sizes.at(-1) !== lastSize) {
      throw new Refusal(
        headerLine,
        `a table over all sizes goes from ${firstSweepSize} to ${lastSize} bytes`,
      );
    }
  }
  takeRule(reader);
  return measurements;
}
