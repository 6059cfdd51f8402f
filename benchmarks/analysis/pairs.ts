/** The pairs of environments of one benchmark. */
import type { EnvironmentName, Fidelity } from "../../infra/inventory.ts";
import type { Comparison as Comparability } from "../evidence/compare.ts";
import { isCannotSay } from "../statistics/cannot-say.ts";
import {
  type Comparison,
  type ComparisonSettings,
  compareFigure,
  type Pair,
} from "../statistics/comparison.ts";
import { type RelativeChange, relativeChange } from "../statistics/ratio.ts";
import type { CellAnalysis } from "./analysis.ts";

interface PairFields {
  readonly subject: EnvironmentName;
  /** What percentages are fractions of: native where it is one of both. */
  readonly reference: EnvironmentName;
  readonly sizeBytes: number | null;
}

/** Two environments at one size whose numbers may be held against each other. */
export interface ComparedPair<Kind extends Fidelity = Fidelity> extends PairFields {
  readonly comparable: true;
  readonly reasons: readonly [];
  readonly comparison: Comparison<Kind>;
  /** Where the reference is native: how much worse the subject is, as a fraction of native. */
  readonly overhead: RelativeChange | null;
  /** Where it is not: how much better the subject is, as a fraction of the reference. */
  readonly improvement: RelativeChange | null;
}

/** Two environments that differ in more than the environment: no ratio, and why. */
export interface RefusedPair extends PairFields {
  readonly comparable: false;
  readonly reasons: readonly string[];
  readonly comparison: null;
  readonly overhead: null;
  readonly improvement: null;
}

export type PairAnalysis<Kind extends Fidelity = Fidelity> = ComparedPair<Kind> | RefusedPair;

/** Every pair of cells at every size; Holm's adjustment over those that are comparable. */
export function pairAnalyses<Kind extends Fidelity>(
  cells: readonly CellAnalysis<Kind>[],
  comparability: readonly Comparability[],
  better: "lower" | "higher",
  settings: ComparisonSettings,
): PairAnalysis<Kind>[] {
  const there = [...Map.groupBy(cells, ({ sizeBytes }) => sizeBytes).values()].flatMap((ofSize) =>
    comparability.flatMap(({ environments, comparable, reasons }) => {
      const [first, second] = environments.map((name) =>
        ofSize.find(({ environment }) => environment === name),
      );
      if (first === undefined || second === undefined) return [];
      const [subject, reference] = first.environment === "native" ? [second, first] : [first, second];
      return [{ subject: subject.sample, reference: reference.sample, comparable, reasons }];
    }),
  );
  const compared = there.filter(({ comparable }) => comparable);
  const comparisons = new Map<Pair<Kind>, Comparison<Kind>>(
    compareFigure(compared, settings).map((comparison, index) => [compared[index] as Pair<Kind>, comparison]),
  );
  return there.map((pair) => {
    const { environment: subject, sizeBytes } = pair.subject;
    const fields = { subject, reference: pair.reference.environment, sizeBytes };
    const comparison = comparisons.get(pair);
    return comparison === undefined
      ? { ...fields, ...refused, reasons: pair.reasons }
      : { ...fields, comparable: true, reasons: [], comparison, ...changesOf(comparison, better) };
  });
}

const refused = { comparable: false, comparison: null, overhead: null, improvement: null } as const;

function changesOf({ ratio }: Comparison, better: "lower" | "higher") {
  if (isCannotSay(ratio)) return { overhead: null, improvement: null };
  return ratio.denominator === "native"
    ? { overhead: relativeChange(ratio, better, "overhead"), improvement: null }
    : { overhead: null, improvement: relativeChange(ratio, better, "improvement") };
}
