import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkoutDirectory } from "../../infra/paths.ts";
import type { Quantity } from "./claim.ts";
import { paperClaims } from "./paper/claims.ts";
import { overhead, ratio, value, vmPt, vmSriov } from "./paper/notation.ts";
import { allSizes } from "./sizes.ts";
import { allowedText } from "./statement-text.ts";
import * as wording from "./wording.ts";

const page = readFileSync(join(checkoutDirectory, "docs", "claims.md"), "utf8");
/** The rows of its table, as cells. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith('| "'))
  .map((line) => line.slice(2, -2).split(" | "));

const inPercent = overhead("", vmPt, vmSriov, wording.better, { extent: "each" }).quantity;
const asRatio = ratio("", vmPt, vmSriov, wording.similar, { extent: "each" }).quantity;
const inUnit = (unit: "us" | "GB/s"): Quantity =>
  value("", vmPt, unit, wording.is(1), "each", allSizes).quantity;

/** The words as the table has them, and an example of each. */
const rules: readonly (readonly [words: string, example: wording.Allowed, quantity: Quantity])[] = [
  ['"within N %"', wording.within(3), inPercent],
  ['"less than N %"', wording.lessThan(4), inPercent],
  ['"up to N %" of a cost', wording.costsUpTo(9), inPercent],
  ['"around N %"', wording.around(17), inPercent],
  ['"up to N %" of a benefit', wording.benefitsUpTo(24), inPercent],
  ['"similar"', wording.similar, asRatio],
  ['"minor"', wording.minor, inPercent],
  ['"better"', wording.better, inPercent],
  ['"a little more"', wording.aLittleMore, inPercent],
  ['"is N"', wording.is(0.91), inUnit("us")],
  ['"around N GB/s"', wording.achieves(6), inUnit("GB/s")],
];

test("the table of wordings has the margins of the code, and no row besides", () => {
  const expected = rules.map(([words, allowed, quantity]) => [
    words,
    expect.any(String),
    `${allowed.wording}: ${allowedText({ allowed, quantity })}`,
  ]);
  expect(rows).toEqual(expected);
});

test("the table explains the words of every claim", () => {
  const explained = rows.map(([words]) => /"(.*)"/.exec(words ?? "")?.[1]);
  const used = paperClaims.flatMap(({ statements }) => statements.map(({ allowed }) => allowed.wording));
  for (const words of new Set(used)) expect(explained).toContain(words.replace(/[\d.]+/, "N"));
});

test("the page says what most and almost all are", () => {
  expect(page).toContain('"Most" sizes are more than half of them, and "almost all" are nine of ten.');
  expect([wording.most, wording.almostAll]).toEqual([1 / 2, 9 / 10]);
});
