import { expect, test } from "vitest";
import type { Claim } from "./claim.ts";
import { judge } from "./judge.ts";
import { paperClaims } from "./paper/claims.ts";
import { type Direction, moved } from "./testing/moved.ts";
import { figuresFor, groundsIn } from "./testing/synthetic.ts";

/** The paper's figures support every part of a claim; moved to a side that its words close, each is contradicted by itself. */
test.each(paperClaims.map((claim) => [claim.id, claim] as const))("every part of %s turns", (_, claim) => {
  const { share: _share, ...whole } = claim;
  for (const statement of claim.statements) {
    const part: Claim = { ...whole, statements: [statement] };
    const grounds = groundsIn(figuresFor(part));
    const verdictOf = (one: typeof grounds) => judge(one, [part]).verdicts[0]?.verdict;
    const { from, to } = statement.allowed;
    const sides: [Direction, number][] = [
      ["greater", to],
      ["smaller", from],
    ];
    const verdicts = sides.map(([direction]) => verdictOf(moved(grounds, statement, direction)));
    const expected = sides.map(([, edge]) => (Number.isFinite(edge) ? "contradicted" : "supported"));
    expect([verdictOf(grounds), ...verdicts]).toEqual(["supported", ...expected]);
  }
});
