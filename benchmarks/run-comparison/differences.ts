/** What two runs' environments were, held against each other: a difference of numbers is one of stacks only where all else is alike. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import { shortDigests } from "../evidence/compare.ts";
import { type Fact, factsOf } from "../evidence/facts.ts";
import type { ResultSet } from "../result-set/result-set.ts";

/** A fact of an environment that is not the same in both runs. */
export interface EnvironmentDifference {
  readonly environment: EnvironmentName;
  /** As in kernel, or sha256 of ib_send_lat. */
  readonly what: string;
  /** `unfair`: within one run, environments that differ in it are not compared. */
  readonly fairness: Fact["fairness"];
  /** Of all nodes and guests; only what the other run lacks. */
  readonly first: string;
  readonly second: string;
}

const notKnown = "not known";
const nothingMore = "nothing that the other lacks";

/** Every fact that differs in the environments that both runs have, what is unfair first. */
export function environmentDifferences(first: ResultSet, second: ResultSet): EnvironmentDifference[] {
  const common = first.plan.suite.environments.filter((name) =>
    second.plan.suite.environments.includes(name),
  );
  const differences = common.flatMap((environment) => {
    const others = factsOfEnvironment(second, environment);
    return [...factsOfEnvironment(first, environment)].flatMap(([what, { fairness, values }]) => {
      const otherValues = others.get(what)?.values;
      // A program that one run lacks has no results there either.
      if (otherValues === undefined || sameItems(values, otherValues)) return [];
      return [
        {
          ...{ environment, what, fairness },
          first: onlyIn(values, otherValues),
          second: onlyIn(otherValues, values),
        },
      ];
    });
  });
  return [
    ...differences.filter(({ fairness }) => fairness === "unfair"),
    ...differences.filter(({ fairness }) => fairness === "declared"),
  ];
}

interface FactValues {
  readonly fairness: Fact["fairness"];
  readonly values: Set<string>;
}

/** Each fact of an environment with the values, or the items of lists, that it has anywhere in the run. */
function factsOfEnvironment({ events }: ResultSet, environment: EnvironmentName): Map<string, FactValues> {
  const facts = new Map<string, FactValues>();
  for (const event of events) {
    if (event.event !== "evidence" || event.environment !== environment) continue;
    for (const { what, fairness, value } of factsOf(event.evidence)) {
      const known = facts.get(what) ?? { fairness, values: new Set() };
      for (const item of value === null ? [notKnown] : [value].flat()) known.values.add(item);
      facts.set(what, known);
    }
  }
  return facts;
}

function sameItems(values: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return values.size === others.size && [...values].every((value) => others.has(value));
}

function onlyIn(values: ReadonlySet<string>, others: ReadonlySet<string>): string {
  const own = [...values].filter((value) => !others.has(value));
  return own.length === 0 ? nothingMore : shortDigests(own.join(" "));
}
