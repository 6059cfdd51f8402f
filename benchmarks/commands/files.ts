/** Reading what the command line names. */
import { readFileSync } from "node:fs";
import { UserError } from "../input.ts";

/** The text of a file, `-` for standard input. Throws UserError when it can't be read. */
export function readNamedFile(name: string, what: string): string {
  try {
    return readFileSync(name === "-" ? 0 : name, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, "") : String(error);
    throw new UserError(`${what} ${name} can't be read: ${reason}`, 2);
  }
}
