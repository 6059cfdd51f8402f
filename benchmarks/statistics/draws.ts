/** Draws with replacement, of which only counts are kept. */
import type { RandomNumbers } from "./generator.ts";

const words = 2 ** 32;

/**
 * Draws from as many things as `bound`, several from each random word: Nevin Brackett-Rozinsky and Daniel Lemire, "Batched ranged random
 * integer generation", Software: Practice and Experience 55(1), 2025. A word times the bound has the draw above 2^32, and below it what
 * the next draw is made of. All draws of a word together are equally likely once the least remainders are refused.
 */
export class Draws {
  readonly #random: RandomNumbers;
  readonly #bound: number;
  readonly #drawsPerWord: number;
  /** Of as many bounds as draws, as 32 bits: what a word times it leaves is what the last draw of the word leaves. */
  readonly #product: number;
  readonly #refusedBelow: number;

  /** @param bound from 1 to 2^21, so that products with a word stay below 2^53 */
  constructor(random: RandomNumbers, bound: number) {
    this.#random = random;
    this.#bound = bound;
    let drawsPerWord = 1;
    while (bound > 1 && bound ** (drawsPerWord + 1) <= words) drawsPerWord++;
    this.#drawsPerWord = drawsPerWord;
    this.#product = (bound ** drawsPerWord) | 0;
    this.#refusedBelow = words % bound ** drawsPerWord;
  }

  /** Adds to each of `bound` counts, from the one at `first` on, how often it was drawn in so many draws. */
  count(counts: Int32Array, first: number, draws: number): void {
    const bound = this.#bound;
    let left = draws;
    while (left > 0) {
      let word = this.#random.word();
      if (Math.imul(word, this.#product) >>> 0 < this.#refusedBelow) continue;
      const fromWord = Math.min(left, this.#drawsPerWord);
      for (let draw = 0; draw < fromWord; draw++) {
        const drawn = first + ((word * bound * 2 ** -32) | 0);
        counts[drawn] = (counts[drawn] as number) + 1;
        word = Math.imul(word, bound) >>> 0;
      }
      left -= fromWord;
    }
  }
}
