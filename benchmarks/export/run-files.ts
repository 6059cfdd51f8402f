/** The run's own files in an export: byte for byte, so that its digests still hold there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runFiles } from "../runner/run-directory.ts";
import type { CrateFile } from "./crate.ts";
import type { WriteFile } from "./folder.ts";
import { mediaTypes } from "./media-types.ts";

/** Where they lie in the export. */
const folder = "run";

interface Described extends Pick<CrateFile, "title" | "encodingFormat" | "part"> {
  readonly file: string;
}

const { json, jsonl, text } = mediaTypes;

const described: readonly Described[] = [
  { file: runFiles.plan, title: "Suite and every launch in its order", encodingFormat: json, part: "object" },
  { file: runFiles.inventory, title: "Machines and environments", encodingFormat: json, part: "object" },
  {
    file: runFiles.ledger,
    title: "Every attempt, how it ended, and what each environment was",
    encodingFormat: jsonl,
    part: "result",
  },
  {
    file: runFiles.measurements,
    title: "Every number of every launch that counts",
    encodingFormat: jsonl,
    part: "result",
  },
  { file: runFiles.sums, title: "SHA-256 of the run's files", encodingFormat: text, part: "result" },
  { file: runFiles.results, title: "A row for each cell", encodingFormat: json, part: "result" },
];

/** Copies them and says what each is. */
export function copyRun(directory: string, write: WriteFile): CrateFile[] {
  const raw = readdirSync(join(directory, runFiles.raw))
    .sort()
    .map((name): Described => {
      const title = `What a side of an attempt printed: ${name}`;
      return { file: `${runFiles.raw}/${name}`, title, encodingFormat: text, part: "result" };
    });
  return [...described, ...raw].map(({ file, ...description }) => ({
    ...write(`${folder}/${file}`, readFileSync(join(directory, file))),
    ...description,
  }));
}
