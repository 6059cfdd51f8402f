/** Why a run ended, in a sentence. */
import type { Ending } from "../results.ts";
import { percentText } from "../statistics/cannot-say.ts";
import { sizesText } from "./text.ts";

/** The sentence, without a full stop. */
export function endingText({ reason, launches, minutesSpent, relativeWidth, ...wide }: Ending): string {
  const each = `${launches} ${launches === 1 ? "launch" : "launches"} of each cell`;
  if (reason === "lease") {
    return `stopped before the end of its nodes' lease, after ${each} at least; up with a longer or a new lease goes on from there`;
  }
  if (reason === "planned" || relativeWidth === null) return `ended as planned, after ${each}`;
  const asked = percentText(relativeWidth);
  if (reason === "precision") {
    return `ended when all intervals of medians were within ${asked} of the median, after ${each}`;
  }
  const why =
    reason === "budget"
      ? `ended because another block would have gone beyond the time that was set (${minutesSpent.toFixed(1)} min spent), after ${each}`
      : `ended after ${each}, as many as are allowed`;
  return `${why}; ${wideText(wide)} wider than ${asked} of the median`;
}

function wideText({ wideCells, widest }: Pick<Ending, "wideCells" | "widest">): string {
  const named = widest.map(({ benchmark, sizeBytes, environment, relativeWidth }) => {
    const cell = [benchmark, sizesText([sizeBytes]), environment].filter((word) => word !== "");
    return `${cell.join(" ")} ${relativeWidth === null ? "has none" : `${(relativeWidth * 100).toPrecision(3)} %`}`;
  });
  const more = wideCells > named.length ? `, and ${wideCells - named.length} more` : "";
  const list = named.length === 0 ? "" : ` (${named.join(", ")}${more})`;
  return `${wideCells === 1 ? "1 interval" : `${wideCells} intervals`}${list} ${wideCells === 1 ? "is" : "are"}`;
}
