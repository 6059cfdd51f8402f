/** The programs of a run, each told once where it is the same in several environments. Pure. */
import * as z from "zod";
import { environmentNameSchema } from "../../infra/inventory.ts";
import type { PlacedEvidence } from "./compare.ts";
import { programSchema } from "./evidence.ts";

export const usedProgramSchema = z.strictObject({
  ...programSchema.shape,
  environments: z.array(environmentNameSchema),
});
/** A program as it was found in these environments. */
export type UsedProgram = z.infer<typeof usedProgramSchema>;

/** All programs by name, those that differ in anything apart; environments in the order of the evidences. */
export function usedPrograms(evidences: readonly PlacedEvidence[]): UsedProgram[] {
  const found = evidences.flatMap(({ environment, evidence }) =>
    evidence.programs.map((program) => ({ program, environment })),
  );
  return [...Map.groupBy(found, ({ program }) => JSON.stringify(Object.entries(program).sort())).values()]
    .flatMap((same) =>
      same.slice(0, 1).map(({ program }) => ({
        ...program,
        environments: [...new Set(same.map(({ environment }) => environment))],
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
