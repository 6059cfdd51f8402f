/** What differs between environments and which of them may be compared, in as few lines as it takes. */
import { type Comparison, type Difference, shortDigests } from "../evidence/compare.ts";
import type { Results } from "../results.ts";

/** The part of `testbed results` below the table: a section each, none where there is nothing to say. */
export function comparisonSections(results: Results): string[] {
  const { differences, differencesOmitted, comparisons } = results;
  const refused = refusedLines(comparisons);
  const sectionOf = (title: string, fairness: Difference["fairness"]): string[] => {
    const lines = differences.filter((difference) => difference.fairness === fairness).map(differenceLine);
    return lines.length === 0 ? [] : [`${title}:\n${lines.join("")}`];
  };
  return [
    ...(refused.length === 0 ? [] : [`Not to be compared:\n${refused.join("")}`]),
    ...sectionOf("Differences that make a comparison unfair", "unfair"),
    ...sectionOf("Differences between environments", "declared"),
    ...(differencesOmitted === 0 ? [] : [`${differencesOmitted} more differences stand in results.json\n`]),
  ];
}

/** An environment that is apart for the same facts from several others is told once; their values stand below. */
function refusedLines(comparisons: readonly Comparison[]): string[] {
  const refused = comparisons.filter(({ comparable }) => !comparable);
  const alike = Map.groupBy(refused, ({ environments, reasons }) =>
    [environments[1], ...reasons.map(factName)].join("\n"),
  );
  return [...alike.values()].map((pairs) => {
    const [first] = pairs as [Comparison, ...Comparison[]];
    const others = pairs.map(({ environments }) => environments[0]).join(", ");
    const reasons = pairs.length === 1 ? first.reasons : first.reasons.map(factName);
    return `  ${first.environments[1]} is not compared with ${others}: ${reasons.join("; ")}\n`;
  });
}

/** A reason without the values. */
function factName(reason: string): string {
  return reason.replace(/: .*$/s, "");
}

/** One line a fact: each value with the environments that have it. */
function differenceLine({ what, values }: Difference): string {
  const told = [...Map.groupBy(values, ({ value }) => value)].map(([value, holders]) => {
    const names = holders.map(({ environment, node, guest }) =>
      node === undefined
        ? environment
        : `${environment} on ${guest === undefined ? node : `${node}/${guest}`}`,
    );
    return `${shortDigests(value)} (${names.join(", ")})`;
  });
  return `  ${what}: ${told.join(" | ")}\n`;
}
