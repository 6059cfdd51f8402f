/** Holds what a parser made of a mutated text against what may come of it. */
import type { ParsedMeasurement, ParseOutcome } from "../outcome.ts";
import { readPieces } from "../tools.ts";
import type { Expectation, Mutated } from "./mutations.ts";

/** No text of the corpus takes a thousandth of this, in milliseconds, however busy the machine. */
const hangMilliseconds = 10_000;

/** Statistics that a tool's own value decides whether there are: 0.00 is a peak not measured, -nan a deviation not known. */
const dependent = ["peak", "stdev"];

/** Reads a text as `testbed parse` does. */
export type Parse = (text: string) => ParseOutcome;
const asCommand: Parse = (text) => readPieces([text]).outcome;

/** What is wrong with the parsing of a mutated text, or null, and whether it was refused. */
export function violation(
  { text, expectation }: Mutated,
  parse: Parse = asCommand,
): { readonly wrong: string | null; readonly isRefused: boolean } {
  const begun = performance.now();
  let outcome: ParseOutcome;
  try {
    outcome = parse(text);
  } catch (error) {
    return { wrong: `crashed: ${error instanceof Error ? error.stack : String(error)}`, isRefused: false };
  }
  const milliseconds = performance.now() - begun;
  if (milliseconds > hangMilliseconds)
    return { wrong: `took ${milliseconds.toFixed(0)} ms`, isRefused: false };
  const isRefused = outcome.problems.length > 0;
  return {
    wrong: isRefused ? wrongRefusal(outcome) : wrongAcceptance(text, outcome, expectation),
    isRefused,
  };
}

function wrongRefusal({ measurements, problems }: ParseOutcome): string | null {
  if (measurements.length > 0) return "refused, but with measurements";
  return problems.some(({ message }) => message === "") ? "refused without a reason" : null;
}

function wrongAcceptance(
  text: string,
  { measurements }: ParseOutcome,
  expectation: Expectation,
): string | null {
  if (measurements.length === 0) return "accepted without measurements";
  switch (expectation.rule) {
    case "refused":
      return "accepted, but it had to be refused";
    case "same": {
      const expected = expectation.of.measurements.filter(({ line }) => expectation.rows.includes(line));
      return difference(expected.map(described), measurements.map(described));
    }
    case "printed": {
      const missing = notPrinted(text, measurements);
      if (missing !== null || !expectation.sameTable) return missing;
      return difference(columns(expectation.of.measurements), columns(measurements));
    }
  }
}

const described = ({ statistic, unit, sizeBytes, value }: ParsedMeasurement): string =>
  `${statistic} of ${sizeBytes} bytes: ${value} ${unit}`;

/** What the columns mean, whatever the numbers: names and units, percentiles by any number. */
function columns(measurements: readonly ParsedMeasurement[]): string[] {
  return measurements
    .filter(({ statistic }) => !dependent.includes(statistic))
    .map(({ statistic, unit }) => `${statistic.replace(/^p\d+$/, "percentile")} in ${unit}`);
}

function difference(expected: readonly string[], found: readonly string[]): string | null {
  if (expected.join("\n") === found.join("\n")) return null;
  const at = found.findIndex((entry, index) => entry !== expected[index]);
  const place = at === -1 ? found.length : at;
  return `accepted with ${found[place] ?? "nothing"} where ${expected[place] ?? "nothing"} was expected`;
}

/** The first measurement whose value, or whose size in a table, is no field of its line. */
function notPrinted(text: string, measurements: readonly ParsedMeasurement[]): string | null {
  const lines = text.split("\n");
  for (const { statistic, value, sizeBytes, line } of measurements) {
    const printed = lines[line - 1] ?? "";
    const fields = printed.trim().split(/[\s,|]+/);
    if (!fields.includes(value))
      return `${statistic} ${value} is not in line ${line}: ${JSON.stringify(printed)}`;
    const hasSize = /^\s*\d/.test(printed) && sizeBytes !== null;
    if (hasSize && fields[0] !== String(sizeBytes))
      return `size ${sizeBytes} is not that of line ${line}: ${JSON.stringify(printed)}`;
  }
  return null;
}
