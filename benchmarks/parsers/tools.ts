/** Which tool printed a text, and what its parser makes of it. */

import { signature as graph500Signature, parseGraph500 } from "./graph500.ts";
import { signature as ivshmemSignature, parseIvshmem } from "./ivshmem.ts";
import { signature as lammpsSignature, parseLammps } from "./lammps.ts";
import { signature as npbSignature, parseNpb } from "./npb.ts";
import { signature as osuSignature, parseOsu } from "./osu.ts";
import { type ParseOutcome, type ParseReport, parseReport, type ToolKind } from "./outcome.ts";
import { parsePerftest } from "./perftest.ts";
import { parsePerftestJson, signature as perftestJsonSignature } from "./perftest-json.ts";
import { rankLabel } from "./rank-labels.ts";
import type { Source } from "./source.ts";
import { parseSpecMpi, signature as specMpiSignature } from "./specmpi.ts";

interface Tool {
  readonly kind: ToolKind;
  readonly recognises: (text: string) => boolean;
  readonly parse: (source: Source) => ParseOutcome;
}

const tools: readonly Tool[] = [
  { kind: "specmpi", recognises: (text) => specMpiSignature.test(text), parse: parseSpecMpi },
  { kind: "ivshmem", recognises: (text) => text.startsWith(ivshmemSignature), parse: parseIvshmem },
  { kind: "osu", recognises: (text) => osuSignature.test(text), parse: parseOsu },
  { kind: "npb", recognises: (text) => npbSignature.test(text), parse: parseNpb },
  { kind: "graph500", recognises: (text) => graph500Signature.test(text), parse: parseGraph500 },
  { kind: "lammps", recognises: (text) => lammpsSignature.test(text), parse: parseLammps },
  { kind: "perftest", recognises: (text) => perftestJsonSignature.test(text), parse: parsePerftestJson },
];

/** perftest's text begins in many ways: what no other tool recognises is read as its. */
const fallback: Tool = { kind: "perftest", recognises: () => true, parse: parsePerftest };

/** A text's tool shows in its beginning, in characters: each names itself before it prints anything at length. */
const headLength = 65_536;

/** Reads one file's text with the parser of the tool whose marks its beginning bears, or of the kind that is given. */
export function reportOnText(file: string, text: string, given: ToolKind | null = null): ParseReport {
  return reportOnPieces(file, [text], given);
}

/** Like reportOnText, of a text that comes in pieces; no more than its beginning and one line is kept. */
export function reportOnPieces(
  file: string,
  pieces: Iterable<string>,
  given: ToolKind | null = null,
): ParseReport {
  const { kind, outcome } = readPieces(pieces, given);
  return parseReport(file, kind, outcome);
}

/** The tool of a text, unless it is given, and what its parser makes of it, with the place of every measurement. */
export function readPieces(
  pieces: Iterable<string>,
  given: ToolKind | null = null,
): {
  readonly kind: ParseReport["kind"];
  readonly outcome: ParseOutcome;
} {
  const remaining = pieces[Symbol.iterator]();
  let head = "";
  while (head.length < headLength) {
    const next = remaining.next();
    if (next.done === true) break;
    head += next.value;
  }
  const tool = toolOf(head, given);
  try {
    return { kind: tool.kind, outcome: tool.parse({ pieces: joined(head, remaining) }) };
  } finally {
    // A refusal leaves the rest unread: whoever gives the pieces is to close what they come from.
    remaining.return?.();
  }
}

function* joined(head: string, remaining: Iterator<string>): Generator<string, undefined> {
  yield head;
  for (let next = remaining.next(); next.done !== true; next = remaining.next()) yield next.value;
  return undefined;
}

function toolOf(head: string, given: ToolKind | null): Tool {
  const label = rankLabel(head);
  const unlabelled = label === null ? head : head.replaceAll(label, "");
  const candidates = given === null ? tools : [...tools, fallback].filter(({ kind }) => kind === given);
  const recognised = candidates.find(({ recognises }) => recognises(unlabelled.slice(0, headLength)));
  return recognised ?? candidates.find(({ kind }) => kind === given) ?? fallback;
}
