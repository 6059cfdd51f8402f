/** Property values on their way between the engine and this provider. */

/** Properties of a resource as plain JSON values. */
export type Properties = Readonly<Record<string, unknown>>;

/** What the engine sends for a value that is not known yet, one for each type (sdk/go/common/resource/plugin/rpc.go). */
const unknownMarks: ReadonlySet<unknown> = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Marks a value as secret: the engine encrypts it in its state (sdk/nodejs/runtime/rpc.ts). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Whether a value is unknown at preview, or holds one that is. */
export function containsUnknown(value: unknown): boolean {
  if (unknownMarks.has(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(containsUnknown);
}

/** A value that the engine keeps encrypted and hides. */
export function secret(value: string): unknown {
  return { [signatureKey]: secretSignature, value };
}

/** The value inside a secret, or the value as it is. */
export function withoutSecret(value: unknown): unknown {
  const isSecret =
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)[signatureKey] === secretSignature;
  return isSecret ? (value as Record<string, unknown>).value : value;
}

/** Leaves out what JSON has no word for: properties that are undefined, at any depth. */
export function withoutUndefined(properties: Properties): Record<string, unknown> {
  return JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
}
