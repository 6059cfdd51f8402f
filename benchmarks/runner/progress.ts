/** What a user sees while the suite runs: one line a launch. */
import { formatValue } from "../report/text.ts";
import type { LaunchReport } from "./session.ts";

/** Makes the function that turns reports into lines. It remembers how long launches took, to say how long it will take. */
export function progressFormatter(): (report: LaunchReport) => string {
  let totalSeconds = 0;
  let timed = 0;
  return ({ launch, launchCount, seconds, outcome }) => {
    if (outcome.status === "valid" || outcome.status === "refused") {
      totalSeconds += seconds;
      timed += 1;
    }
    const width = String(launchCount).length;
    const place = `[${String(launch.launch).padStart(width + 1)}/${launchCount}]`;
    const cell = `${launch.benchmark} ${launch.sizeBytes} B ${launch.environment}`;
    const warmUp = launch.warmUp ? " (warm-up)" : "";
    const left = Math.round(((launchCount - launch.launch) * totalSeconds) / Math.max(timed, 1));
    const times = `(${seconds.toFixed(1)} s, about ${durationText(left)} left)`;
    return `${place} ${cell}${warmUp}: ${outcomeText(outcome)} ${times}`;
  };
}

function outcomeText(outcome: LaunchReport["outcome"]): string {
  if (outcome.status === "valid") return `${formatValue(outcome.value)} ${outcome.unit}`;
  const again = outcome.triesLeft > 0 ? "; once more" : "";
  return `${outcome.status.replace("-", " ")}: ${outcome.reason}${again}`;
}

/** A rough duration in words: seconds below two minutes, else minutes. */
export function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
