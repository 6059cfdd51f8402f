/** A measurement: one number of one launch, with where it came from. What was measured on emulated nodes is another type. */
import * as z from "zod";
import { environmentNameSchema, type Fidelity } from "../infra/inventory.ts";

const fields = {
  environment: environmentNameSchema,
  benchmark: z.string(),
  block: z.int().min(1),
  activation: z
    .int()
    .min(1)
    .optional()
    .describe("of the environment, under which it was launched: counted over the run; absent: not known"),
  attempt: z.string().describe("LAUNCH.TRY, as in the ledger"),
  sizeBytes: z.int().min(0).nullable(),
  statistic: z.string().describe("within the launch: min, max, typical, avg, stdev, p99, p99.9, peak, rate"),
  unit: z.string(),
  value: z.number(),
  tool: z.string(),
  toolVersion: z.string().optional().describe("as the tool says it; absent when it does not"),
  source: z.strictObject({
    file: z.string().describe("raw log, relative to the run's folder"),
    line: z.int().min(1),
  }),
};

export const emulatedMeasurementSchema = z.strictObject({ fidelity: z.literal("emulated"), ...fields });
export const hardwareMeasurementSchema = z.strictObject({ fidelity: z.literal("hardware"), ...fields });
export const measurementSchema = z.discriminatedUnion("fidelity", [
  emulatedMeasurementSchema,
  hardwareMeasurementSchema,
]);

/** A number whose speed says nothing about hardware. */
export type EmulatedMeasurement = z.infer<typeof emulatedMeasurementSchema>;
/** A number that may be held against the paper. Functions that judge take this type and no other. */
export type HardwareMeasurement = z.infer<typeof hardwareMeasurementSchema>;
export type Measurement = z.infer<typeof measurementSchema>;

/** Marks a number with the fidelity of the nodes it came from. */
export function withFidelity(fidelity: Fidelity, rest: Omit<Measurement, "fidelity">): Measurement {
  return fidelity === "emulated" ? { fidelity, ...rest } : { fidelity, ...rest };
}
