/** Reads measurements.jsonl: every line a number that can have been measured, by an attempt that counts. */
import type { Fidelity } from "../../infra/inventory.ts";
import { findBenchmark } from "../catalogue/catalogue.ts";
import { schemaSentence, UserError } from "../input.ts";
import { type Measurement, measurementSchema } from "../measurement.ts";
import { launchStates } from "../runner/launch-states.ts";
import type { LedgerEvent } from "../runner/ledger.ts";
import type { Launch } from "../runner/schedule.ts";

/** What the lines must agree with. */
export interface MeasurementContext {
  readonly fidelity: Fidelity;
  readonly launches: readonly Launch[];
  readonly events: readonly LedgerEvent[];
}

/** The measurements of a file's text. Throws UserError for the first line that can't be one of the run. */
export function parseMeasurements(text: string, name: string, context: MeasurementContext): Measurement[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new UserError(`${name} breaks off in its last line`);
  const states = launchStates(context.launches, context.events);
  const counted = new Map(
    states.flatMap(({ launch, valid }) =>
      valid === null || launch.warmUp ? [] : [[valid.attempt, launch] as const],
    ),
  );
  return lines.map((line, index) => {
    const where = `line ${index + 1} of ${name}`;
    const measurement = parseLine(line, where);
    if (measurement.fidelity !== context.fidelity) {
      throw new UserError(
        `fidelities are mixed: ${where} says ${measurement.fidelity}, the run is ${context.fidelity}`,
      );
    }
    requireCounted(measurement, counted, where);
    return measurement;
  });
}

function parseLine(line: string, where: string): Measurement {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new UserError(`${where} is not JSON`);
  }
  // JSON has no NaN, and reads 1e999 as infinite: both deserve their own sentence.
  if (typeof value === "object" && value !== null && "value" in value && !Number.isFinite(value.value)) {
    throw new UserError(`${where} has the value ${value.value}; a measured value is a finite number`);
  }
  const parsed = measurementSchema.safeParse(value);
  if (!parsed.success) throw new UserError(schemaSentence(where, parsed.error));
  requirePossible(parsed.data, where);
  return parsed.data;
}

/** A benchmark's own number, a time or a rate, is above 0. Others of the launch, such as a standard deviation, may be 0. */
function requirePossible({ benchmark, statistic, unit, value, source }: Measurement, where: string): void {
  const metric = findBenchmark(benchmark)?.metric;
  const isMetric = metric?.statistic === statistic && metric.unit === unit;
  if (value > 0 || (value === 0 && !isMetric)) return;
  const origin = `from line ${source.line} of ${source.file}`;
  throw new UserError(
    `${where} has the value ${value} (${benchmark}, ${statistic}, ${origin}); a time or a rate is above 0`,
  );
}

function requireCounted(
  { attempt, benchmark, environment, block }: Measurement,
  counted: ReadonlyMap<string, Launch>,
  where: string,
): void {
  const launch = counted.get(attempt);
  if (launch === undefined) {
    throw new UserError(`${where} is of attempt ${attempt}, which the ledger has not as a valid one`);
  }
  const same = launch.benchmark === benchmark && launch.environment === environment && launch.block === block;
  if (!same) {
    throw new UserError(
      `${where} is of ${benchmark} in ${environment}, block ${block}; its attempt ${attempt} was ${launch.benchmark} in ${launch.environment}, block ${launch.block}`,
    );
  }
}
