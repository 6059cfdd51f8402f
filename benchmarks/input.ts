/** Reading what users and other programs hand in: a mistake becomes one clear sentence. */
import type * as z from "zod";

/** A mistake of the user's or of the world's; its message is shown as it is, without a stack trace. */
export class UserError extends Error {
  readonly exitStatus: number;
  constructor(message: string, exitStatus = 1) {
    super(message);
    this.name = "UserError";
    this.exitStatus = exitStatus;
  }
}

/**
 * Does what reads a file that the user named. Throws UserError when it can't be read.
 * @param what the file in a sentence: "the suite s.json"
 */
export function whileReading<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, "") : String(error);
    throw new UserError(`${what} can't be read: ${reason}`, 2);
  }
}

/** The first mistakes that a schema found, as one sentence with the path of each. */
export function schemaSentence(what: string, error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join(".");
    return path === "" ? issue.message : `${path}: ${issue.message}`;
  });
  const more = error.issues.length > shown.length ? `; and ${error.issues.length - shown.length} more` : "";
  return `${what} is not valid: ${shown.join("; ")}${more}`;
}

/** Parses JSON text and holds it to a schema. Throws UserError with one sentence that begins with `what`. */
export function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new UserError(schemaSentence(what, result.error));
  return result.data;
}
