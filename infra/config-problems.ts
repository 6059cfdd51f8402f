/** Turns zod's issues into sentences for the user: key, value, what would be right, and the nearest right key. */
import * as z from "zod";
import { projectName } from "./paths.ts";

/** One mistake in the configuration. */
export interface ConfigurationProblem {
  /** The key as the user wrote it, such as `appliance.virtualFunctions`. */
  readonly key: string;
  readonly message: string;
}

/** Longest value that is repeated in a message. */
const longestValue = 60;
/** A key counts as a misspelling of another one up to this share of its length. */
const nearestShare = 0.5;

/** Every problem of a failed parse, in the order of the keys. `values` is what was parsed. */
export function toProblems(error: z.ZodError, values: unknown, schema: z.ZodType): ConfigurationProblem[] {
  return error.issues.flatMap((issue) => toProblem(issue, values, schema));
}

function toProblem(issue: z.core.$ZodIssue, values: unknown, schema: z.ZodType): ConfigurationProblem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, path, values);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const hint =
        near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${[...path, near].join(".")}?`;
      return { key: [...path, key].join("."), message: `is not a key of this stack; ${hint}` };
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length === 0) {
    const options = (issue as { options?: readonly unknown[] }).options ?? [];
    const wanted = options.length === 0 ? "" : `; right would be one of: ${options.join(", ")}`;
    return [{ key: path.join("."), message: `${describeValue(valueAt(values, path))}${wanted}` }];
  }
  const value = valueAt(values, path);
  return [{ key: path.join("."), message: `${describeValue(value)}; right would be ${expectation(issue)}` }];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return isDefaultMessage(issue.message) ? `${issue.minimum} or more` : issue.message;
    case "too_big":
      return isDefaultMessage(issue.message) ? `${issue.maximum} or less` : issue.message;
    case "invalid_value":
      return isDefaultMessage(issue.message) ? `one of: ${issue.values.join(", ")}` : issue.message;
    case "invalid_type":
      return isDefaultMessage(issue.message) ? `a value of type ${issue.expected}` : issue.message;
    default:
      return issue.message;
  }
}

function isDefaultMessage(message: string): boolean {
  return /^(Invalid|Too (small|big)|Expected)/.test(message);
}

function describeValue(value: unknown): string {
  if (value === undefined) return "is missing";
  const text = JSON.stringify(value);
  return `is ${text.length > longestValue ? `${text.slice(0, longestValue)}…` : text}`;
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  let current = values;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

/** The keys that an object of the schema has at a path, following the variant that the values chose in a union. */
function knownKeys(schema: z.ZodType, path: readonly string[], values: unknown): string[] {
  let current: z.ZodType = schema;
  let value = values;
  for (const key of path) {
    current = unwrap(current, value);
    if (current instanceof z.ZodObject) current = current.shape[key] as z.ZodType;
    else if (current instanceof z.ZodArray) current = current.element as z.ZodType;
    else return [];
    value = valueAt(value, [key]);
  }
  current = unwrap(current, value);
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function unwrap(schema: z.ZodType, value: unknown): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.def.innerType as z.ZodType, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const source = valueAt(value, [schema.def.discriminator]);
    const chosen = schema.options.find((option) => {
      const field = (option as z.ZodObject).shape[schema.def.discriminator];
      return field instanceof z.ZodLiteral && field.values.has(source as string);
    });
    return chosen === undefined ? schema : unwrap(chosen as z.ZodType, value);
  }
  return schema;
}

/** The candidate with the smallest edit distance, if it is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best === undefined) return undefined;
  return best.distance <= Math.max(word.length, best.candidate.length) * nearestShare
    ? best.candidate
    : undefined;
}

/** Levenshtein distance (Wagner and Fischer 1974): least number of single-letter changes from one word to the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The text that ends a preview: one line a problem, each with the command or file to mend it in. */
export function describeProblems(problems: readonly ConfigurationProblem[], stack: string): string {
  const lines = problems.map(({ key, message }) => `  ${projectName}:${key} ${message}`);
  const number = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  return [`Pulumi.${stack}.yaml has ${number}:`, ...lines].join("\n");
}
