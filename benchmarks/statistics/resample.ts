/**
 * The hierarchical bootstrap of a ratio of medians: blocks are drawn with replacement, then within each drawn block as many launches as
 * it has (Davison and Hinkley, Bootstrap Methods and their Application, 1997, ch. 3.8: of its two strategies the one whose variance is
 * not too small). Both environments come from the same drawn blocks, as they were measured together.
 */
import { logRatio, type PairedBlock } from "./blocks.ts";
import { RandomNumbers, type RandomStream } from "./generator.ts";
import { ascending } from "./quantile.ts";

/**
 * One environment's launches by rank. A resample is then only a count a rank, and its median a walk over the counts: nothing is sorted
 * again, which is most of what a bootstrap of medians otherwise does.
 */
class RankedLaunches {
  readonly #sorted: Float64Array;
  /** Ranks of the launches, block after block. */
  readonly #ranks: Int32Array;
  /** Where each block's launches begin in the ranks, and where the last ends. */
  readonly #begins: Int32Array;
  readonly #counts: Int32Array;

  constructor(blocks: readonly (readonly number[])[]) {
    const values = blocks.flat();
    this.#sorted = ascending(values);
    this.#ranks = Int32Array.from(values, (value) => this.#sorted.indexOf(value));
    this.#counts = new Int32Array(values.length);
    this.#begins = new Int32Array(blocks.length + 1);
    blocks.forEach((block, index) => {
      this.#begins[index + 1] = (this.#begins[index] as number) + block.length;
    });
  }

  /** The median of as many launches from each drawn block as it has. */
  median(drawnBlocks: Int32Array, random: RandomNumbers): number {
    const counts = this.#counts.fill(0);
    const begins = this.#begins;
    const ranks = this.#ranks;
    let launches = 0;
    for (let index = 0; index < drawnBlocks.length; index++) {
      const block = drawnBlocks[index] as number;
      const begin = begins[block] as number;
      const size = (begins[block + 1] as number) - begin;
      launches += size;
      for (let launch = 0; launch < size; launch++) {
        const drawn = size === 1 ? begin : begin + random.below(size);
        const rank = ranks[drawn] as number;
        counts[rank] = (counts[rank] as number) + 1;
      }
    }
    return this.#middle(launches);
  }

  /**
   * The one or two launches in the middle: the rank of each is the number of ranks at which fewer than it and all before were passed.
   * Counted over all ranks by the sign of a difference, since a walk that ends early is mispredicted at its end, which costs more.
   */
  #middle(launches: number): number {
    const counts = this.#counts;
    const lower = (launches - 1) >> 1;
    const upper = launches >> 1;
    let lowRank = 0;
    let highRank = 0;
    let passed = 0;
    for (let rank = 0; rank < counts.length; rank++) {
      passed = (passed + (counts[rank] as number)) | 0;
      lowRank -= (passed - lower - 1) >> 31;
      highRank -= (passed - upper - 1) >> 31;
    }
    const low = this.#sorted[lowRank] as number;
    return low + ((this.#sorted[highRank] as number) - low) / 2;
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
  const drawnBlocks = new Int32Array(blocks.length);
  for (let resample = 0; resample < resamples; resample++) {
    for (let index = 0; index < drawnBlocks.length; index++) drawnBlocks[index] = random.below(blocks.length);
    logRatios[resample] = logRatio(
      subject.median(drawnBlocks, random),
      reference.median(drawnBlocks, random),
    );
  }
  return logRatios.sort();
}
