/** What every parser's tests hold it to: registers the tests that differ in nothing but the tool. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ParseOutcome } from "../outcome.ts";
import { reportOnText } from "../tools.ts";
import { fixtureTexts, valuesNotInTheirLines, withOneByteChanged } from "./fixtures.ts";

/** Seed of all properties, so that a failure is the same on every machine. */
export const seed = 20261123;

type Parse = (text: string) => ParseOutcome;

/** The real outputs of one tool. */
export interface ToolTexts {
  /** Paths below the tool's folder of fixtures, sorted. */
  readonly names: readonly string[];
  /** The names of those that hold a result. */
  readonly results: readonly string[];
  /** The text of a name; another name fails the test. */
  readonly read: (name: string) => string;
}

/** Loads the real outputs of a tool; `isResult` tells those that hold a result. */
export function toolTexts(tool: string, isResult: (name: string) => boolean): ToolTexts {
  const texts = fixtureTexts(tool);
  const names = [...texts.keys()];
  return {
    names,
    results: names.filter(isResult),
    read: (name) => texts.get(name) ?? expect.fail(`no fixture ${name}`),
  };
}

/** Every text without a result is refused for one reason and gives no measurement. */
export function testRefusals({ names, results, read }: ToolTexts, parse: Parse): void {
  test.each(names.filter((name) => !results.includes(name)))("%s is refused", (name) => {
    const outcome = parse(read(name));
    expect(outcome.problems).toHaveLength(1);
    expect(outcome.measurements).toEqual([]);
    expect(reportOnText(name, read(name)).status).toBe("invalid");
  });
}

/** For formats whose end shows: no part of a result that begins where it does is read, whatever follows. */
export function testEveryCut({ results, read }: ToolTexts, parse: Parse): void {
  test("every cut, and every cut with another text behind it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...results),
        fc.constantFrom("", ...results),
        fc.nat(),
        (one, other, position) => {
          const cut = read(one).slice(0, 1 + (position % (read(one).length - 1)));
          expect(parse(cut + (other === "" ? "" : read(other))).problems).toHaveLength(1);
        },
      ),
      { seed, numRuns: 500 },
    );
  });
}

/** Two results never read as one, wherever the first was cut. @param shortest characters that are left of the first */
export function testCutWithAnotherBehind({ results, read }: ToolTexts, parse: Parse, shortest: number): void {
  test("a text that is cut off with another behind it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...results),
        fc.constantFrom(...results),
        fc.nat(),
        (one, other, position) => {
          const first = read(one).slice(0, shortest + (position % (read(one).length - shortest)));
          expect(parse(first + read(other)).problems).toHaveLength(1);
        },
      ),
      { seed, numRuns: 500 },
    );
  });
}

/** No number is read that does not stand in the text as it is. */
export function testChangedByte({ results, read }: ToolTexts, parse: Parse): void {
  test("a changed byte is refused, or the numbers are those that stand in the changed text", () => {
    fc.assert(
      fc.property(withOneByteChanged(results.map(read)), (text) => {
        expect(valuesNotInTheirLines(text, parse(text))).toEqual([]);
      }),
      { seed, numRuns: 1000 },
    );
  });
}
