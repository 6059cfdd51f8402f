/** The paper's figures in words, results/paper/figures.json: what a synthetic result set is made of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { environmentNameSchema } from "../../../infra/inventory.ts";
import { parseJson } from "../../input.ts";

/** The file that makes a folder a synthetic result set. */
export const figuresFile = "figures.json";

const positive = z.number().positive();
const origin = {
  claims: z.array(z.string().regex(/^C\d+$/)).describe("whose number this is; none: nobody's"),
  basis: z
    .enum(["stated", "derived", "invented"])
    .describe(
      "stated: the paper's number, or one that its words allow; derived: follows from such; invented: ours",
    ),
};
const statistic = z.literal("comm").optional().describe("absent: the benchmark's metric");
const name = { benchmark: z.string(), statistic, ...origin };

const nativeSchema = z.union([
  z
    .strictObject({ ...name, startupUs: positive, gigabytesPerSecond: positive })
    .describe("latency: start-up, and the bytes at that rate"),
  z
    .strictObject({ ...name, peakGigabytesPerSecond: positive, halfSizeBytes: positive })
    .describe("bandwidth: half of the peak at that size"),
  z.strictObject({ ...name, seconds: positive }).describe("of an application"),
]);
export type NativeFigure = z.infer<typeof nativeSchema>;

const place = {
  ...name,
  environment: environmentNameSchema,
  sizes: z.enum(["all", "small", "medium", "large"]),
};
const virtualizedSchema = z.union([
  z.strictObject({
    ...place,
    overheadPercent: z.number().describe("how much worse than native, as a part of native's value"),
  }),
  z.strictObject({
    ...place,
    vmPassthroughImprovesPercent: z
      .number()
      .describe("how much better vm-passthrough is, as a part of this environment's value"),
  }),
]);
export type VirtualizedFigure = z.infer<typeof virtualizedSchema>;

export const figuresSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("synthetic"),
  about: z.string(),
  seed: z.int().min(0),
  blocks: z.int().min(1),
  spreadPercent: z
    .strictObject({ block: z.number().min(0), launch: z.number().min(0) })
    .describe("standard deviations: of what all launches of a block share, and of each launch"),
  spreadBasis: z.literal("invented"),
  nodes: z.int().min(2),
  sizesBytes: z.array(z.int().min(1)).min(1),
  native: z.array(nativeSchema).min(1),
  virtualized: z.array(virtualizedSchema),
});
export type Figures = z.infer<typeof figuresSchema>;

/** The figures in a folder. */
export function readFigures(directory: string): Figures {
  const path = join(directory, figuresFile);
  return parseJson(figuresSchema, readFileSync(path, "utf8"), path);
}
