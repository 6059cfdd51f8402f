/** Verdicts for people: a table, and below it why claims were not tested. Under a watermark every line bears it. */
import { alignedTable } from "../report/text.ts";
import type { ClaimVerdict, Judgement, Rehearsal, Verdict } from "./judge.ts";
import { allowedText, estimateText, quantityText } from "./statement-text.ts";

const longestQuote = 58;
const verdictOrder: readonly Verdict[] = ["supported", "contradicted", "inconclusive", "not tested"];
const head = [
  "claim",
  "verdict",
  "the paper's words",
  "allowed",
  "decided by: number [interval]; quantity",
] as const;

/** The whole text of `testbed claims`. */
export function claimsText(judged: Judgement | Rehearsal): string {
  const { verdicts, watermark } = judged;
  const rows = verdicts.map((one) => [
    one.claim.id,
    one.verdict,
    shortened(one.claim.quote),
    ...decidingTexts(one),
  ]);
  const counts = verdictOrder.map(
    (verdict) => `${verdicts.filter((one) => one.verdict === verdict).length} ${verdict}`,
  );
  const reasons = [
    ...Map.groupBy(
      verdicts.filter(({ reason }) => reason !== null),
      ({ reason }) => reason,
    ),
  ].map(([reason, alike]) => `  ${alike.map(({ claim }) => claim.id).join(", ")}: ${reason}\n`);
  const text = [
    alignedTable([head, ...rows]),
    `\n${counts.join(", ")}\n`,
    ...(reasons.length === 0 ? [] : [`\nWhat was missing:\n${reasons.join("")}`]),
  ].join("");
  return watermark === null ? text : marked(text, watermark);
}

/** What is allowed, and the number that decided. A claim that was not tested has no such number, whatever its parts have. */
function decidingTexts({ claim, verdict, statements, deciding }: ClaimVerdict): [string, string] {
  if (verdict === "not tested" || deciding === null || deciding.deciding === null) return ["", ""];
  const { statement } = deciding;
  const number = estimateText(deciding.deciding, statement.quantity);
  const held = statements.filter((one) => one.verdict === "supported").length;
  const count = claim.share === undefined ? "" : `${held} of ${statements.length} hold; `;
  return [allowedText(statement), `${count}${number}; ${quantityText(statement.quantity)}`];
}

function shortened(quote: string): string {
  return quote.length <= longestQuote ? quote : `${quote.slice(0, longestQuote - 1)}…`;
}

function marked(text: string, watermark: string): string {
  const lines = text.trimEnd().split("\n");
  return lines
    .map((line) => `${watermark} | ${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}
