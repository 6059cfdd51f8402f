/** The texts that are mutated: every real output with a result, and what real programs printed on standard error. */
import { parseTitle, type Title } from "../osu-table.ts";
import type { ParsedMeasurement, ParseReport } from "../outcome.ts";
import { fixtureTexts } from "../testing/fixtures.ts";
import { exampleReport } from "../testing/specmpi-text.ts";
import { readPieces } from "../tools.ts";

/** A sound text and what is known of it. */
export interface SoundText {
  readonly name: string;
  readonly kind: ParseReport["kind"];
  readonly text: string;
  readonly measurements: readonly ParsedMeasurement[];
  /** Where its lines begin, and its length as the last. */
  readonly lineStarts: readonly number[];
  /** The lines (from 1) that hold measurements, in their order. */
  readonly rows: readonly number[];
  /** Where the words begin that name the test, and where their line ends: before, the text says nothing of its own. */
  readonly title: { readonly start: number; readonly end: number };
  /** Where rows can be missing from the table without that showing: OMB's sizes can begin and end anywhere, ours are any list. */
  readonly losableRows: "none" | "ends" | "any";
}

/** All that mutations draw from. */
export interface Corpus {
  readonly sound: readonly SoundText[];
  /** Texts of standard error, none of them empty. */
  readonly errors: readonly string[];
}

const tools = ["perftest", "perftest-json", "osu", "npb", "graph500", "lammps", "testbed"];
// testbed_bfs without its title is a block as Graph500 prints it, so its text says nothing of its own before that.
const titlePattern =
  /# OSU |# Testbed (?:MPI|EP)|NAS Parallel Benchmarks|SCALE:|LAMMPS \(|\{|SPEC\(R\) MPI|\S.* Test$/m;

/** Says what a text's parts are; null when it is not sound. */
export function soundText(name: string, text: string): SoundText | null {
  const { kind, outcome } = readPieces([text]);
  if (outcome.problems.length > 0) return null;
  const start = text.search(titlePattern);
  if (start === -1) throw new Error(`${name} has no title that is known here`);
  const lineStarts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lineStarts.push(end + 1);
  return {
    name,
    kind,
    text,
    measurements: outcome.measurements,
    lineStarts,
    rows: [...new Set(outcome.measurements.map(({ line }) => line))].toSorted((a, b) => a - b),
    title: { start, end: text.indexOf("\n", start) + 1 },
    losableRows: losableRows(parseTitle(text.slice(start, text.indexOf("\n", start)))),
  };
}

function losableRows(title: Title | null): SoundText["losableRows"] {
  if (title === null || title.fullSweepFromBytes !== null) return "none";
  return title.sizes === "listed" ? "any" : "ends";
}

/** Loads the fixtures. Of SPEC MPI2007 there is none, so its printed example stands in. */
export function loadCorpus(): Corpus {
  const texts = new Map(
    tools.flatMap((tool) => [...fixtureTexts(tool)].map(([name, text]) => [`${tool}/${name}`, text])),
  );
  texts.set("specmpi example", exampleReport);
  return {
    sound: [...texts].flatMap(([name, text]) => soundText(name, text) ?? []),
    errors: [...texts]
      .filter(([name, text]) => name.endsWith(".stderr.txt") && text !== "")
      .map(([, text]) => text),
  };
}
