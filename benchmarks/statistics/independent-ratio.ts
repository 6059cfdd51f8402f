/**
 * The ratio of two runs' medians. Runs have no block in common, so that each is resampled for itself; what differs between their hours or
 * their boots is part of the ratio and can't be told from what differs between their stacks.
 */
import { acceleration, bcaInterval, expandedConfidence, type Interval } from "./bca.ts";
import { type LaunchValue, logRatio } from "./blocks.ts";
import { cannotSay, isCannotSay, percentText, type Said, tooFew, whyNotPositive } from "./cannot-say.ts";
import type { RandomStream } from "./generator.ts";
import { medianOf } from "./quantile.ts";
import type { BootstrapSettings } from "./ratio.ts";
import { independentLogRatios, type LaunchesOfBlocks } from "./resample.ts";
import { blocksForTwoSided } from "./signed-rank.ts";

/** The median of one run over that of another. */
export interface IndependentRatio {
  readonly value: number;
  readonly confidence: number;
  readonly interval: Said<Interval>;
}

/**
 * The launches of one environment in one run as independent units: those of one block belong together, and so do blocks that share an
 * activation of the environment.
 */
export function independentUnits(launches: readonly LaunchValue[]): (readonly number[])[] {
  const units: { activations: ReadonlySet<number>; values: readonly number[] }[] = [];
  for (const ofBlock of Map.groupBy(launches, ({ block }) => block).values()) {
    const activations = new Set(ofBlock.flatMap(({ activation }) => activation ?? []));
    const sharing = units.filter((unit) => [...unit.activations].some((one) => activations.has(one)));
    for (const unit of sharing) units.splice(units.indexOf(unit), 1);
    units.push({
      activations: new Set([...sharing.flatMap((unit) => [...unit.activations]), ...activations]),
      values: [...sharing.flatMap(({ values }) => values), ...ofBlock.map(({ value }) => value)],
    });
  }
  return units.map(({ values }) => values);
}

/** The estimate without each unit of the first and of the second run, as `acceleration` takes them. */
export function leaveOneUnitOut(subject: LaunchesOfBlocks, reference: LaunchesOfBlocks): number[][] {
  return [
    subject.map((_, left) => logRatioOf(subject.toSpliced(left, 1), reference)),
    reference.map((_, left) => logRatioOf(subject, reference.toSpliced(left, 1))),
  ];
}

function logRatioOf(subject: LaunchesOfBlocks, reference: LaunchesOfBlocks): number {
  return logRatio(medianOf(subject.flat()), medianOf(reference.flat()));
}

/**
 * The ratio with its BCa interval on logarithms, at the level that covers with as few units as the smaller run has. A run with fewer units
 * than any interval of a median needs gives none.
 */
export function ratioOfIndependentMedians(
  subject: LaunchesOfBlocks,
  reference: LaunchesOfBlocks,
  { confidence, resamples }: BootstrapSettings,
  stream: RandomStream,
): Said<IndependentRatio> {
  const wrong = whyNotPositive([subject, reference].flat(2));
  if (wrong !== null) return cannotSay(wrong);
  const estimate = logRatioOf(subject, reference);
  const ratio = { value: Math.exp(estimate), confidence };
  const units = Math.min(subject.length, reference.length);
  const needed = blocksForTwoSided(1 - confidence);
  if (units < needed) {
    const what = `a ratio's interval at ${percentText(confidence)}`;
    return { ...ratio, interval: tooFew(`${what} in each run`, "launches", needed, units) };
  }
  const interval = bcaInterval(
    independentLogRatios(subject, reference, resamples, stream),
    estimate,
    acceleration(leaveOneUnitOut(subject, reference)),
    expandedConfidence(confidence, units),
  );
  if (isCannotSay(interval)) return { ...ratio, interval };
  return { ...ratio, interval: { lower: Math.exp(interval.lower), upper: Math.exp(interval.upper) } };
}
