/**
 * The comparisons of one figure: ratio, difference and equivalence of each pair, adjusted for how many pairs there are.
 *
 * A difference is what the signed-rank test finds after Holm's adjustment; the bootstrap interval says how large it is. Both are kept
 * because they answer different questions: the interval's coverage is that of one ratio, and near 95 % with few blocks, while the test
 * holds its level exactly and over the whole figure.
 */
import type { Fidelity } from "../../infra/inventory.ts";
import { blockLogRatios, type PairedBlock, type Pairing, pairBlocks } from "./blocks.ts";
import { type CannotSay, isAnswer, isCannotSay, percentText, type Said, tooFew } from "./cannot-say.ts";
import { type MinimumDetectable, minimumDetectable } from "./detectable.ts";
import { type Equivalence, testEquivalence } from "./equivalence.ts";
import { randomStream } from "./generator.ts";
import { holmAdjusted } from "./holm.ts";
import { type BootstrapSettings, type Ratio, ratioOfMedians } from "./ratio.ts";
import type { Sample } from "./sample.ts";
import { blocksForOneSided, blocksForTwoSided, signedRank } from "./signed-rank.ts";

export interface ComparisonSettings extends BootstrapSettings {
  readonly seed: number;
  /** The chance of even one false difference in the figure, and of even one false equivalence. */
  readonly level: number;
  /** Of the minimum detectable difference. */
  readonly power: number;
  /** What "near" is, as a fraction of the denominator; null: equivalence is not asked. */
  readonly margin: number | null;
}

export const usualSettings = {
  confidence: 0.95,
  resamples: 10_000,
  level: 0.05,
  power: 0.8,
} as const satisfies Partial<ComparisonSettings>;

/** Two samples of one benchmark and size: the ratio is subject over reference. */
export interface Pair<Kind extends Fidelity = Fidelity> {
  readonly subject: Sample<Kind>;
  readonly reference: Sample<Kind>;
}

export interface Difference {
  readonly pValue: number;
  readonly adjustedPValue: number;
  readonly found: boolean;
  /** Beside "no difference"; null where one was found. */
  readonly minimumDetectable: Said<MinimumDetectable> | null;
}

export interface AdjustedEquivalence extends Equivalence {
  readonly adjustedPValue: number;
  readonly shown: boolean;
}

export interface Comparison<Kind extends Fidelity = Fidelity> {
  readonly fidelity: Kind;
  readonly pair: Pair<Kind>;
  readonly ratio: Said<Ratio>;
  /** Blocks with both environments. */
  readonly completeBlocks: number;
  /** Of blocks that share an activation only one counts as complete: so many others are joined to it. */
  readonly joinedBlocks: number;
  readonly launchesWithoutPartner: number;
  readonly difference: Said<Difference>;
  /** Null: not asked. */
  readonly equivalence: Said<AdjustedEquivalence> | null;
}

/** The comparisons of a figure, in the order of its pairs. */
export function compareFigure<Kind extends Fidelity>(
  pairs: readonly Pair<Kind>[],
  settings: ComparisonSettings,
): Comparison<Kind>[] {
  const paired = pairs.map(({ subject, reference }) => {
    requireSameCell(subject, reference);
    return usable(pairBlocks(subject.launches, reference.launches));
  });
  const differences = testDifferences(paired, settings);
  const equivalences = testEquivalences(paired, settings);
  return pairs.map((pair, index) => {
    const pairing = paired[index] as Usable;
    const blocks = isCannotSay(pairing) ? [] : pairing.blocks;
    return {
      fidelity: pair.subject.fidelity,
      pair,
      ratio: isCannotSay(pairing) ? pairing : pairRatio(pair, pairing.blocks, settings),
      completeBlocks: blocks.length,
      joinedBlocks: isCannotSay(pairing) ? 0 : pairing.joinedBlocks,
      launchesWithoutPartner: isCannotSay(pairing)
        ? pair.subject.launches.length + pair.reference.launches.length
        : pairing.launchesWithoutPartner,
      difference: differences[index] as Said<Difference>,
      equivalence: equivalences[index] as Said<AdjustedEquivalence> | null,
    };
  });
}

type Usable = Said<Pairing>;

