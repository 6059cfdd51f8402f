/** Verdicts for people: a table, and below it why claims were not tested. Under a watermark every line bears it. */
import { alignedTable } from "../report/text.ts";
import type { ClaimVerdict, Judgement, Rehearsal, Verdict } from "./judge.ts";
import { estimateText, quantityText } from "./statement-text.ts";

const longestQuote = 58;
const verdictOrder: readonly Verdict[] = ["supported", "contradicted", "inconclusive", "not tested"];

/** The whole text of `testbed claims`. */
export function claimsText(judged: Judgement | Rehearsal): string {
  const { verdicts, watermark } = judged;
  const head = [
    "claim",
    "verdict",
    "the paper's words",
    "allowed",
    "decided by: number [interval]; quantity",
  ];
  const rows = verdicts.map((one) => [
    one.claim.id,
    one.verdict,
    shortened(one.claim.quote),
    one.deciding?.statement.allowed.wording ?? "",
    decidingText(one),
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
    ...(reasons.length === 0 ? [] : [`\nNot tested, or not decided:\n${reasons.join("")}`]),
  ].join("");
  return watermark === null ? text : marked(text, watermark);
}

function decidingText({ claim, statements, deciding }: ClaimVerdict): string {
  if (deciding === null || deciding.deciding === null) return "";
  const { statement } = deciding;
  const number = estimateText(deciding.deciding, statement.quantity);
  const held = statements.filter((one) => one.verdict === "supported").length;
  const count = claim.share === undefined ? "" : `${held} of ${statements.length} hold; `;
  return `${count}${number}; ${quantityText(statement.quantity)}`;
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
