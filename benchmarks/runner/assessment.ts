/**
 * What a run came to at the end of a block, and whether another one follows: a function of what the ledger says up to the block's last
 * launch, so that a runner that was killed before it wrote the decision down comes to the same one.
 */
import type { Fidelity } from "../../infra/inventory.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { Measurement } from "../measurement.ts";
import { usualSettings } from "../statistics/comparison.ts";
import { fewestForInterval } from "../statistics/design.ts";
import { type Sample, samplesOf } from "../statistics/sample.ts";
import {
  isNarrow,
  relativeIntervalWidth,
  type StoppingReason,
  type StoppingRule,
  stoppingReason,
} from "../statistics/stopping.ts";
import type { Suite } from "../suite.ts";
import type { LedgerEvent, WideCell } from "./ledger.ts";
import type { Plan } from "./schedule.ts";

/** What the ledger says of a block's end. */
export type Assessment = Extract<LedgerEvent, { event: "assessed" }>;

/** Wide cells that are named; the others are counted. */
const namedCells = 20;

/** The rule of a suite; null: the number of launches is fixed. */
export function stoppingRule({ stop, launches }: Suite, fidelity: Fidelity): StoppingRule | null {
  if (stop === undefined) return null;
  return {
    relativeWidth: stop.relativeWidth,
    fewestBlocks: fidelity === "hardware" ? Math.max(launches, fewestForInterval) : launches,
    mostBlocks: stop.maximumLaunches,
    budgetMinutes: stop.budgetMinutes ?? null,
  };
}

/** The ledger up to the end of a block's last launch. */
export function eventsUntilBlockEnd(
  { launches }: Plan,
  events: readonly LedgerEvent[],
  block: number,
): LedgerEvent[] {
  const members = new Set(launches.filter((launch) => launch.block === block).map(({ launch }) => launch));
  const last = events.findLastIndex(
    (event) => "launch" in event && event.event !== "planned" && members.has(event.launch),
  );
  return events.slice(0, last + 1);
}

/**
 * Assesses a measured block.
 * @param events up to the block's end
 * @param measurements of the valid attempts among them
 */
export function assessBlock(
  suite: Suite,
  rule: StoppingRule,
  block: number,
  events: readonly LedgerEvent[],
  measurements: readonly Measurement[],
): Omit<Assessment, "time"> {
  const cells = headlineSamples(measurements).map((sample) => ({
    benchmark: sample.benchmark,
    environment: sample.environment,
    sizeBytes: sample.sizeBytes,
    relativeWidth: relativeIntervalWidth(
      sample.launches.map(({ value }) => value),
      usualSettings.confidence,
    ),
  }));
  const wide = cells.filter(({ relativeWidth }) => !isNarrow(relativeWidth, rule)).sort(widestFirst);
  const minutesSpent = minutesOf(events);
  const blocks = block - suite.warmUpLaunches;
  const reason = stoppingReason(
    {
      relativeWidths: cells.map(({ relativeWidth }) => relativeWidth),
      blocks,
      minutesSpent,
      minutesPerBlock: minutesSpent / block,
    },
    rule,
  );
  return {
    event: "assessed",
    block,
    launches: blocks,
    decision: reason ?? "continue",
    minutesSpent,
    cells: cells.length,
    wideCells: wide.length,
    widest: wide.slice(0, namedCells),
  };
}

/** The samples of what each benchmark is there to measure. */
function headlineSamples(measurements: readonly Measurement[]): Sample[] {
  return samplesOf(measurements).filter(({ benchmark, statistic, unit }) => {
    const { metric } = benchmarkNamed(benchmark);
    return metric.statistic === statistic && metric.unit === unit;
  });
}

/** Without an interval is wider than with any. */
function widestFirst(a: WideCell, b: WideCell): number {
  return (b.relativeWidth ?? Number.MAX_VALUE) - (a.relativeWidth ?? Number.MAX_VALUE);
}

/** The time that a run's sessions took, each from its beginning to its last event, in minutes. What lies between them is not counted. */
export function minutesOf(events: readonly LedgerEvent[]): number {
  let milliseconds = 0;
  let begun: number | null = null;
  let last = 0;
  for (const event of events) {
    const time = Date.parse(event.time);
    if (event.event === "session") {
      if (begun !== null) milliseconds += last - begun;
      begun = time;
    }
    last = time;
  }
  return begun === null ? 0 : (milliseconds + last - begun) / 60_000;
}

/** An assessment after which no block follows. */
export type EndingAssessment = Assessment & { readonly decision: StoppingReason };

/** The assessment that ended a run; null: there is none, as without a stopping rule or in the middle of a run. */
export function endingAssessment(events: readonly LedgerEvent[]): EndingAssessment | null {
  const ending = events.find(
    (event): event is EndingAssessment => event.event === "assessed" && event.decision !== "continue",
  );
  return ending ?? null;
}
