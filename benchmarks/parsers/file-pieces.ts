/** Files as the pieces that parsers read. */
import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { UserError } from "../input.ts";

const pieceBytes = 65_536;

/** The text of a file piece by piece, `-` for standard input. Throws UserError when it can't be read. */
export function* filePieces(name: string): Generator<string, undefined> {
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.allocUnsafe(pieceBytes);
  const descriptor = name === "-" ? 0 : attempt(name, () => openSync(name, "r"));
  try {
    for (;;) {
      const bytes = attempt(name, () => readSync(descriptor, buffer));
      if (bytes === 0) break;
      yield decoder.write(buffer.subarray(0, bytes));
    }
    yield decoder.end();
  } finally {
    if (name !== "-") closeSync(descriptor);
  }
  return undefined;
}

function attempt(name: string, action: () => number): number {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, "") : String(error);
    throw new UserError(`the file ${name} can't be read: ${reason}`, 2);
  }
}
