/** Reads the JSON documents of a run, and tells what another release wrote from what is damaged. */
import * as z from "zod";
import { parseJson, schemaSentence, UserError } from "../input.ts";

const schemaVersion = 1;

/**
 * Parses a document of a run. Throws UserError with one sentence: for another schema version, for members that are not those of this release, for
 * anything else that its schema does not allow.
 */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  path: string,
): z.infer<Schema> {
  const value = parseJson(z.looseObject({}), text, path);
  if (value.schemaVersion !== schemaVersion) {
    const told =
      value.schemaVersion === undefined
        ? "no schema version"
        : `schema version ${JSON.stringify(value.schemaVersion)}`;
    throw new UserError(`${path} has ${told}, and this testbed reads version ${schemaVersion}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { missing, unknown } = otherMembers(value, parsed.error);
  const differences = [
    ...(missing.length === 0 ? [] : [`has no ${missing.join(", no ")}`]),
    ...(unknown.length === 0 ? [] : [`has ${unknown.join(", ")}, which this one does not know`]),
  ];
  throw new UserError(
    differences.length === 0
      ? schemaSentence(path, parsed.error)
      : `${path} was written by another release of the testbed: it ${differences.join(" and ")}; read it with that release`,
  );
}

/** Names of the members that a schema misses in a document, and of those that it does not know. What one row of a list lacks is named once. */
function otherMembers(value: unknown, { issues }: z.ZodError) {
  const missing = issues.filter((issue) => memberAt(value, issue.path) === undefined);
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [],
  );
  return { missing: namesOf(missing.map(({ path }) => path)), unknown: namesOf(unknown) };
}

function memberAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

function namesOf(paths: readonly (readonly PropertyKey[])[]): string[] {
  return [...new Set(paths.map((path) => path.filter((step) => typeof step !== "number").join(".")))];
}
