/** Holds the evidence of environments against each other. Pure. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { type EnvironmentName, environmentNameSchema } from "../../infra/inventory.ts";
import type { Evidence } from "./evidence.ts";
import { type Fact, factsOf } from "./facts.ts";

/** One record of what an environment was on one node; an environment that changes during a run has several. */
export interface PlacedEvidence {
  readonly environment: EnvironmentName;
  readonly node: string;
  readonly guest?: string | undefined;
  readonly evidence: Evidence;
}

export const differenceSchema = z.strictObject({
  what: z.string().describe("as in kernel, or sha256 of ib_send_lat"),
  fairness: z
    .enum(["unfair", "declared"])
    .describe(
      "unfair: environments that differ in it are not compared; declared: what the comparison is about",
    ),
  values: z.array(
    z.strictObject({
      environment: environmentNameSchema,
      node: z.string().optional().describe("absent: the environment has this value everywhere"),
      guest: z.string().optional(),
      value: z.string().describe("of lists only the items that others lack; long ones as a digest"),
    }),
  ),
});
/** A fact that is not the same everywhere. */
export type Difference = z.infer<typeof differenceSchema>;

export const comparisonSchema = z.strictObject({
  environments: z.tuple([environmentNameSchema, environmentNameSchema]),
  comparable: z.boolean().describe("false: a ratio of their results says nothing of the environments"),
  reasons: z.array(z.string()).describe("why they are not comparable"),
});
/** Whether results of two environments may be held against each other. */
export type Comparison = z.infer<typeof comparisonSchema>;

/** Longest value that is told as it is. */
const longestValue = 120;
const notKnown = "not known";

interface PlacedFact {
  readonly place: PlacedEvidence;
  readonly fact: Fact;
}

/** Every fact with all its places, in the facts' order. */
function factsByName(evidences: readonly PlacedEvidence[]): Map<string, PlacedFact[]> {
  const facts = evidences.flatMap((place) => factsOf(place.evidence).map((fact) => ({ place, fact })));
  return Map.groupBy(facts, ({ fact }) => fact.what);
}

function plainText({ value }: Fact): string {
  if (value === null) return notKnown;
  return typeof value === "string" ? value : value.join(" ");
}

/**
 * Every fact that differs between any two places; what is unfair comes first. A declared fact that is known on one side only
 * is none: containers have a runtime and guests have pins, and nothing else has.
 */
export function findDifferences(evidences: readonly PlacedEvidence[]): Difference[] {
  const differences = [...factsByName(evidences)].flatMap(([what, places]): Difference[] => {
    const fairness = places[0]?.fact.fairness ?? "declared";
    const told = fairness === "unfair" ? places : places.filter(({ fact }) => fact.value !== null);
    if (new Set(told.map(({ fact }) => plainText(fact))).size < 2) return [];
    const lists = told.flatMap(({ fact: { value } }) =>
      Array.isArray(value) ? [new Set<string>(value)] : [],
    );
    const valued = told.map(({ place, fact }) => ({ place, value: toldValue(fact, lists) }));
    const values = [...Map.groupBy(valued, ({ place }) => place.environment).values()].flatMap(valuesOf);
    return [{ what, fairness, values }];
  });
  return [
    ...differences.filter(({ fairness }) => fairness === "unfair"),
    ...differences.filter(({ fairness }) => fairness === "declared"),
  ];
}

/** The values of one environment: a single one where it is the same on all nodes, as it nearly always is. */
function valuesOf(
  places: readonly { readonly place: PlacedEvidence; readonly value: string }[],
): Difference["values"] {
  const everywhere = new Set(places.map(({ value }) => value)).size === 1;
  const values = places.map(({ place: { environment, node, guest }, value }) => ({
    environment,
    ...(everywhere ? {} : { node, ...(guest === undefined ? {} : { guest }) }),
    value,
  }));
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function toldValue(fact: Fact, lists: readonly ReadonlySet<string>[]): string {
  if (fact.value === null) return notKnown;
  if (typeof fact.value === "string") {
    return fact.value.length <= longestValue
      ? fact.value
      : `${fact.value.slice(0, longestValue / 2)}… (sha256 ${shortDigest(fact.value)})`;
  }
  const own = fact.value.filter((item) => !lists.every((list) => list.has(item)));
  if (own.length === 0) return "only what all have";
  const text = own.join(" ");
  return text.length <= longestValue ? text : `${own.length} that not all have (sha256 ${shortDigest(text)})`;
}

function shortDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Every pair of the environments, in their order. */
export function compareEnvironments(
  environments: readonly EnvironmentName[],
  evidences: readonly PlacedEvidence[],
): Comparison[] {
  const known = new Map(
    environments.map((name) => [name, evidences.filter(({ environment }) => environment === name)]),
  );
  return environments.flatMap((a, index) =>
    environments.slice(index + 1).map((b) => {
      const reasons = unfairReasons([a, known.get(a) ?? []], [b, known.get(b) ?? []]);
      return { environments: [a, b], comparable: reasons.length === 0, reasons };
    }),
  );
}

type Side = readonly [EnvironmentName, readonly PlacedEvidence[]];

function unfairReasons(a: Side, b: Side): string[] {
  const unknown = [a, b].filter(([, evidences]) => evidences.length === 0);
  if (unknown.length > 0) return unknown.map(([name]) => `nothing is known of ${name}`);
  const facts = [a, b].map(([, evidences]) => factsByName(evidences));
  return [...(facts[0] ?? [])].flatMap(([what, ofFirst]) => {
    const ofSecond = facts[1]?.get(what);
    // A program that one environment lacks has no results there either.
    if (ofFirst[0]?.fact.fairness !== "unfair" || ofSecond === undefined) return [];
    const [first = "", second = ""] = [ofFirst, ofSecond].map(distinctValues);
    return first === second
      ? []
      : [`${what}: ${shortDigests(first)} in ${a[0]}, ${shortDigests(second)} in ${b[0]}`];
  });
}

/** The values of a fact on all nodes of an environment: usually one. */
function distinctValues(places: readonly PlacedFact[]): string {
  return [...new Set(places.map(({ fact }) => plainText(fact)))].sort().join(" and ");
}

/** A text with its SHA-256 digests told by their beginning. */
export function shortDigests(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, "$1");
}
