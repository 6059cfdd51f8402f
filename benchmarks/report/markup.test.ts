import fc from "fast-check";
import { expect, test } from "vitest";
import { markup, trustedMarkup } from "./markup.ts";

test("what is put in is escaped, in text and in an attribute", () => {
  expect(markup`<p title="${'"><script>'}">${"a < b & 'c'"}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">a &lt; b &amp; &#39;c&#39;</p>',
  );
});

test("markup within markup stands as it is, lists are joined, and nothing is shown of nothing", () => {
  const inner = markup`<b>${1}</b>`;
  expect(markup`${[inner, inner]}${null}${undefined}${false}${trustedMarkup("<i>")}`.text).toBe(
    "<b>1</b><b>1</b><i>",
  );
});

test("no text can begin an element, end an attribute or smuggle in a control character", () => {
  const character = fc.nat({ max: 0x2ff }).map((code) => String.fromCodePoint(code));
  fc.assert(
    fc.property(fc.string({ unit: character }), (text) => {
      const shown = markup`${text}`.text;
      expect(shown).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      expect(shown).not.toMatch(/[^\P{Cc}\t\n]/u);
    }),
  );
});
