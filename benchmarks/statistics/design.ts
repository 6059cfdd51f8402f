/**
 * The design of the measurement, pure: randomised complete blocks (Montgomery, Design and Analysis of Experiments, ch. 4). A block is
 * everything that is to be measured once, in random order, so that whatever drifts over the hours meets every environment alike. Within a
 * block the order is that of a split-plot design (ch. 14.4): who holds the adapter is hard to change (a switch detaches devices, may
 * restart guests and costs minutes on hardware), so all launches under one owner come together, and the order of the owners and that of
 * the launches of each are random.
 *
 * The unit is a launch: what a tool repeats within a launch shares its process, its memory and its connections. Launches are nested in an
 * activation of their environment, and activations in blocks: every owner is made active anew in each block, also where a block happens to
 * begin with the owner that the last one ended with. Otherwise both blocks would share what the activation brought along, and would count
 * as two where they are one; design.md shows how often differences would then be found that are none.
 */
import { type RandomBelow, shuffled } from "../random.ts";
import { usualSettings } from "./comparison.ts";
import { blocksForTwoSided } from "./signed-rank.ts";

/** One launch's place in the design. */
export interface DesignPoint<Content> {
  readonly content: Content;
  /** Counted from 1, warm-up blocks first. */
  readonly block: number;
  /** Run and kept, but no part of any result. */
  readonly warmUp: boolean;
}

export interface BlockDesign<Content> {
  /** Contents with the same answer come together within a block: what stays the same among them is hard to change. */
  readonly wholePlotOf: (content: Content) => unknown;
  readonly warmUpBlocks: number;
  /** Besides the warm-up blocks. */
  readonly blocks: number;
}

/** All blocks in their order. The same contents, design and random numbers give the same order. */
export function randomisedBlocks<Content>(
  contents: readonly Content[],
  { wholePlotOf, warmUpBlocks, blocks }: BlockDesign<Content>,
  randomBelow: RandomBelow,
): DesignPoint<Content>[] {
  const wholePlots = Map.groupBy(contents, wholePlotOf);
  return Array.from({ length: warmUpBlocks + blocks }, (_, index) => index + 1).flatMap((block) =>
    shuffled([...wholePlots.values()], randomBelow)
      .flatMap((members) => shuffled(members, randomBelow))
      .map((content) => ({ content, block, warmUp: block <= warmUpBlocks })),
  );
}

/** The fewest launches of which a median has an interval at the usual confidence, and with which two environments can differ at all: 6. */
export const fewestForInterval = blocksForTwoSided(1 - usualSettings.confidence);
