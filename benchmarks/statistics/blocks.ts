/**
 * Launches of two environments, brought together by their block. What drifts over hours meets both environments of a block alike, so
 * that it leaves their ratio: the block is what is resampled and ranked, never the single launch.
 *
 * What an activation of an environment brings along (where memory lies, which processors serve interrupts) stays in the ratio. Blocks
 * are independent as long as each has activations of its own; where one spans several, as when a run was made in another way, these
 * are joined and count as one.
 */
import type { Said } from "./cannot-say.ts";
import { cannotSay, whyNotPositive } from "./cannot-say.ts";
import { medianOf } from "./quantile.ts";

/** The value of one launch at one size. */
export interface LaunchValue {
  readonly block: number;
  /** The launch's number in the order of the plan. */
  readonly position: number;
  /** The activation of the environment under which it ran; null: not known, taken as its block's own. */
  readonly activation: number | null;
  readonly value: number;
}

/** A block in which both environments were measured, or several that share an activation; then its number is that of the first. */
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
  /** Blocks that were joined to an earlier one: by so many, there are more blocks than independent ones. */
  readonly joinedBlocks: number;
}

/** Brings the launches together, in the order of the blocks. */
export function pairBlocks(
  subject: readonly LaunchValue[],
  reference: readonly LaunchValue[],
): Said<Pairing> {
  const wrong = whyNotPositive([...subject, ...reference].map(({ value }) => value));
  if (wrong !== null) return cannotSay(wrong);
  const references = Map.groupBy(reference, ({ block }) => block);
  const complete = [...Map.groupBy(subject, ({ block }) => block)].flatMap(([block, launches]) => {
    const partners = references.get(block);
    return partners === undefined ? [] : [{ block, subject: launches, reference: partners }];
  });
  complete.sort((a, b) => a.block - b.block);
  const paired = complete.reduce((sum, block) => sum + block.subject.length + block.reference.length, 0);
  const blocks = joinedBySharedActivations(complete);
  return {
    blocks: blocks.map((block) => ({
      block: block.block,
      subject: block.subject.map(({ value }) => value),
      reference: block.reference.map(({ value }) => value),
    })),
    launchesWithoutPartner: subject.length + reference.length - paired,
    joinedBlocks: complete.length - blocks.length,
  };
}

interface LaunchedBlock {
  readonly block: number;
  readonly subject: readonly LaunchValue[];
  readonly reference: readonly LaunchValue[];
}

/** Blocks with an activation in common become one, as do those that they have others in common with. */
function joinedBySharedActivations(blocks: readonly LaunchedBlock[]): LaunchedBlock[] {
  const groups: { members: LaunchedBlock[]; activations: Set<number> }[] = [];
  for (const block of blocks) {
    const activations = activationsInRatio(block);
    const sharing = groups.filter((group) => [...activations].some((one) => group.activations.has(one)));
    const [first] = sharing;
    if (first === undefined) {
      groups.push({ members: [block], activations });
      continue;
    }
    first.members = [...sharing.flatMap(({ members }) => members), block];
    first.activations = new Set([...activations, ...sharing.flatMap((group) => [...group.activations])]);
    for (const merged of sharing.slice(1)) groups.splice(groups.indexOf(merged), 1);
  }
  return groups.map(({ members }) => ({
    block: (members[0] as LaunchedBlock).block,
    subject: members.flatMap(({ subject }) => subject),
    reference: members.flatMap(({ reference }) => reference),
  }));
}

/** The activations that a block's ratio depends on: not those that both environments share, which leave it as the block's drift does. */
function activationsInRatio({ subject, reference }: LaunchedBlock): Set<number> {
  const [ofSubject, ofReference] = [activationsOf(subject), activationsOf(reference)];
  const inBoth = (activation: number): boolean => ofSubject.has(activation) && ofReference.has(activation);
  return new Set([...ofSubject, ...ofReference].filter((activation) => !inBoth(activation)));
}

function activationsOf(launches: readonly LaunchValue[]): Set<number> {
  return new Set(launches.flatMap(({ activation }) => (activation === null ? [] : [activation])));
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
