/** What every parser of tool output gives: measurements with their place in the text, or a refusal with line and reason. */
import * as z from "zod";

/** Something about one line (counted from 1) of the text; null when it is about the text as a whole. */
export const remarkSchema = z.strictObject({ line: z.int().min(1).nullable(), message: z.string() });
export type Remark = z.infer<typeof remarkSchema>;

/** One number as the tool printed it. `sizeBytes` is null where the tool has no message size. */
export interface ParsedMeasurement {
  readonly statistic: string;
  readonly unit: string;
  readonly sizeBytes: number | null;
  /** The exact decimal as printed, so that no digit is lost or invented on the way. */
  readonly value: string;
  readonly line: number;
}

/** The outcome of reading one text. A text with a problem is refused whole: it then has no measurements. */
export interface ParseOutcome {
  readonly program: string | null;
  readonly version: string | null;
  readonly problems: readonly Remark[];
  readonly warnings: readonly Remark[];
  readonly measurements: readonly ParsedMeasurement[];
}

/** The tools whose outputs are read here. */
export const toolKindSchema = z.enum(["perftest", "ivshmem", "osu", "npb", "graph500", "lammps", "specmpi"]);
export type ToolKind = z.infer<typeof toolKindSchema>;

/** One object of `testbed parse`'s output, the shape that people's own scripts read. */
export const parseReportSchema = z.strictObject({
  file: z.string(),
  kind: toolKindSchema,
  program: z.string().nullable(),
  version: z.string().nullable(),
  status: z.enum(["ok", "invalid"]),
  problems: z.array(remarkSchema),
  warnings: z.array(remarkSchema),
  measurements: z.array(
    z.strictObject({
      statistic: z.string(),
      unit: z.string(),
      size: z.int().min(0).nullable().describe("message size in bytes"),
      value: z.string().describe("the exact decimal as printed"),
    }),
  ),
});
export type ParseReport = z.infer<typeof parseReportSchema>;

/** Puts an outcome into the published shape. */
export function parseReport(file: string, kind: ParseReport["kind"], outcome: ParseOutcome): ParseReport {
  return {
    file,
    kind,
    program: outcome.program,
    version: outcome.version,
    status: outcome.problems.length === 0 ? "ok" : "invalid",
    problems: [...outcome.problems],
    warnings: [...outcome.warnings],
    measurements: outcome.measurements.map(({ statistic, unit, sizeBytes, value }) => ({
      statistic,
      unit,
      size: sizeBytes,
      value,
    })),
  };
}
