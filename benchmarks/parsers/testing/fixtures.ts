/** The real outputs under benchmarks/parsers/fixtures, copied from the corpus, and ways to damage them, for tests. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { ParseOutcome } from "../outcome.ts";

/** The texts of one tool by their paths, sorted. */
export function fixtureTexts(tool: string): ReadonlyMap<string, string> {
  const folder = fileURLToPath(new URL(`../fixtures/${tool}`, import.meta.url));
  const names = globSync("**/*.txt", { cwd: folder }).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** The text with a pattern's match replaced; a pattern that doesn't match is the test's own fault. */
export function replaced(text: string, pattern: RegExp | string, by: string): string {
  const changed = text.replace(pattern, by);
  if (changed === text) throw new Error(`nothing to replace: ${String(pattern)}`);
  return changed;
}

/** Values by statistic and unit, of one size. */
export function valuesOf(outcome: ParseOutcome, sizeBytes: number | null): Record<string, string> {
  return Object.fromEntries(
    outcome.measurements
      .filter((measurement) => measurement.sizeBytes === sizeBytes)
      .map(({ statistic, unit, value }) => [`${statistic} ${unit}`, value]),
  );
}

/** Every measurement whose value does not stand in its line of the text. */
export function valuesNotInTheirLines(text: string, outcome: ParseOutcome): readonly string[] {
  const lines = text.split("\n").map((line) => line.split(/[\s,|]+/));
  return outcome.measurements
    .filter(({ value, line }) => !lines[line - 1]?.includes(value))
    .map(({ statistic, value, line }) => `${statistic} ${value} is not in line ${line}`);
}

/** A text out of several with one byte changed. */
export function withOneByteChanged(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat({ max: 255 })).map(([text, position, byte]) => {
    const bytes = Buffer.from(text);
    bytes[position % bytes.length] = byte;
    return bytes.toString("latin1");
  });
}
