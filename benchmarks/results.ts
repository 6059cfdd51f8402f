/** The results of a run: a row for each cell. It is a stack output, `results.json`, and what `testbed run` prints. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { environmentNameSchema } from "../infra/inventory.ts";
import { comparisonSchema, differenceSchema } from "./evidence/compare.ts";
import { usedProgramSchema } from "./evidence/programs.ts";
import { wideCellSchema } from "./runner/ledger.ts";
import { cellSchema } from "./runner/schedule.ts";

export const cellStatusSchema = z.enum(["valid", "refused", "not-available", "missing"]);

export const cellResultSchema = z.strictObject({
  ...cellSchema.shape,
  status: cellStatusSchema.describe(
    "valid: at least one launch counts; refused: all tried ones were refused, or the environment could not be made active; not-available: could not be tried; missing: not tried yet",
  ),
  launches: z.int().min(0).describe("launches that count: n of median, minimum, maximum"),
  launchesPlanned: z.int().min(0).describe("without those that an early stop made needless"),
  launchesProven: z
    .int()
    .min(0)
    .describe("of those that count: the counters of both ports show that the adapter carried them"),
  attemptsRefused: z.int().min(0),
  statistic: z.string().describe("within a launch; median, minimum, maximum are over launches"),
  unit: z.string(),
  median: z.number().nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  reason: z.string().optional().describe("of the last refusal, or why the cell is not available"),
});
export type CellResult = z.infer<typeof cellResultSchema>;

export const endingSchema = z.strictObject({
  reason: z
    .enum(["planned", "precision", "budget", "maximum", "lease"])
    .describe(
      "planned: the suite asks for a fixed number of launches; precision: every interval is as narrow as it asks for; budget: another block would have gone beyond its time; maximum: as many launches as it allows, and some intervals are wider; lease: the nodes' lease ends, and the run is not complete",
    ),
  launches: z
    .int()
    .min(0)
    .describe("measured ones of each cell, one in each block; lease: those that each cell has at least"),
  minutesSpent: z.number().min(0).describe("of all sessions of the run"),
  relativeWidth: z.number().nullable().describe("what the suite asks for; null: for no width"),
  wideCells: z.int().min(0).describe("cells with wider intervals"),
  widest: z.array(wideCellSchema).describe("the widest of them"),
});
/** Why a run ended. */
export type Ending = z.infer<typeof endingSchema>;

const fields = {
  schemaVersion: z.literal(1),
  runId: z.string(),
  stack: z.string(),
  path: z.string().describe("the run's folder, relative to the checkout when it lies in it"),
  sha256: z
    .string()
    .nullable()
    .describe("of SHA256SUMS, which lists all data of the run; null while incomplete"),
  report: z
    .string()
    .nullable()
    .describe("the run as a page, beside its data and no part of them; null while there is none"),
  planDigest: z.string(),
  seed: z.int(),
  started: z.iso.datetime().nullable(),
  finished: z.iso.datetime().nullable(),
  complete: z.boolean(),
  ending: endingSchema.nullable().describe("null while incomplete, unless a lease's end made it so"),
  warnings: z.array(z.string()).describe("what can't be said with the launches that the suite asks for"),
  cells: z.array(cellResultSchema),
  cellsOmitted: z
    .int()
    .min(0)
    .describe("cells left out because the document would be too large; see results.json"),
  programs: z
    .array(usedProgramSchema)
    .describe("what was run, with source, digest and version, as found in each environment"),
  differences: z.array(differenceSchema).describe("between environments and nodes, the unfair ones first"),
  differencesOmitted: z
    .int()
    .min(0)
    .describe("differences left out because the document would be too large; see results.json"),
  comparisons: z
    .array(comparisonSchema)
    .describe("each pair of environments; a ratio may be made only of a comparable pair"),
  activeEnvironment: environmentNameSchema
    .nullable()
    .describe("that has the adapters after the run; null: none of the inventory's, or not known"),
  counts: z.strictObject({
    cells: z.int(),
    valid: z.int(),
    refused: z.int(),
    notAvailable: z.int(),
    missing: z.int(),
    launchesPlanned: z.int(),
    launchesValid: z.int(),
    launchesProven: z.int(),
    attempts: z.int(),
    attemptsRefused: z.int(),
  }),
};

export const emulatedResultsSchema = z.strictObject({ fidelity: z.literal("emulated"), ...fields });
export const hardwareResultsSchema = z.strictObject({ fidelity: z.literal("hardware"), ...fields });
export const resultsSchema = z.discriminatedUnion("fidelity", [emulatedResultsSchema, hardwareResultsSchema]);
export type EmulatedResults = z.infer<typeof emulatedResultsSchema>;
export type HardwareResults = z.infer<typeof hardwareResultsSchema>;
export type Results = z.infer<typeof resultsSchema>;

/** Bytes that the results may take in a stack output: the outputs together stay below 64 KiB. */
export const outputLimitBytes = 48 * 1024;

/**
 * Results as they go out: whole when they fit; else without the declared differences, then without any difference and with
 * one reason a pair, then without cells. What is left out is counted; `path` has it all.
 */
export function resultsForOutput(results: Results, limitBytes: number = outputLimitBytes): Results {
  const unfair = results.differences.filter(({ fairness }) => fairness === "unfair");
  const declaredLeftOut: Results = {
    ...results,
    differences: unfair,
    differencesOmitted: results.differences.length - unfair.length,
  };
  const short: Results = {
    ...results,
    differences: [],
    differencesOmitted: results.differences.length,
    comparisons: results.comparisons.map((comparison) => ({
      ...comparison,
      reasons: comparison.reasons.slice(0, 1),
    })),
  };
  const fitting = [results, declaredLeftOut, short].find(
    (candidate) => Buffer.byteLength(JSON.stringify(candidate)) <= limitBytes,
  );
  return fitting ?? { ...short, cells: [], cellsOmitted: results.cells.length };
}

/** The SHA-256 of a text or of bytes, in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
