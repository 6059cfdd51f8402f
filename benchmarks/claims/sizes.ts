/** Ranges of message sizes by the paper's words. */

export interface SizeRange {
  readonly words: string;
  readonly minBytes: number;
  readonly maxBytes: number;
  /** Ranges of which each must have a size in the results: a sentence about a curve can't be judged on one end of it. */
  readonly needs: readonly SizeRange[];
}

function range(words: string, minBytes: number, maxBytes: number): SizeRange {
  return { words, minBytes, maxBytes, needs: [] };
}

/** The only range that the paper defines (C5): "medium message sizes ranging from 256 bytes to 8 Kbytes". */
export const mediumSizes = range("medium sizes (256 B to 8 KiB)", 256, 8192);
/** What is below and above it; the paper does not say more. */
export const smallSizes = range("small sizes (below 256 B)", 1, 255);
export const largeSizes = range("large sizes (above 8 KiB)", 8193, Number.POSITIVE_INFINITY);
export const eightBytes = range("8 B", 8, 8);
/** All sizes, said or meant; also the one cell of a benchmark without sizes. */
export const allSizes: SizeRange = {
  ...range("all sizes", 1, Number.POSITIVE_INFINITY),
  needs: [smallSizes, mediumSizes, largeSizes],
};
/** The sizes with full bandwidth: where a peak is looked for. */
export const peakSizes: SizeRange = {
  ...range("the peak", 1, Number.POSITIVE_INFINITY),
  needs: [largeSizes],
};

/** The sizes in a range. A benchmark without sizes (null) is in every range. */
export function sizesIn(sizesBytes: readonly (number | null)[], { minBytes, maxBytes }: SizeRange) {
  return sizesBytes.filter(
    (sizeBytes) => sizeBytes === null || (sizeBytes >= minBytes && sizeBytes <= maxBytes),
  );
}