function usable(pairing: Usable): Usable {
  if (isCannotSay(pairing) || pairing.blocks.length > 0) return pairing;
  return tooFew("a ratio", "complete blocks", 1, 0);
}

/** A ratio of unlike things would be a number all the same. */
function requireSameCell(subject: Sample, reference: Sample): void {
  for (const field of ["benchmark", "sizeBytes", "statistic", "unit", "fidelity"] as const) {
    if (subject[field] !== reference[field]) {
      throw new RangeError(`${field} differs: ${subject[field]} and ${reference[field]} can't be compared`);
    }
  }
}

function pairRatio(pair: Pair, blocks: readonly PairedBlock[], settings: ComparisonSettings): Ratio {
  const { benchmark, sizeBytes, statistic, environment: numerator } = pair.subject;
  const denominator = pair.reference.environment;
  // The same resamples whichever of both is the numerator, so that the two intervals are each other's inverse.
  const purpose = ["ratio", benchmark, sizeBytes, statistic, ...[numerator, denominator].sort()].join(" ");
  return ratioOfMedians(blocks, { numerator, denominator }, settings, randomStream(settings.seed, purpose));
}

/** Results for those that have any, adjusted together; a pair that can't be tested is no test, since only its number of blocks decides that. */
function adjustedTogether<Tested extends { readonly pValue: number }>(
  tests: readonly Said<Tested>[],
): Said<Tested & { readonly adjustedPValue: number }>[] {
  const tested = tests.filter(isAnswer);
  const adjusted = holmAdjusted(tested.map(({ pValue }) => pValue));
  const byTest = new Map(tested.map((test, index) => [test, adjusted[index] as number]));
  return tests.map((test) =>
    isAnswer(test) ? { ...test, adjustedPValue: byTest.get(test) as number } : test,
  );
}

function testDifferences(paired: readonly Usable[], settings: ComparisonSettings): Said<Difference>[] {
  const { level, power } = settings;
  const alone = blocksForTwoSided(level);
  const tests = paired.map((pairing) => {
    if (isCannotSay(pairing)) return pairing;
    const { blocks } = pairing;
    if (blocks.length < alone) return cannotTest("a difference", level, 1, alone, blocks.length);
    const logRatios = blockLogRatios(blocks);
    return { logRatios, pValue: signedRank(logRatios).twoSidedPValue };
  });
  const family = tests.filter(isAnswer).length;
  return adjustedTogether(tests).map((test) => {
    if (isCannotSay(test)) return test;
    const { logRatios, pValue, adjustedPValue } = test;
    if (adjustedPValue <= level) return { pValue, adjustedPValue, found: true, minimumDetectable: null };
    const needed = blocksForTwoSided(level / family);
    if (logRatios.length < needed) return cannotTest("a difference", level, family, needed, logRatios.length);
    const detectable = minimumDetectable(logRatios, level / family, power);
    return { pValue, adjustedPValue, found: false, minimumDetectable: detectable };
  });
}

function testEquivalences(
  paired: readonly Usable[],
  { level, margin }: ComparisonSettings,
): (Said<AdjustedEquivalence> | null)[] {
  if (margin === null) return paired.map(() => null);
  const tests = paired.map((pairing) => {
    if (isCannotSay(pairing)) return pairing;
    const equivalence = testEquivalence(blockLogRatios(pairing.blocks), margin, level);
    return isCannotSay(equivalence) ? equivalence : { ...equivalence, blocks: pairing.blocks.length };
  });
  const family = tests.filter(isAnswer).length;
  return adjustedTogether(tests).map((test) => {
    if (isCannotSay(test)) return test;
    const { blocks, ...equivalence } = test;
    const shown = equivalence.adjustedPValue <= level;
    const needed = blocksForOneSided(level / family);
    if (!shown && blocks < needed) return cannotTest("equivalence", level, family, needed, blocks);
    return { ...equivalence, shown };
  });
}

function cannotTest(what: string, level: number, family: number, needed: number, there: number): CannotSay {
  const among = family === 1 ? "" : ` among ${family} comparisons`;
  return tooFew(`${what} at ${percentText(level)}${among}`, "complete blocks", needed, there);
}
