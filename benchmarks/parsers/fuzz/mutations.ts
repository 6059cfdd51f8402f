/**
 * Ways in which outputs get damaged, and what a parser may make of each. Pure: numbers come from outside.
 *
 * What is left after some damage is a text that the tool could have printed, which no parser can refuse without refusing sound
 * texts too. Each mutation says so where it can yield one, and only there is anything but a refusal right:
 * - Sizes of OMB's tables can be chosen, but for releases up to 5.3, and no line ends a table. Cut after a row, or without its first or last
 *   rows, it is a sound table, and its numbers are those of the rows that are left. perftest's table with one row alone left is one too.
 * - Sizes of testbed_mpi's tables are any list, so that it is a sound table without any of its rows.
 * - Before the title nothing is said of the test, so a text cut before its title ends, with a whole other behind, can be that other.
 *   Empty lines at the end of a text (and perftest's harmless ones) say nothing either.
 * - Where a tool repeats its user's words (LAMMPS' input, NPB's compile options, names of devices), any words can stand.
 * - Two outputs of one tool with the same table can be joined within it so that the seam shows nowhere.
 */
import { harmlessLine } from "../perftest-lines.ts";
import type { Random } from "./random.ts";
import type { Corpus, SoundText } from "./texts.ts";

/**
 * What may come of a mutated text, besides a refusal: nothing; the measurements of a sound text, `rows` giving those of its lines that
 * are left; or what stands in the text's own lines. `of` is the sound text to compare with.
 */
export type Expectation =
  | { readonly rule: "refused" }
  | { readonly rule: "same"; readonly of: SoundText; readonly rows: readonly number[] }
  | { readonly rule: "printed"; readonly of: SoundText; readonly sameTable: boolean };

/** A damaged text. */
export interface Mutated {
  readonly text: string;
  /** What was done, with all positions: enough to do it again by hand. */
  readonly what: string;
  readonly expectation: Expectation;
}

const refused: Expectation = { rule: "refused" };
const whole = (of: SoundText): Expectation => ({ rule: "same", of, rows: of.rows });

const startOf = ({ lineStarts, text }: SoundText, line: number): number =>
  lineStarts[line - 1] ?? text.length;
const lineOf = (sound: SoundText, line: number): string =>
  sound.text.slice(startOf(sound, line), startOf(sound, line + 1));

