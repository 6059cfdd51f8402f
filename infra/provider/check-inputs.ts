/** Inputs against a schema, with every mistake as one sentence. */
import type * as z from "zod";
import type { CheckFailure } from "./resource-type.ts";
import { containsUnknown, type Properties } from "./values.ts";

/** Every mistake in the inputs whose values are known. */
export function schemaFailures(schema: z.ZodType, inputs: Properties): CheckFailure[] {
  const result = schema.safeParse(inputs);
  if (result.success) return [];
  return result.error.issues
    .filter((issue) => !containsUnknown(inputs[String(issue.path[0])]))
    .map((issue) => {
      const property = issue.path.join(".") || String((issue as { keys?: string[] }).keys?.[0] ?? "");
      const given = JSON.stringify(issue.path.reduce<unknown>(valueAt, inputs)) ?? "nothing";
      const joint = /^[a-z]/.test(issue.message) ? " " : ": ";
      return { property, reason: `${property}${joint}${issue.message}; ${given} was given` };
    });
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
