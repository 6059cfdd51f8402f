/** Verdicts as they go out in JSON. Every verdict bears the watermark itself, so that none can be cut loose from it. */
import * as z from "zod";
import { fidelitySchema } from "../../infra/inventory.ts";
import type { Interval } from "../statistics/bca.ts";
import { isCannotSay, type Said } from "../statistics/cannot-say.ts";
import { decisions } from "./decide.ts";
import type { Grounds } from "./grounds.ts";
import type { ClaimVerdict, Judgement, Rehearsal, StatementVerdict } from "./judge.ts";
import { statementText } from "./statement-text.ts";

const watermark = z
  .string()
  .nullable()
  .describe("null: a judgement of a measured run on hardware; else what these verdicts are not");
const verdict = z.enum([...decisions, "not tested"]);
const bound = z.number().nullable();
const interval = z
  .strictObject({ lower: z.number(), upper: z.number() })
  .nullable()
  .describe("null: too few launches");

const statementSchema = z.strictObject({
  text: z.string().describe("what was held against the words"),
  unit: z.enum(["fraction", "1", "us", "GB/s"]).describe("of all numbers: overhead of 3 % is 0.03"),
  wording: z.string(),
  allowed: z
    .strictObject({ from: bound, to: bound, strict: z.boolean().describe("the edges themselves are not") })
    .describe("null: open to that side"),
  verdict,
  value: z.number().nullable(),
  sizeBytes: z.int().nullable().describe("where the deciding value is; null: over several sizes, or none"),
  interval,
  simultaneousInterval: interval.describe("together with all others of the claim"),
  sizesBytes: z.array(z.int().nullable()).describe("judged at"),
  reason: z.string().nullable(),
});

export const claimsDocumentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.enum(["judgement", "rehearsal"]),
  watermark,
  runId: z.string(),
  fidelity: fidelitySchema,
  confidence: z.number(),
  claims: z.array(
    z.strictObject({
      watermark,
      id: z.string(),
      where: z.string(),
      quote: z.string(),
      verdict,
      reason: z.string().nullable(),
      statements: z.array(statementSchema),
    }),
  ),
});
export type ClaimsDocument = z.infer<typeof claimsDocumentSchema>;

/** The document of a judgement or a rehearsal. */
export function claimsDocument(judged: Judgement | Rehearsal, { set, settings }: Grounds): ClaimsDocument {
  return {
    schemaVersion: 1,
    kind: judged.kind,
    watermark: judged.watermark,
    runId: set.results.runId,
    fidelity: set.fidelity,
    confidence: settings.confidence,
    claims: judged.verdicts.map((one) => claimEntry(one, judged.watermark)),
  };
}

function claimEntry(
  { claim, verdict, reason, statements }: ClaimVerdict,
  mark: string | null,
): ClaimsDocument["claims"][number] {
  const { id, where, quote } = claim;
  return { watermark: mark, id, where, quote, verdict, reason, statements: statements.map(statementEntry) };
}

function statementEntry({
  statement,
  verdict,
  deciding,
  sizesBytes,
  reason,
}: StatementVerdict): z.infer<typeof statementSchema> {
  const { quantity, allowed } = statement;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    text: statementText(statement),
    unit: quantity.kind === "value" ? quantity.unit : quantity.kind.startsWith("ratio") ? "1" : "fraction",
    wording: allowed.wording,
    allowed: { from: finite(allowed.from), to: finite(allowed.to), strict: allowed.strict === true },
    verdict,
    value: deciding?.value ?? null,
    sizeBytes: deciding?.sizeBytes ?? null,
    interval: intervalEntry(deciding?.interval),
    simultaneousInterval: intervalEntry(deciding?.simultaneous),
    sizesBytes: [...sizesBytes],
    reason,
  };
}

function intervalEntry(said: Said<Interval> | undefined): { lower: number; upper: number } | null {
  if (said === undefined || isCannotSay(said)) return null;
  return { lower: said.lower, upper: said.upper };
}
