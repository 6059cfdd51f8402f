/** The paper's claims with their verdicts and the numbers that decided, or the rehearsal of it under its watermark. */
import type { ClaimVerdict, Judgement, Rehearsal, StatementVerdict, Verdict } from "../../claims/judge.ts";
import { estimateText, statementText } from "../../claims/statement-text.ts";
import { type Markup, markup } from "../markup.ts";
import { counted, listed } from "./numbers.ts";
import { table } from "./table.ts";

const verdicts: readonly Verdict[] = ["supported", "contradicted", "inconclusive", "not tested"];

/** "Of 41 claims of the paper, 30 are supported, 2 contradicted and 9 not tested." Of a rehearsal it says that it is one. */
export function claimsSentence(judged: Judgement | Rehearsal): string {
  const counts = verdicts.flatMap((verdict) => {
    const count = judged.verdicts.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [{ count, verdict }];
  });
  const verb = judged.kind === "rehearsal" ? "would be" : "are";
  // The verb stands once, by the first count.
  const told = counts.map(({ count, verdict }, index) =>
    index > 0 ? `${count} ${verdict}` : `${count} ${count === 1 && verb === "are" ? "is" : verb} ${verdict}`,
  );
  const mark = judged.watermark === null ? "" : `${judged.watermark}. `;
  return `${mark}Of ${counted(judged.verdicts.length, "claim")} of the paper, ${listed(told)}.`;
}

/** Every claim: words, verdict, what decided it, and all its statements. */
export function claims(judged: Judgement | Rehearsal): Markup {
  const { watermark } = judged;
  return markup`<section id="claims"><h2>${judged.kind === "rehearsal" ? "The paper’s claims, rehearsed" : "The paper’s claims"}</h2>
${watermark === null ? null : markup`<p class="fidelity"><strong>${watermark}.</strong> What stands below shows that the judgement runs; no verdict is one.</p>`}
<p>${claimsSentence(judged)}</p>
<ul class="claims">${judged.verdicts.map((verdict) => item(verdict, watermark))}</ul></section>
`;
}

function item(
  { claim, verdict, reason, statements, deciding }: ClaimVerdict,
  watermark: string | null,
): Markup {
  const mark = watermark === null ? "" : ` (${watermark.replace(/:.*$/, "").toLowerCase()})`;
  return markup`<li id="claim-${claim.id}"><span class="claim-id">${claim.id}</span><span class="verdict ${verdict.replace(" ", "-")}">${verdict}${mark}</span><div class="claim-text"><p>“${claim.quote}” <span class="where">${claim.where}</span></p>
${deciding === null ? null : markup`<p class="note">${verdict === "not tested" ? "Of what could be tested" : "Decided by"}: ${evidenceText(deciding)}; the words allow: ${deciding.statement.allowed.wording}.</p>`}${reason === null ? null : markup`<p class="note">Because: ${reason}.</p>`}${statements.length <= 1 ? null : allStatements(claim.id, statements)}</div></li>
`;
}

function allStatements(id: string, statements: readonly StatementVerdict[]): Markup {
  const columns = ["statement", "verdict", "the words allow", "number", "why"].map((name) => ({ name }));
  const rows = statements.map(({ statement, verdict, deciding, reason }) => [
    statementText(statement),
    verdict,
    statement.allowed.wording,
    deciding === null ? "–" : estimateText(deciding, statement.quantity),
    reason ?? "–",
  ]);
  return markup`<details><summary>All ${statements.length} statements of ${id}</summary>${table(`Statements of ${id}`, columns, rows, { words: true })}</details>`;
}

function evidenceText({ statement, deciding }: StatementVerdict): string {
  const number = deciding === null ? "" : `${estimateText(deciding, statement.quantity)}, `;
  return `${number}${statementText(statement)}`;
}
