/** What goes wrong with a cloud, in sentences. */
import * as z from "zod";

/** A refusal or a failure of a cloud's service. The message is for the user. */
export class CloudError extends Error {
  /** HTTP status; null: there was no answer. */
  readonly status: number | null;
  /** What the service itself said, shorn of its wrapping. */
  readonly detail: string;

  constructor(message: string, status: number | null, detail = "") {
    super(message);
    this.name = "CloudError";
    this.status = status;
    this.detail = detail;
  }
}

/** Whether the thing that was asked for is not there (any more). */
export function isNotFound(error: unknown): boolean {
  return error instanceof CloudError && error.status === 404;
}

/** Each service wraps its message in its own way: Blazar by itself, Neutron and Nova below a name, Keystone below `error`. */
const messageSchema = z.union([
  z.object({ error_message: z.string() }).transform((body) => body.error_message),
  z.object({ message: z.string() }).transform((body) => body.message),
]);

/** The message in the body of an error; the body's text where it has none. */
export function messageIn(body: unknown): string {
  const direct = messageSchema.safeParse(body);
  if (direct.success) return direct.data;
  if (typeof body === "object" && body !== null) {
    for (const inner of Object.values(body)) {
      const wrapped = messageSchema.safeParse(inner);
      if (wrapped.success) return wrapped.data;
    }
  }
  return typeof body === "string" ? body.replace(/<[^>]*>/g, " ").trim() : (JSON.stringify(body) ?? "");
}
