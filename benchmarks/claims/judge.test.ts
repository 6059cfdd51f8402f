import { expect, test } from "vitest";
import { claimsDocument, claimsDocumentSchema } from "./document.ts";
import type { Grounds } from "./grounds.ts";
import { judge, rehearsalWatermark, rehearse, syntheticWatermark } from "./judge.ts";
import { paperClaims } from "./paper/claims.ts";
import { emulatedGroundsIn, figuresFor, groundsIn, paperFigures } from "./testing/synthetic.ts";
import { claimsText } from "./text.ts";

const [, , third] = paperClaims as [unknown, unknown, (typeof paperClaims)[number]];
const emulated = emulatedGroundsIn(figuresFor(third));
const synthetic = groundsIn(figuresFor(third));

test("the type system refuses emulated data, and so does the running program", () => {
  // @ts-expect-error Grounds<"emulated"> are no Grounds<"hardware">
  expect(() => judge(emulated)).toThrow("emulated nodes say nothing about the paper");
  // @ts-expect-error nor are those whose fidelity is still open
  const open: Grounds<"hardware"> = emulated as Grounds;
  expect(() => judge(open)).toThrow(RangeError);
});

test("a rehearsal is no judgement by its type, and can't be made of hardware's data", () => {
  // @ts-expect-error a rehearsal's verdicts are not those of a judgement
  const judgement: ReturnType<typeof judge> = rehearse(emulated);
  expect(judgement.watermark).toBe(rehearsalWatermark);
  // @ts-expect-error what hardware measured is judged, not rehearsed
  expect(rehearse(synthetic).kind).toBe("rehearsal");
});

const marked = [
  [rehearsalWatermark, rehearse(emulated), emulated],
  [syntheticWatermark, judge(synthetic), synthetic],
] as const;

test.each(marked)('every line of the text bears "%s"', (watermark, judged) => {
  const lines = claimsText(judged).trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(paperClaims.length);
  for (const line of lines) expect(line.startsWith(`${watermark} |`)).toBe(true);
});

test.each(marked)('the document and every claim in it bear "%s"', (watermark, judged, grounds) => {
  const document = claimsDocumentSchema.parse(JSON.parse(JSON.stringify(claimsDocument(judged, grounds))));
  expect(document.watermark).toBe(watermark);
  expect(document.claims.map((claim) => claim.watermark)).toEqual(paperClaims.map(() => watermark));
});

test("a judgement of a measured run bears none", () => {
  const measured = judge({ ...synthetic, set: { ...synthetic.set, origin: "measured" } }, [third]);
  expect(measured.watermark).toBeNull();
  expect(claimsText(measured)).toMatch(
    /^claim .*\nC3 +supported +VM-PT has minor overhead.*at most 3\.5 % +3\.\d % \[\d\.\d, 3\.\d\] at \d+ B; overhead of vm-passthrough against native, ib_send_lat\n/s,
  );
});

test("a document has fractions and null for open sides", () => {
  const [claim] = claimsDocument(judge(synthetic, [third]), synthetic).claims;
  expect(claim?.statements[0]).toMatchObject({
    text: "overhead of vm-passthrough against native, ib_send_lat, at each of all sizes",
    unit: "fraction",
    allowed: { from: null, to: 0.035, strict: false },
    sizesBytes: paperFigures.sizesBytes,
  });
});

test("a rehearsal does not mind that there are other processes and fewer sizes", () => {
  const figures = { ...paperFigures, nodes: 2, sizesBytes: [8] };
  const thirtieth = paperClaims.filter(({ id }) => id === "C31");
  const [verdict] = rehearse(emulatedGroundsIn(figures), thirtieth).verdicts;
  expect(verdict).toMatchObject({ verdict: "supported", watermark: rehearsalWatermark });
});
