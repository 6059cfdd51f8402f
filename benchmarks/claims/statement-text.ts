/** Statements, numbers and intervals in words. */
import { isCannotSay } from "../statistics/cannot-say.ts";
import type { Quantity, Series, Statement } from "./claim.ts";
import type { Estimate } from "./decide.ts";

/** What a statement is about, as in "overhead of vm-passthrough against native, ib_send_lat, at each of all sizes". */
export function statementText({ quantity, extent, sizes }: Statement): string {
  const over = {
    each: `at each of ${sizes.words}`,
    greatest: `greatest over ${sizes.words}`,
    most: `at most of ${sizes.words}`,
    typical: `geometric mean over ${sizes.words}`,
  }[extent];
  return `${quantityText(quantity)}, ${quantity.kind === "overall" ? "geometric mean over benchmarks" : over}`;
}

/** What a quantity is about. */
export function quantityText(quantity: Quantity): string {
  if (quantity.kind === "overall") {
    return `overall improvement of ${quantity.subject} against ${quantity.reference}`;
  }
  if (quantity.kind === "value") return seriesText(quantity.subject);
  if (quantity.kind === "ratio of ratios") {
    const [subject, reference] = [quantity.subject, quantity.reference].map(([above, below]) =>
      ratioText(above, below),
    );
    return `(${subject}) / (${reference})`;
  }
  const { kind, subject, reference } = quantity;
  if (kind === "ratio") return ratioText(subject, reference);
  const part = subject.metric === undefined ? "" : ` (${subject.metric.statistic})`;
  return `${kind} of ${subject.environment} against ${reference.environment}, ${subject.benchmark}${part}`;
}

function seriesText({ benchmark, environment }: Series): string {
  return `${benchmark} in ${environment}`;
}

function ratioText(subject: Series, reference: Series): string {
  return `${seriesText(subject)} / ${seriesText(reference)}`;
}

/** An estimate with its interval, as in "2.9 % [2.6, 3.2] at 64 B". */
export function estimateText(estimate: Estimate, quantity: Quantity): string {
  const { value, interval, sizeBytes } = estimate;
  const { scale, decimals, unit } = notationOf(quantity);
  const digits = (number: number): string => fixed(scale * number, decimals);
  const number = value === null ? "no number" : `${digits(value)}${unit}`;
  const range = isCannotSay(interval)
    ? "[no interval]"
    : `[${digits(interval.lower)}, ${digits(interval.upper)}]`;
  return `${number} ${range}${sizeBytes === null ? "" : ` at ${sizeBytes} B`}`;
}

/** What the words of a statement allow, as in "at most 3.5 %" or "13.6 to 20.4 %". */
export function allowedText({ quantity, allowed }: Pick<Statement, "quantity" | "allowed">): string {
  const { from, to, strict } = allowed;
  const { scale, decimals, unit } = notationOf(quantity);
  const text = (number: number): string => `${fixed(scale * number, decimals)}${unit}`;
  if (from === Number.NEGATIVE_INFINITY) return `${strict ? "below" : "at most"} ${text(to)}`;
  const isOpen = to === Number.POSITIVE_INFINITY;
  if (strict) return isOpen ? `above ${text(from)}` : `above ${text(from)}, below ${text(to)}`;
  return isOpen ? `at least ${text(from)}` : `${fixed(scale * from, decimals)} to ${text(to)}`;
}

/** As `toFixed`, but zero has no sign. */
function fixed(number: number, decimals: number): string {
  return number.toFixed(decimals).replace(/^-(?=[0.]+$)/, "");
}

function notationOf(quantity: Quantity): { scale: number; decimals: number; unit: string } {
  if (quantity.kind === "value") return { scale: 1, decimals: 2, unit: ` ${quantity.unit}` };
  if (quantity.kind.startsWith("ratio")) return { scale: 1, decimals: 3, unit: "" };
  return { scale: 100, decimals: 1, unit: " %" };
}
