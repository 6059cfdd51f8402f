/** The rows of the exported tables, flat, so that spreadsheets and data frames take them. Names and units are those of the run's own files. */
import * as z from "zod";
import { analyse, type BenchmarkAnalysis } from "../analysis/analysis.ts";
import { emulatedMeasurementSchema } from "../measurement.ts";
import type { AnyResultSet } from "../result-set/result-set.ts";
import { cellResultSchema } from "../results.ts";
import { isCannotSay } from "../statistics/cannot-say.ts";

const runFields = {
  stack: z.string().describe("name of the stack that was measured"),
  runId: z.string().describe("name of the run: its start in UTC and the beginning of its plan's digest"),
  origin: z
    .enum(["measured", "synthetic"])
    .describe("synthetic: from a formula, with an invented spread; nothing was measured"),
  fidelity: z
    .enum(["emulated", "hardware"])
    .describe("emulated: the number says nothing about the speed of hardware"),
} as const;

const measured = emulatedMeasurementSchema.shape;

/** A number of one launch. */
export const measurementRowSchema = z.strictObject({
  ...runFields,
  benchmark: measured.benchmark.describe("as `testbed list` names it"),
  environment: measured.environment.describe("where it ran"),
  sizeBytes: measured.sizeBytes.describe("message size; null: the benchmark has none"),
  statistic: measured.statistic,
  unit: measured.unit.describe("of the value, as in us (microseconds), MB/s, TEPS"),
  value: measured.value.describe(
    "in the unit beside it, with as many digits as tell it from any other number",
  ),
  block: measured.block.describe("a block has every cell once, in random order; counted from 1"),
  activation: z
    .int()
    .min(1)
    .nullable()
    .describe("of the environment, under which it was launched, counted over the run; null: not known"),
  attempt: measured.attempt,
  tool: measured.tool.describe("the program that printed it"),
  toolVersion: z.string().nullable().describe("as the tool says it; null when it does not"),
  sourceFile: z.string().describe("raw log, relative to the run's folder"),
  sourceLine: z.int().min(1).describe("line of the raw log"),
});
export type MeasurementRow = z.infer<typeof measurementRowSchema>;

const cell = cellResultSchema.shape;

/** A cell: one benchmark in one environment at one size, those without a number too. */
export const cellRowSchema = z.strictObject({
  ...runFields,
  benchmark: cell.benchmark.describe("as `testbed list` names it"),
  environment: cell.environment.describe("where it ran"),
  sizeBytes: cell.sizeBytes,
  status: cell.status,
  statistic: cell.statistic,
  unit: cell.unit.describe("of median, minimum, maximum and both ends of the interval"),
  launches: cell.launches,
  median: cell.median.describe("over the launches; null: none counts"),
  intervalLower: z
    .number()
    .nullable()
    .describe("lower end of the median's interval by rank; null: too few launches for one"),
  intervalUpper: z.number().nullable().describe("its upper end"),
  intervalConfidence: z
    .number()
    .nullable()
    .describe(
      "how often such an interval covers the median, at least what was asked for, since ranks are whole",
    ),
  minimum: cell.minimum.describe("of the launches"),
  maximum: cell.maximum.describe("of the launches"),
  launchesPlanned: cell.launchesPlanned.describe("launches that the plan has of the cell"),
  launchesProven: cell.launchesProven,
  attemptsRefused: cell.attemptsRefused.describe("attempts that were refused; the ledger says why"),
  reason: z.string().nullable().describe("of the last refusal, or why the cell is not available"),
});
export type CellRow = z.infer<typeof cellRowSchema>;

/** The measurements of a result set, in its order. */
export function measurementRows(set: AnyResultSet): MeasurementRow[] {
  return set.measurements.map(({ source, activation, toolVersion, ...measurement }) => ({
    ...runOf(set),
    ...measurement,
    activation: activation ?? null,
    toolVersion: toolVersion ?? null,
    sourceFile: source.file,
    sourceLine: source.line,
  }));
}

/** The cells of a result set, in its order. */
export function cellRows(set: AnyResultSet): CellRow[] {
  const benchmarks: readonly BenchmarkAnalysis[] =
    set.fidelity === "emulated" ? analyse(set).benchmarks : analyse(set).benchmarks;
  const analysed = new Map(
    benchmarks.flatMap(({ benchmark, cells }) =>
      cells.map(({ environment, sizeBytes, description }) => [
        [benchmark.name, environment, sizeBytes].join(" "),
        description.interval,
      ]),
    ),
  );
  return set.results.cells.map(({ reason, ...result }) => {
    const interval = analysed.get([result.benchmark, result.environment, result.sizeBytes].join(" "));
    const known = interval === undefined || isCannotSay(interval) ? null : interval;
    return {
      ...runOf(set),
      ...result,
      intervalLower: known?.lower ?? null,
      intervalUpper: known?.upper ?? null,
      intervalConfidence: known?.coverage ?? null,
      reason: reason ?? null,
    };
  });
}

function runOf({ origin, fidelity, results }: AnyResultSet) {
  return { stack: results.stack, runId: results.runId, origin, fidelity };
}
