/**
 * Launches of two environments, brought together by their block. What drifts over hours meets both environments of a block alike, so
 * that it leaves their ratio: the block is what is resampled and ranked, never the single launch.
 */
import type { Said } from "./cannot-say.ts";
import { cannotSay, whyNotPositive } from "./cannot-say.ts";
import { medianOf } from "./quantile.ts";

/** The value of one launch at one size. */
export interface LaunchValue {
  readonly block: number;
  /** The launch's number in the order of the plan. */
  readonly position: number;
  readonly value: number;
}

/** A block in which both environments were measured. */
export interface PairedBlock {
  readonly block: number;
  readonly subject: readonly number[];
  readonly reference: readonly number[];
}

/** All that two environments have in common. */
export interface Pairing {
  readonly blocks: readonly PairedBlock[];
  /** Launches whose block lacks the other environment: counted, since they stand in the medians but not in the ratio. */
  readonly launchesWithoutPartner: number;
}

/** Brings the launches together, in the order of the blocks. */
export function pairBlocks(
  subject: readonly LaunchValue[],
  reference: readonly LaunchValue[],
): Said<Pairing> {
  const wrong = whyNotPositive([...subject, ...reference].map(({ value }) => value));
  if (wrong !== null) return cannotSay(wrong);
  const references = Map.groupBy(reference, ({ block }) => block);
  const blocks = [...Map.groupBy(subject, ({ block }) => block)].flatMap(([block, launches]) => {
    const partners = references.get(block);
    return partners === undefined
      ? []
      : [{ block, subject: launches.map(valueOfLaunch), reference: partners.map(valueOfLaunch) }];
  });
  blocks.sort((a, b) => a.block - b.block);
  const paired = blocks.reduce((sum, block) => sum + block.subject.length + block.reference.length, 0);
  return { blocks, launchesWithoutPartner: subject.length + reference.length - paired };
}

function valueOfLaunch({ value }: LaunchValue): number {
  return value;
}

const logSteps = 1e12;

/**
 * The logarithm of a ratio: on this scale "twice" and "half" are equally far from "the same". Rounded to 1e-12, so that ratios which are
 * equal stay equal whatever the unit: medians of few launches often meet, and ranks and bias corrections count how often.
 */
export function logRatio(subject: number, reference: number): number {
  return Math.round((Math.log(subject) - Math.log(reference)) * logSteps) / logSteps;
}

/** The log ratio of each block's medians. */
export function blockLogRatios(blocks: readonly PairedBlock[]): number[] {
  return blocks.map(({ subject, reference }) => logRatio(medianOf(subject), medianOf(reference)));
}

/** The log ratio of the medians over all launches of the blocks. */
export function logRatioOfMedians(blocks: readonly PairedBlock[]): number {
  const subject = medianOf(blocks.flatMap((block) => block.subject));
  return logRatio(subject, medianOf(blocks.flatMap((block) => block.reference)));
}
