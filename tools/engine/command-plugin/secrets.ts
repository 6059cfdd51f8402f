/** How Pulumi marks a secret (or another special value) when it travels as plain JSON. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

type Marked = { [SIGNATURE]: string; value: unknown };

function isSecret(value: unknown): value is Marked {
  return typeof value === "object" && value !== null && (value as Partial<Marked>)[SIGNATURE] === SECRET;
}

/** Marks a value as secret, so that the state holds it encrypted. */
export function secret(value: unknown): unknown {
  return { [SIGNATURE]: SECRET, value };
}

/** The value with every secret in it laid open. */
export function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

/** Whether there is a secret anywhere in the value. */
export function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsSecret);
}
