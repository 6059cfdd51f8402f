/** What parsers share: a walk over the lines of a text that ends at the first one without a place. */
import type { ParsedMeasurement, ParseOutcome, Remark } from "./outcome.ts";
import { rankLabel, withoutRankLabel } from "./rank-labels.ts";
import { type Line, linesOf, longestLine, type Source } from "./source.ts";

/** Ends the reading of a text at the first line that has no place. */
export class Refusal extends Error {
  /** Counted from 1; null when it is about the text as a whole. */
  readonly line: number | null;
  constructor(line: number | null, message: string) {
    super(message);
    this.line = line;
  }
}

/** A piece of the text as messages show it. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}

/** Warnings that are kept one by one; of further ones their number, so that no text fills the memory with them. */
const mostWarnings = 100;

/** Walks over the lines of one text, one state for the whole reading. Labels of ranks are taken off on the way. */
export class LineReader {
  readonly #lines: Generator<Line, undefined>;
  /** Lines that were looked at and not taken. */
  readonly #ahead: string[] = [];
  #label: string | null = null;
  #linesRead = 0;
  #linesTaken = 0;
  #endsWithNewline = true;
  #hasText = false;
  #warningsLeftOut = 0;
  readonly #warnings: Remark[] = [];
  /** Bad rows after which the parser went on to find more. */
  readonly problems: Remark[] = [];
  program: string | null = null;
  version: string | null = null;

  constructor(source: Source) {
    this.#lines = linesOf(source);
  }

  get lineNumber(): number {
    return this.#linesTaken + 1;
  }
  get warnings(): readonly Remark[] {
    if (this.#warningsLeftOut === 0) return this.#warnings;
    return [
      ...this.#warnings,
      { line: null, message: `${this.#warningsLeftOut} more warnings are left out` },
    ];
  }
  warn(line: number, message: string): void {
    if (this.#warnings.length < mostWarnings) this.#warnings.push({ line, message });
    else this.#warningsLeftOut += 1;
  }
  /** The present line, or one after it; undefined after the last. Refuses a line that is no line of such a text. */
  peek(offset = 0): string | undefined {
    while (this.#ahead.length <= offset) {
      const line = this.#read();
      if (line === undefined) return undefined;
      this.#ahead.push(line);
    }
    return this.#ahead[offset];
  }
  advance(count = 1): void {
    for (let taken = 0; taken < count; taken++) {
      this.peek();
      this.#ahead.shift();
    }
    this.#linesTaken += count;
  }
  /** Takes the line if it is this one. */
  takeIf(line: string): boolean {
    if (this.peek() !== line) return false;
    this.advance();
    return true;
  }
  /** Takes the line that a pattern matches, or refuses it. */
  take(pattern: RegExp, expected: string): RegExpExecArray {
    const match = pattern.exec(this.peek() ?? "");
    if (match === null || this.peek() === undefined) this.refuse(expected);
    this.advance();
    return match;
  }
  /** Refuses the text at the present line. */
  refuse(expected: string): never {
    const line = this.peek();
    if (line === undefined) throw new Refusal(null, `the text ends where ${expected} should follow`);
    throw new Refusal(this.lineNumber, `${expected} expected, found ${quoted(line)}`);
  }
  /** Refuses a text that goes on after what was read, or whose last line has no end. */
  finish(): void {
    if (this.peek() !== undefined) this.refuse("the end of the text");
    if (!this.#endsWithNewline) {
      throw new Refusal(this.lineNumber - 1, "the last line has no end: the text was cut off");
    }
  }
  /** Whether nothing but blanks stands in the whole text. Reads on to its first word. */
  isBlank(): boolean {
    while (!this.#hasText) {
      const line = this.#lines.next().value;
      if (line === undefined) return true;
      this.#hasText = line.text.trim() !== "";
    }
    return false;
  }

  #read(): string | undefined {
    const line = this.#lines.next().value;
    if (line === undefined) return undefined;
    this.#linesRead += 1;
    this.#endsWithNewline = line.isWhole;
    this.#hasText ||= line.text.trim() !== "";
    if (line.isTooLong) {
      throw new Refusal(
        this.#linesRead,
        `a line of more than ${longestLine} characters, which no tool prints`,
      );
    }
    if (this.#linesRead === 1) this.#label = rankLabel(line.text);
    if (this.#label === null) return line.text;
    const text = withoutRankLabel(line.text, this.#label);
    if (text !== null) return text;
    throw new Refusal(this.#linesRead, "a line without the label of the one rank that prints (mpiexec -l)");
  }
}

/** Reads a whole text: what `read` makes of its lines, or the refusal. */
export function readOutcome(
  source: Source,
  read: (reader: LineReader) => readonly ParsedMeasurement[],
): ParseOutcome {
  const reader = new LineReader(source);
  let measurements: readonly ParsedMeasurement[] = [];
  try {
    measurements = read(reader);
    reader.finish();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { line, message } = reader.isBlank() ? new Refusal(null, "the file is empty") : error;
    reader.problems.push({ line, message });
  }
  const { program, version, problems, warnings } = reader;
  return { program, version, problems, warnings, measurements: problems.length > 0 ? [] : measurements };
}
