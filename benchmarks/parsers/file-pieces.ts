/** Files as the pieces that parsers read. */
import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { whileReading } from "../input.ts";

const pieceBytes = 65_536;

/** The text of a file piece by piece, `-` for standard input. Throws UserError when it can't be read. */
export function* filePieces(name: string): Generator<string, undefined> {
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.allocUnsafe(pieceBytes);
  const file = `the file ${name}`;
  const descriptor = name === "-" ? 0 : whileReading(file, () => openSync(name, "r"));
  try {
    for (;;) {
      const bytes = whileReading(file, () => readSync(descriptor, buffer));
      if (bytes === 0) break;
      yield decoder.write(buffer.subarray(0, bytes));
    }
    yield decoder.end();
  } finally {
    if (name !== "-") closeSync(descriptor);
  }
  return undefined;
}
