/** What parsers share: a walk over the lines of a text that ends at the first one without a place. */
import type { ParsedMeasurement, ParseOutcome, Remark } from "./outcome.ts";
import { takeOffRankLabels } from "./rank-labels.ts";

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

/** Walks over the lines of one text, one state for the whole reading. */
export class LineReader {
  readonly #lines: readonly string[];
  readonly #endsWithNewline: boolean;
  #index = 0;
  readonly warnings: Remark[] = [];
  program: string | null = null;
  version: string | null = null;

  constructor(text: string) {
    const lines = text.split("\n");
    this.#endsWithNewline = lines.at(-1) === "";
    this.#lines = this.#endsWithNewline ? lines.slice(0, -1) : lines;
  }

  get lineNumber(): number {
    return this.#index + 1;
  }
  peek(): string | undefined {
    return this.#lines[this.#index];
  }
  advance(): void {
    this.#index += 1;
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
}

/** Reads a whole text: what `read` makes of its lines, or the refusal. Labels of ranks are taken off before. */
export function readOutcome(
  text: string,
  read: (reader: LineReader) => readonly ParsedMeasurement[],
): ParseOutcome {
  const { text: unlabelled, refusedLine } = takeOffRankLabels(text);
  const reader = new LineReader(unlabelled);
  let problems: readonly Remark[] = [];
  let measurements: readonly ParsedMeasurement[] = [];
  try {
    if (text.trim() === "") throw new Refusal(null, "the file is empty");
    if (refusedLine !== null) {
      throw new Refusal(refusedLine, "a line without the label of the one rank that prints (mpiexec -l)");
    }
    measurements = read(reader);
    reader.finish();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems = [{ line: error.line, message: error.message }];
    measurements = [];
  }
  const { program, version, warnings } = reader;
  return { program, version, problems, warnings, measurements };
}
