/**
 * The hierarchical bootstrap of a ratio of medians: blocks are drawn with replacement, then within each drawn block as many launches as
 * it has (Davison and Hinkley, Bootstrap Methods and their Application, 1997, ch. 3.8: of its two strategies the one whose variance is
 * not too small).
 */
import { logRatio, type PairedBlock } from "./blocks.ts";
import { Draws } from "./draws.ts";
import { RandomNumbers, type RandomStream } from "./generator.ts";
import { ascending } from "./quantile.ts";

/** The values of each block's launches. */
export type LaunchesOfBlocks = readonly (readonly number[])[];

/**
 * One environment's launches by rank. A resample is then only how often each launch was drawn, and its median a walk over those counts:
 * nothing is sorted again, which is most of what a bootstrap of medians otherwise does.
 */
class RankedLaunches {
  readonly #sorted: Float64Array;
  /** Which launch has each rank, counted block after block. */
  readonly #launchAtRank: Int32Array;
  readonly #counts: Int32Array;
  readonly #blockSizes: Int32Array;
  readonly #drawsWithin: readonly Draws[];
  /** One launch a block: then a launch is drawn as often as its block, and there is nothing to draw within. */
  readonly #single: boolean;

  constructor(blocks: LaunchesOfBlocks, random: RandomNumbers) {
    const values = blocks.flat();
    this.#sorted = ascending(values);
    this.#launchAtRank = Int32Array.from(values.keys()).sort(
      (a, b) => (values[a] as number) - (values[b] as number),
    );
    this.#counts = new Int32Array(values.length);
    this.#blockSizes = Int32Array.from(blocks, ({ length }) => length);
    this.#drawsWithin = blocks.map(({ length }) => new Draws(random, length));
    this.#single = blocks.every(({ length }) => length === 1);
  }

  /** The median of as many launches from each block as it has, as often as the block was drawn. */
  median(blockCounts: Int32Array): number {
    if (this.#single) return this.#middle(blockCounts, blockCounts.length);
    const counts = this.#counts;
    clear(counts);
    let launches = 0;
    let begin = 0;
    for (let block = 0; block < blockCounts.length; block++) {
      const size = this.#blockSizes[block] as number;
      const drawn = size * (blockCounts[block] as number);
      (this.#drawsWithin[block] as Draws).count(counts, begin, drawn);
      launches += drawn;
      begin += size;
    }
    return this.#middle(counts, launches);
  }

  /** The mean of the one or two launches in the middle of as many as were drawn. */
  #middle(counts: Int32Array, drawn: number): number {
    const launchAtRank = this.#launchAtRank;
    const lower = (drawn - 1) >> 1;
    const upper = drawn >> 1;
    let rank = 0;
    let passed = counts[launchAtRank[0] as number] as number;
    while (passed <= lower) passed = (passed + (counts[launchAtRank[++rank] as number] as number)) | 0;
    const low = this.#sorted[rank] as number;
    if (passed > upper) return low;
    while (passed <= upper) passed = (passed + (counts[launchAtRank[++rank] as number] as number)) | 0;
    return low + ((this.#sorted[rank] as number) - low) / 2;
  }
}

/** How often each block was drawn in one resample. */
class DrawnBlocks {
  readonly counts: Int32Array;
  readonly #draws: Draws;

  constructor(blocks: number, random: RandomNumbers) {
    this.counts = new Int32Array(blocks);
    this.#draws = new Draws(random, blocks);
  }

  draw(): void {
    clear(this.counts);
    this.#draws.count(this.counts, 0, this.counts.length);
  }
}

/** For a few numbers `fill` costs more than all else that a resample does. */
function clear(counts: Int32Array): void {
  for (let index = 0; index < counts.length; index++) counts[index] = 0;
}

/**
 * The logarithms of the ratio in each resample, in no order. Both environments come from the same drawn blocks, as they were measured
 * together.
 */
export function resampledLogRatios(
  blocks: readonly PairedBlock[],
  resamples: number,
  stream: RandomStream,
): Float64Array {
  const random = new RandomNumbers(stream);
  const drawn = new DrawnBlocks(blocks.length, random);
  const [subject, reference] = (["subject", "reference"] as const).map(
    (side) =>
      new RankedLaunches(
        blocks.map((block) => block[side]),
        random,
      ),
  ) as [RankedLaunches, RankedLaunches];
  const logRatios = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    drawn.draw();
    logRatios[resample] = logRatio(subject.median(drawn.counts), reference.median(drawn.counts));
  }
  return logRatios;
}

/** The same of two runs, which have no block in common: each draws its own. */
export function independentLogRatios(
  subject: LaunchesOfBlocks,
  reference: LaunchesOfBlocks,
  resamples: number,
  stream: RandomStream,
): Float64Array {
  const random = new RandomNumbers(stream);
  const [subjectBlocks, referenceBlocks] = [subject, reference].map(
    ({ length }) => new DrawnBlocks(length, random),
  ) as [DrawnBlocks, DrawnBlocks];
  const [ofSubject, ofReference] = [subject, reference].map(
    (blocks) => new RankedLaunches(blocks, random),
  ) as [RankedLaunches, RankedLaunches];
  const logRatios = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    subjectBlocks.draw();
    referenceBlocks.draw();
    logRatios[resample] = logRatio(
      ofSubject.median(subjectBlocks.counts),
      ofReference.median(referenceBlocks.counts),
    );
  }
  return logRatios;
}
