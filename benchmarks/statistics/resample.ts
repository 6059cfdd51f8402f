/**
 * The hierarchical bootstrap of a ratio of medians: blocks are drawn with replacement, then within each drawn block as many launches as
 * it has (Davison and Hinkley, Bootstrap Methods and their Application, 1997, ch. 3.8: of its two strategies the one whose variance is
 * not too small). Both environments come from the same drawn blocks, as they were measured together.
 */
import { logRatio, type PairedBlock } from "./blocks.ts";
import { RandomNumbers, type RandomStream } from "./generator.ts";
import { ascending } from "./quantile.ts";

/**
 * One environment's launches by rank. A resample is then only how often each launch was drawn, and its median a walk over those counts:
 * nothing is sorted again, which is most of what a bootstrap of medians otherwise does.
 */
class RankedLaunches {
  readonly #sorted: Float64Array;
  /** Which launch has each rank, counted block after block. */
  readonly #launchAtRank: Int32Array;
  readonly #blockSizes: Int32Array;
  readonly #counts: Int32Array;
  /** One launch a block: then a launch is drawn as often as its block, and there is nothing to draw within. */
  readonly #single: boolean;

  constructor(blocks: readonly (readonly number[])[]) {
    const values = blocks.flat();
    this.#sorted = ascending(values);
    this.#launchAtRank = Int32Array.from(values.keys()).sort(
      (a, b) => (values[a] as number) - (values[b] as number),
    );
    this.#counts = new Int32Array(values.length);
    this.#blockSizes = Int32Array.from(blocks, ({ length }) => length);
    this.#single = blocks.every(({ length }) => length === 1);
  }

  /** The median of as many launches from each block as it has, as often as the block was drawn. */
  median(blockCounts: Int32Array, random: RandomNumbers): number {
    if (this.#single) return this.#middle(blockCounts, blockCounts.length);
    const counts = this.#counts.fill(0);
    let launches = 0;
    let begin = 0;
    for (let block = 0; block < blockCounts.length; block++) {
      const size = this.#blockSizes[block] as number;
      const drawn = size * (blockCounts[block] as number);
      for (let draw = 0; draw < drawn; draw++) {
        const launch = begin + random.below(size);
        counts[launch] = (counts[launch] as number) + 1;
      }
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

/** The logarithms of the ratio in each resample, ascending. */
export function resampledLogRatios(
  blocks: readonly PairedBlock[],
  resamples: number,
  stream: RandomStream,
): Float64Array {
  const random = new RandomNumbers(stream);
  const subject = new RankedLaunches(blocks.map((block) => block.subject));
  const reference = new RankedLaunches(blocks.map((block) => block.reference));
  const logRatios = new Float64Array(resamples);
  const blockCounts = new Int32Array(blocks.length);
  for (let resample = 0; resample < resamples; resample++) {
    blockCounts.fill(0);
    for (let drawn = 0; drawn < blockCounts.length; drawn++) {
      const block = random.below(blockCounts.length);
      blockCounts[block] = (blockCounts[block] as number) + 1;
    }
    logRatios[resample] = logRatio(
      subject.median(blockCounts, random),
      reference.median(blockCounts, random),
    );
  }
  return logRatios.sort();
}
