/** What the analysis says of two environments, as sentences that claim no more than it does. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { BenchmarkAnalysis } from "../../analysis/analysis.ts";
import type { PairAnalysis } from "../../analysis/pairs.ts";
import { isAnswer, isCannotSay } from "../../statistics/cannot-say.ts";
import type { RelativeChange } from "../../statistics/ratio.ts";
import { sizeText } from "../figures/describe-panel.ts";
import { labelOf } from "../figures/environment-style.ts";
import { readingOf } from "../figures/panels.ts";
import { counted, listed, percent, percentWithInterval } from "./numbers.ts";

/** A pair of one benchmark and size that could be compared. */
interface Outcome {
  readonly benchmark: string;
  readonly sizeBytes: number | null;
  /** Overhead where the reference is native, improvement where it is not; null: there is no ratio. */
  readonly change: RelativeChange | null;
  readonly comparison: NonNullable<PairAnalysis["comparison"]>;
}

/** The outcomes of two environments in benchmarks, in their order. */
function outcomesOf(
  benchmarks: readonly BenchmarkAnalysis[],
  subject: EnvironmentName,
  reference: EnvironmentName,
): Outcome[] {
  return benchmarks.flatMap(({ benchmark, pairs }) =>
    pairs.flatMap((pair) =>
      pair.subject === subject && pair.reference === reference && pair.comparison !== null
        ? [
            {
              benchmark: benchmark.title,
              sizeBytes: pair.sizeBytes,
              change: pair.overhead ?? pair.improvement,
              comparison: pair.comparison,
            },
          ]
        : [],
    ),
  );
}

interface Sorted {
  readonly worse: readonly Found[];
  readonly better: readonly Found[];
  readonly noneFound: readonly Outcome[];
  readonly cannotSay: readonly Outcome[];
}

type Found = Outcome & { readonly change: RelativeChange };

/** Outcomes by what the test found, and in which direction. */
function sorted(outcomes: readonly Outcome[]): Sorted {
  const reading = Map.groupBy(outcomes, ({ comparison }) => readingOf(comparison.difference));
  const found = (reading.get("difference") ?? []).filter((one): one is Found => one.change !== null);
  return {
    worse: found.filter(({ change }) => isWorse(change)),
    better: found.filter(({ change }) => !isWorse(change)),
    noneFound: reading.get("none found") ?? [],
    cannotSay: reading.get("cannot say") ?? [],
  };
}

function isWorse({ quantity, fraction }: RelativeChange): boolean {
  return quantity === "overhead" ? fraction > 0 : fraction < 0;
}

/** How far the subject is from the reference, whichever way. */
function distance({ change }: Found): number {
  return Math.abs(change.fraction);
}

function extremes(found: readonly Found[]): readonly [Found, Found] {
  const ordered = [...found].sort((a, b) => distance(a) - distance(b));
  return [ordered[0] as Found, ordered.at(-1) as Found];
}

/** "12 % (10 to 14 %)", without a sign: the words before it say the direction. */
function amount({ change }: Found): string {
  const { fraction, interval } = change;
  if (fraction >= 0) return percentWithInterval(fraction, interval);
  const turned = isCannotSay(interval) ? interval : { lower: -interval.upper, upper: -interval.lower };
  return percentWithInterval(-fraction, turned);
}

/**
 * The sentence of one benchmark: "VM-SR-IOV is slower than Native at 9 of 12 sizes, by 5.1 % (4.2 to 6.0 %) at 4 MiB to 32 % (29 to 35 %) at
 * 8 B; …". Null: the pair has no outcome.
 */
