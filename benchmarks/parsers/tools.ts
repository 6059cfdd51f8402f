/** Which tool printed a text, and what its parser makes of it. */

import { signature as graph500Signature, parseGraph500 } from "./graph500.ts";
import { signature as ivshmemSignature, parseIvshmem } from "./ivshmem.ts";
import { signature as lammpsSignature, parseLammps } from "./lammps.ts";
import { signature as npbSignature, parseNpb } from "./npb.ts";
import { signature as osuSignature, parseOsu } from "./osu.ts";
import { type ParseOutcome, type ParseReport, parseReport } from "./outcome.ts";
import { parsePerftest } from "./perftest.ts";
import { parsePerftestJson, signature as perftestJsonSignature } from "./perftest-json.ts";
import { takeOffRankLabels } from "./rank-labels.ts";
import { parseSpecMpi, signature as specMpiSignature } from "./specmpi.ts";

interface Tool {
  readonly kind: ParseReport["kind"];
  readonly recognises: (text: string) => boolean;
  readonly parse: (text: string) => ParseOutcome;
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

/** Reads one file's text with the parser of the tool whose marks it bears. */
export function reportOnText(file: string, text: string): ParseReport {
  const unlabelled = takeOffRankLabels(text).text;
  const tool = tools.find(({ recognises }) => recognises(unlabelled)) ?? fallback;
  return parseReport(file, tool.kind, tool.parse(text));
}
