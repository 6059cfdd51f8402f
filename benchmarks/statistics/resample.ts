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
  #drawn = 0;

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

  /** Draws from one block as many launches as it has. */
  draw(block: number, random: RandomNumbers): void {
    const begin = this.#begins[block] as number;
    const count = (this.#begins[block + 1] as number) - begin;
    for (let launch = 0; launch < count; launch++) {
      const drawn = count === 1 ? begin : begin + random.below(count);
      const rank = this.#ranks[drawn] as number;
      this.#counts[rank] = (this.#counts[rank] as number) + 1;
    }
    this.#drawn += count;
  }

  /** The median of what was drawn, which is then forgotten. */
  takeMedian(): number {
    const lower = this.#drawn - 1 - (this.#drawn >> 1);
    let rank = 0;
    let passed = this.#counts[0] as number;
    while (passed <= lower) passed += this.#counts[++rank] as number;
    const low = this.#sorted[rank] as number;
    while (passed <= this.#drawn >> 1) passed += this.#counts[++rank] as number;
    const high = this.#sorted[rank] as number;
    this.#counts.fill(0);
    this.#drawn = 0;
    return low + (high - low) / 2;
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
  for (let resample = 0; resample < resamples; resample++) {
    for (let drawn = 0; drawn < blocks.length; drawn++) {
      const block = random.below(blocks.length);
      subject.draw(block, random);
      reference.draw(block, random);
    }
    logRatios[resample] = logRatio(subject.takeMedian(), reference.takeMedian());
  }
  return logRatios.sort();
}