export function benchmarkSentence(
  benchmark: BenchmarkAnalysis,
  subject: EnvironmentName,
  reference: EnvironmentName,
): string | null {
  const outcomes = outcomesOf([benchmark], subject, reference);
  if (outcomes.length === 0) return null;
  const { worse, better, noneFound, cannotSay } = sorted(outcomes);
  const at = (part: readonly Outcome[]): string => {
    if (outcomes.length === 1) return "";
    return part.length === outcomes.length
      ? ` at all ${part.length} sizes`
      : ` at ${part.length} of ${outcomes.length} sizes`;
  };
  const directions = [
    { part: worse, word: "slower" },
    { part: better, word: "faster" },
  ].flatMap(({ part, word }) =>
    part.length === 0 ? [] : [`is ${word} than ${labelOf(reference)}${at(part)}, by ${rangeText(part)}`],
  );
  const parts = [
    ...directions,
    ...(noneFound.length === 0
      ? []
      : [`no difference was found${at(noneFound)}${detectableText(noneFound)}`]),
    ...(cannotSay.length === 0 ? [] : [`nothing can be said${at(cannotSay)}: ${reasonsText(cannotSay)}`]),
  ];
  const [first = "", ...others] = parts;
  const opening =
    directions.length > 0
      ? `${labelOf(subject)} ${first}`
      : `${labelOf(subject)} against ${labelOf(reference)}: ${first}`;
  return `${[opening, ...others].join("; ")}.`;
}

function rangeText(found: readonly Found[]): string {
  const [least, most] = extremes(found);
  const where = (one: Found): string => (one.sizeBytes === null ? "" : ` at ${sizeText(one.sizeBytes)}`);
  return least === most
    ? `${amount(most)}${where(most)}`
    : `${amount(least)}${where(least)} to ${amount(most)}${where(most)}`;
}

/** What "no difference" is worth: which one would have been found. */
function detectableText(noneFound: readonly Outcome[]): string {
  const detectable = noneFound.flatMap(({ comparison: { difference } }) => {
    if (isCannotSay(difference) || difference.minimumDetectable === null) return [];
    return isAnswer(difference.minimumDetectable) ? [difference.minimumDetectable] : [];
  });
  const ratios = detectable.map(({ ratio }) => ratio - 1);
  const [first] = detectable;
  if (first === undefined) return "; which one could have been found can't be said";
  const [least, most] = [percent(Math.min(...ratios)), percent(Math.max(...ratios))];
  const range = least === most ? least : `${least} to ${most}, depending on the size,`;
  return ` (one of ${range} or more would have been found with a probability of ${percent(first.power)})`;
}

function reasonsText(outcomes: readonly Outcome[]): string {
  const reasons = outcomes.flatMap(({ comparison: { difference } }) =>
    isCannotSay(difference) ? [difference.reason] : [],
  );
  return [...new Set(reasons)].join("; ");
}

/** Two environments over all benchmarks: how often which outcome, and the largest changes. Null: they were compared nowhere. */
export function overallSentence(
  benchmarks: readonly BenchmarkAnalysis[],
  subject: EnvironmentName,
  reference: EnvironmentName,
): string | null {
  const outcomes = outcomesOf(benchmarks, subject, reference);
  if (outcomes.length === 0) return null;
  const { worse, better, noneFound, cannotSay } = sorted(outcomes);
  const counts = [
    { part: worse, text: "slower in" },
    { part: better, text: "faster in" },
  ].flatMap(({ part, text }) => (part.length === 0 ? [] : [`${text} ${part.length}`]));
  const rest = [
    ...(noneFound.length === 0 ? [] : [`no difference was found in ${noneFound.length}`]),
    ...(cannotSay.length === 0 ? [] : [`nothing can be said in ${cannotSay.length}`]),
  ];
  const compared = `Of ${counted(outcomes.length, "comparison")} of ${labelOf(subject)} with ${labelOf(reference)}, it is`;
  const begin =
    counts.length > 0
      ? `${compared} ${[...counts, ...rest].length > 1 ? listed([...counts, ...rest]) : counts[0]}.`
      : `In ${counted(outcomes.length, "comparison")} of ${labelOf(subject)} with ${labelOf(reference)}: ${listed(rest)}.`;
  return [begin, largestText(worse, "slower"), largestText(better, "faster")]
    .filter((text) => text !== null)
    .join(" ");
}

function largestText(found: readonly Found[], word: string): string | null {
  if (found.length === 0) return null;
  const [, most] = extremes(found);
  const where = [most.benchmark, sizeText(most.sizeBytes)].filter((text) => text !== "").join(" at ");
  return `At most it is ${amount(most)} ${word}, in ${where}.`;
}
