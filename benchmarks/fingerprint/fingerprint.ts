/** A fingerprint: what a testbed may change on each node, as plain data. */
import * as z from "zod";

/** What facts are about. Each has keys that are unique in it. */
export const sections = [
  "host",
  "pci",
  "sysfs",
  "iommu",
  "module",
  "network",
  "mac-address",
  "address",
  "file",
  "digest",
  "libvirt",
  "unit-file",
  "unit",
  "package",
  "container",
  "image",
  "process",
] as const;
export type Section = (typeof sections)[number];
const sectionSchema = z.enum(sections);

const factsSchema = z.partialRecord(sectionSchema, z.record(z.string(), z.string()));
/** Value of each key of each section. A section that is absent has no facts. */
export type Facts = z.infer<typeof factsSchema>;

const nodeFingerprintSchema = z.strictObject({ name: z.string().min(1), facts: factsSchema });
export type NodeFingerprint = z.infer<typeof nodeFingerprintSchema>;

export const fingerprintSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** When it was begun, as ISO 8601. */
  taken: z.string(),
  nodes: z.array(nodeFingerprintSchema).min(1),
});
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** The text is not what fingerprint.sh prints as a whole; the message says where. */
export class FingerprintError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FingerprintError";
  }
}

/**
 * Reads what fingerprint.sh printed. Pure.
 * @throws FingerprintError for a line that is no fact, and for a text whose end is missing: nothing is dropped in silence
 */
export function parseFingerprint(printed: string): Facts {
  const facts: Partial<Record<Section, Record<string, string>>> = {};
  const lines = printed.replace(/\n$/, "").split("\n");
  if (lines.pop() !== "end") {
    throw new FingerprintError('the text was cut off: its last line is not "end"');
  }
  for (const [index, line] of lines.entries()) {
    const [name, key, value, ...more] = line.split("\t");
    const section = sectionSchema.safeParse(name);
    if (!section.success || key === undefined || value === undefined || more.length > 0) {
      throw new FingerprintError(`line ${index + 1} is no fact: ${line.slice(0, 80)}`);
    }
    const known = facts[section.data] ?? {};
    facts[section.data] = known;
    // Two processes of one name are one fact: what counts is that there are any.
    known[key] = value.trimEnd();
  }
  return facts;
}
