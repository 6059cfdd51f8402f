/** Reading what the command line names. */
import { readFileSync } from "node:fs";
import { whileReading } from "../input.ts";

/** The text of a file, `-` for standard input. Throws UserError when it can't be read. */
export function readNamedFile(name: string, what: string): string {
  return whileReading(`${what} ${name}`, () => readFileSync(name === "-" ? 0 : name, "utf8"));
}
