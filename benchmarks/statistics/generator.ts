/**
 * Random numbers of the analysis: xoshiro128** 1.1 by David Blackman and Sebastiano Vigna ("Scrambled linear pseudorandom number
 * generators", ACM Transactions on Mathematical Software 47(4), 2021; https://prng.di.unimi.it/xoshiro128starstar.c, public domain).
 * The mulberry32 of random.ts has 32 bits of state: enough for orders of launches, but a figure draws millions of numbers from many seeds,
 * and streams of so small a generator overlap.
 */
import { createHash } from "node:crypto";

/** A stream of random numbers. Not shared between analyses: each has its own, so that none depends on which ran before it. */
export class RandomStream {
  readonly #state: Int32Array;

  /** @param state four words of 32 bits, not all zero */
  constructor(state: ArrayLike<number>) {
    this.#state = Int32Array.from(state);
  }

  /** Fills the words with numbers from 0 to 2^32 − 1, each equally likely. */
  fill(words: Uint32Array): void {
    const state = this.#state;
    let [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state;
    for (let index = 0; index < words.length; index++) {
      const scrambled = Math.imul(s1, 5);
      words[index] = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
    state[0] = s0;
    state[1] = s1;
    state[2] = s2;
    state[3] = s3;
  }
}

/** The stream of a seed and of what it is for: another for each purpose, the same again for the same. */
export function randomStream(seed: number, purpose: string): RandomStream {
  const digest = createHash("sha256").update(`${seed} ${purpose}`).digest();
  return new RandomStream([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
}

const bufferedWords = 4096;

/** Words, whole numbers below a bound, and evenly spread fractions, from a stream. */
export class RandomNumbers {
  readonly #stream: RandomStream;
  readonly #words = new Uint32Array(bufferedWords);
  #next = bufferedWords;

  constructor(stream: RandomStream) {
    this.#stream = stream;
  }

  /** A whole number from 0 to 2^32 − 1, each equally likely. */
  word(): number {
    if (this.#next === bufferedWords) {
      this.#stream.fill(this.#words);
      this.#next = 0;
    }
    return this.#words[this.#next++] as number;
  }

  /**
   * A whole number in [0, bound), each equally likely: Daniel Lemire, "Fast random integer generation in an interval", ACM
   * Transactions on Modeling and Computer Simulation 29(1), 2019. Products stay below 2^53, so that doubles hold them exactly.
   * @param bound at most 2^21
   */
  below = (bound: number): number => {
    for (;;) {
      const word = this.word();
      const low = Math.imul(word, bound) >>> 0;
      if (low >= bound || low >= 2 ** 32 % bound) return (word * bound * 2 ** -32) | 0;
    }
  };

  /** A fraction in (0, 1), never either end: middles of 2^32 equal steps. */
  fraction(): number {
    return (this.word() + 0.5) / 2 ** 32;
  }
}