/** The text stops anywhere before its end, as when a job was killed. */
export function cutEnd({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const length = random.below(one.text.length);
  const text = one.text.slice(0, length);
  return { text, what: `${one.name} cut to ${length} characters`, expectation: expectedOfCut(one, text) };
}

function expectedOfCut(one: SoundText, text: string): Expectation {
  if (!text.endsWith("\n")) return refused;
  const lost = one.text.slice(text.length, -1).split("\n");
  const saysNothing = (line: string): boolean =>
    line === "" || (one.kind === "perftest" && harmlessLine(line) !== null);
  if (lost.every(saysNothing)) return whole(one);
  const rows = one.rows.filter((line) => startOf(one, line + 1) <= text.length);
  return one.losableRows !== "none" && rows.length > 0 ? { rule: "same", of: one, rows } : refused;
}

/** The text begins too late. */
export function cutStart({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const start = 1 + random.below(one.text.length - 1);
  return {
    text: one.text.slice(start),
    what: `${one.name} without its first ${start} characters`,
    expectation: start <= one.title.start ? whole(one) : refused,
  };
}

/** Another text stands behind one that is whole or was cut. */
export function splice({ sound }: Corpus, random: Random): Mutated {
  const [one, other] = [random.oneOf(sound), random.oneOf(sound)];
  const length = random.below(3) === 0 ? one.text.length : 1 + random.below(one.text.length);
  return {
    text: one.text.slice(0, length) + other.text,
    what: `${length} characters of ${one.name}, then ${other.name}`,
    expectation: length < one.title.end ? whole(other) : refused,
  };
}

/** The beginning of one text, then the end of another. */
export function join({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const other = random.oneOf(random.below(2) === 0 ? sound : sound.filter(({ kind }) => kind === one.kind));
  const [length, start] = [random.below(one.text.length), random.below(other.text.length)];
  return {
    text: one.text.slice(0, length) + other.text.slice(start),
    what: `${length} characters of ${one.name}, then ${other.name} without its first ${start}`,
    expectation: { rule: "printed", of: other, sameTable: false },
  };
}

/** Up to three rows stand twice, the second time before any row or after the last. */
export function repeatRows({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const first = random.below(one.rows.length);
  const repeated = one.rows.slice(first, first + 1 + random.below(3));
  const place = random.below(one.rows.length + 1);
  const position = startOf(one, one.rows[place] ?? (one.rows.at(-1) ?? 0) + 1);
  const rows = repeated.map((line) => lineOf(one, line)).join("");
  return {
    text: one.text.slice(0, position) + rows + one.text.slice(position),
    what: `${one.name} with its lines ${repeated.join(", ")} again at character ${position}`,
    expectation: refused,
  };
}

/** Two rows change places. */
export function reorderRows({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound.filter(({ rows }) => rows.length > 1));
  const first = random.below(one.rows.length - 1);
  const [a = 0, b = 0] = [one.rows[first], one.rows[first + 1 + random.below(one.rows.length - 1 - first)]];
  const between = one.text.slice(startOf(one, a + 1), startOf(one, b));
  return {
    text:
      one.text.slice(0, startOf(one, a)) +
      lineOf(one, b) +
      between +
      lineOf(one, a) +
      one.text.slice(startOf(one, b + 1)),
    what: `${one.name} with its lines ${a} and ${b} exchanged`,
    expectation: refused,
  };
}

/** Rows that follow each other are missing. */
export function loseRows({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const first = random.below(one.rows.length);
  const lost = one.rows.slice(first, first + 1 + random.below(one.rows.length - first));
  const left = one.rows.filter((line) => !lost.includes(line));
  const atAnEnd = first === 0 || first + lost.length === one.rows.length;
  const isSound =
    one.losableRows === "none"
      ? one.kind === "perftest" && isTable(one) && left.length === 1
      : (atAnEnd || one.losableRows === "any") && left.length > 0;
  const kept = one.lineStarts.map((_, index) => index + 1).filter((line) => !lost.includes(line));
  return {
    text: kept.map((line) => lineOf(one, line)).join(""),
    what: `${one.name} without its lines ${lost.join(", ")}`,
    expectation: isSound ? { rule: "same", of: one, rows: left } : refused,
  };
}

/** Whether each row begins with its size, unlike in perftest's JSON. */
const isTable = ({ text }: SoundText): boolean => !text.startsWith("{");

/** A row is broken into two lines. */
export function breakRow({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const line = random.oneOf(one.rows);
  const position = startOf(one, line) + random.below(lineOf(one, line).length);
  return {
    text: `${one.text.slice(0, position)}\n${one.text.slice(position)}`,
    what: `${one.name} with line ${line} broken at character ${position}`,
    expectation: refused,
  };
}

/** A row loses its end but not its line's. Where the tool prints as many digits as it likes, the rest is a number too. */
export function shortenRow({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const line = random.oneOf(one.rows);
  const end = startOf(one, line + 1) - 1;
  const position = startOf(one, line) + random.below(end - startOf(one, line));
  return {
    text: one.text.slice(0, position) + one.text.slice(end),
    what: `${one.name} with line ${line} ending at character ${position}`,
    expectation: { rule: "printed", of: one, sameTable: true },
  };
}

/** Standard error stands amid the text: one of its lines, with or without its end, or all of it. */
export function mergeStreams({ sound, errors }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const error = random.oneOf(errors);
  const line = random.oneOf(error.split("\n").filter((words) => words.trim() !== ""));
  const noise = random.oneOf([line, `${line}\n`, error]);
  const tableStart = startOf(one, one.rows[0] ?? 0);
  const tableEnd = startOf(one, (one.rows.at(-1) ?? 0) + 1) - 1;
  const inTable = random.below(2) === 0;
  const position = inTable
    ? tableStart + 1 + random.below(tableEnd - tableStart)
    : random.below(one.text.length + 1);
  const isWithin = position > tableStart && position <= tableEnd;
  return {
    text: one.text.slice(0, position) + noise + one.text.slice(position),
    what: `${one.name} with ${JSON.stringify(noise)} at character ${position}`,
    expectation: isWithin ? refused : whole(one),
  };
}

/** Up to three bytes have another value. */
export function flipBytes({ sound }: Corpus, random: Random): Mutated {
  const one = random.oneOf(sound);
  const bytes = Buffer.from(one.text, "latin1");
  const changes = Array.from({ length: 1 + random.below(3) }, () => {
    // As often a byte that may well stand there.
    const byte = random.below(2) === 0 ? random.below(256) : "0123456789.-+e \n".charCodeAt(random.below(16));
    return { position: random.below(bytes.length), byte };
  });
  for (const { position, byte } of changes) bytes[position] = byte;
  return {
    text: bytes.toString("latin1"),
    what: `${one.name} with ${changes.map(({ position, byte }) => `byte ${position} set to ${byte}`).join(", ")}`,
    expectation: { rule: "printed", of: one, sameTable: true },
  };
}

/** All of them, by the names that summaries give them. */
export const mutations: Readonly<Record<string, (corpus: Corpus, random: Random) => Mutated>> = {
  "cut at the end": cutEnd,
  "cut at the start": cutStart,
  spliced: splice,
  joined: join,
  "rows repeated": repeatRows,
  "rows reordered": reorderRows,
  "rows lost": loseRows,
  "row broken": breakRow,
  "row shortened": shortenRow,
  "streams merged": mergeStreams,
  "bytes flipped": flipBytes,
};
