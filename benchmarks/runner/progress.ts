/** What a user sees while the suite runs: one line a launch. */
import { formatValue, sizesText } from "../report/text.ts";
import { percentText } from "../statistics/cannot-say.ts";
import type { Assessment } from "./assessment.ts";
import type { WideCell } from "./ledger.ts";
import type { LaunchReport } from "./session.ts";

/** Makes the function that turns reports into lines. It remembers how long launches took, to say how long it will take. */
export function progressFormatter(): (report: LaunchReport) => string {
  let totalSeconds = 0;
  let timed = 0;
  return ({ launch, launchCount, mayStopEarlier, seconds, outcome }) => {
    if (outcome.status === "valid" || outcome.status === "refused") {
      totalSeconds += seconds;
      timed += 1;
    }
    const width = String(launchCount).length;
    const place = `[${String(launch.launch).padStart(width + 1)}/${launchCount}]`;
    const what = [launch.benchmark, sizesText(launch.sizesBytes), launch.environment];
    const cell = what.filter((word) => word !== "").join(" ");
    const warmUp = launch.warmUp ? " (warm-up)" : "";
    const left = Math.round(((launchCount - launch.launch) * totalSeconds) / Math.max(timed, 1));
    const atMost = mayStopEarlier ? "at most " : "";
    const times = `(${seconds.toFixed(1)} s, ${atMost}about ${durationText(left)} left)`;
    return `${place} ${cell}${warmUp}: ${outcomeText(outcome)} ${times}`;
  };
}

function outcomeText(outcome: LaunchReport["outcome"]): string {
  if (outcome.status === "valid") {
    return `${outcome.values.map(({ value }) => formatValue(value)).join(", ")} ${outcome.unit}`;
  }
  const again = outcome.triesLeft > 0 ? "; once more" : "";
  return `${outcome.status.replace("-", " ")}: ${outcome.reason}${again}`;
}

const decisionTexts: Readonly<Record<Assessment["decision"], string>> = {
  continue: "another block follows",
  precision: "that is enough",
  budget: "another block would go beyond the budget",
  maximum: "no more launches are allowed",
};

/** One line at the end of a block: how far the intervals are, and whether another one follows. */
export function assessmentLine({
  launches,
  cells,
  wideCells,
  widest: [widest],
  decision,
}: Assessment): string {
  const narrow = `${cells - wideCells} of ${cells} cells have an interval as narrow as asked for`;
  return `after ${launches} launches of each cell ${narrow}${widestText(widest)}: ${decisionTexts[decision]}`;
}

function widestText(widest: WideCell | undefined): string {
  if (widest === undefined) return "";
  const cell = [widest.benchmark, sizesText([widest.sizeBytes]), widest.environment];
  const width = widest.relativeWidth === null ? "no interval yet" : percentText(widest.relativeWidth);
  return `, widest ${cell.filter((word) => word !== "").join(" ")} (${width})`;
}

/** A rough duration in words: seconds below two minutes, else minutes. */
function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
