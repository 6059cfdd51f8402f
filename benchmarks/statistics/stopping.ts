/**
 * When enough was measured, pure. The rule looks at widths of intervals and never at differences between environments: stopping as soon
 * as a difference shows would find one sooner or later where there is none (Armitage, McPherson and Rowe, "Repeated significance tests on
 * accumulating data", Journal of the Royal Statistical Society A 132(2), 1969). What is left of that effect is simulated in design.md.
 */
import { isCannotSay } from "./cannot-say.ts";
import { medianInterval } from "./median-interval.ts";
import { medianOf } from "./quantile.ts";

export interface StoppingRule {
  /** An interval so wide is narrow enough, as a fraction of the median. */
  readonly relativeWidth: number;
  /** Never fewer, whatever the widths and the budget. */
  readonly fewestBlocks: number;
  readonly mostBlocks: number;
  /** Null: time does not matter. */
  readonly budgetMinutes: number | null;
}

/** What a run came to at the end of a block. */
export interface Progress {
  /** Of the cells with launches that count; null where there are too few for an interval. */
  readonly relativeWidths: readonly (number | null)[];
  /** Measured blocks so far, warm-up blocks not among them. */
  readonly blocks: number;
  readonly minutesSpent: number;
  /** How long one block more takes, as far as is known. */
  readonly minutesPerBlock: number;
}

/** Why no block follows. */
export type StoppingReason = "precision" | "budget" | "maximum";

/**
 * Null: another block is to follow. Precision is reached when every cell's interval is narrow enough; a run without any number has none.
 * A block that would go beyond the budget is not begun.
 */
export function stoppingReason(
  { relativeWidths, blocks, minutesSpent, minutesPerBlock }: Progress,
  rule: StoppingRule,
): StoppingReason | null {
  if (blocks < rule.fewestBlocks) return null;
  if (relativeWidths.length > 0 && relativeWidths.every((width) => isNarrow(width, rule))) return "precision";
  if (blocks >= rule.mostBlocks) return "maximum";
  const { budgetMinutes } = rule;
  return budgetMinutes !== null && minutesSpent + minutesPerBlock > budgetMinutes ? "budget" : null;
}

/** Whether an interval is as narrow as the rule asks for. */
export function isNarrow(relativeWidth: number | null, rule: Pick<StoppingRule, "relativeWidth">): boolean {
  return relativeWidth !== null && relativeWidth <= rule.relativeWidth;
}

/** The width of the median's interval over the median; null where there are too few launches for one, or values that are no times or rates. */
export function relativeIntervalWidth(values: readonly number[], confidence: number): number | null {
  const interval = medianInterval(values, confidence);
  return isCannotSay(interval) ? null : (interval.upper - interval.lower) / medianOf(values);
}
