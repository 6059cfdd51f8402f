/** What parsers read from: a text, whole or piece by piece, and its lines one after the other. */

/** A text: whole, or in the pieces in which it comes out of a file, so that none of it need stay in memory. */
export type Source = string | { readonly pieces: Iterable<string> };

/** No tool prints lines as long as this, in characters; what is longer is no text. */
export const longestLine = 65_536;

/** One line, without its end. */
export interface Line {
  readonly text: string;
  /** Whether it ends in a newline. Only a last line can lack it. */
  readonly isWhole: boolean;
  /** Whether it goes on beyond `longestLine`; `text` is then its beginning, and nothing comes after it. */
  readonly isTooLong: boolean;
}

/** The lines of a text. What follows the last newline is a line unless it is empty. */
export function* linesOf(source: Source): Generator<Line, undefined> {
  let rest = "";
  for (const piece of typeof source === "string" ? [source] : source.pieces) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", start)) {
      const text = rest + piece.slice(start, end);
      rest = "";
      start = end + 1;
      if (text.length > longestLine) return yield tooLong(text);
      yield { text, isWhole: true, isTooLong: false };
    }
    rest += piece.slice(start);
    if (rest.length > longestLine) return yield tooLong(rest);
  }
  if (rest !== "") yield { text: rest, isWhole: false, isTooLong: false };
  return undefined;
}

function tooLong(text: string): Line {
  return { text: text.slice(0, longestLine), isWhole: false, isTooLong: true };
}
