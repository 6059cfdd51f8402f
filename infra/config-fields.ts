/** What values of several parts of the configuration are like, each with the words for "right would be …". */
import * as z from "zod";

/** First port that needs no privilege, and the last one there is. */
export const firstUserPort = 1024;
export const lastPort = 65535;

/** A whole number in a range; `what` says of what. */
export const count = (minimum: number, maximum: number, what: string) =>
  z.int(`a whole number from ${minimum} to ${maximum} (${what})`).min(minimum).max(maximum);

/** Nothing is taken from elsewhere without a checksum. */
const sha256Words = "the file's SHA-256, 64 hexadecimal digits";
export const sha256Schema = z.string(sha256Words).regex(/^[0-9a-f]{64}$/, sha256Words);
