/** Invented runs with a known truth, to see what the design of the measurement does to the analysis. */
import type { LaunchValue } from "./blocks.ts";
import { isCannotSay } from "./cannot-say.ts";
import { compareFigure, type Pair, usualSettings } from "./comparison.ts";
import { randomisedBlocks } from "./design.ts";
import { RandomNumbers, randomStream } from "./generator.ts";
import { medianInterval } from "./median-interval.ts";
import { normalQuantile } from "./normal.ts";
import { type Noise, pairOf, simulatedBlocks, simulatedSample, simulationSettings } from "./simulation.ts";
import { relativeIntervalWidth, type StoppingReason, type StoppingRule, stoppingReason } from "./stopping.ts";

/**
 * When environments of two owners become active. `anew`: in each block, as runs do it. `kept`: a block that happens to begin with the owner
 * that the last one ended with goes on under its activation. `turning`: every block begins with that owner, which saves most switches.
 */
export type ActivationPolicy = "anew" | "kept" | "turning";

export interface ActivationNoise {
  /** Standard deviations of log values: of launches, and of what all launches under one activation share. */
  readonly launch: number;
  readonly activation: number;
}

const sides = ["subject", "reference"] as const;
type Side = (typeof sides)[number];

/** Draws runs of two environments that do not differ, one launch of each a block. */
export function runsWithActivations(
  purpose: string,
  noise: ActivationNoise,
): (blocks: number, policy: ActivationPolicy) => Pair<"emulated"> {
  const random = new RandomNumbers(randomStream(1, purpose));
  const normal = (deviation: number): number => deviation * normalQuantile(random.fraction());
  return (blocks, policy) => {
    const launches: Record<Side, LaunchValue[]> = { subject: [], reference: [] };
    let held: Side | null = null;
    let activation = 0;
    let effect = 0;
    for (const members of ordersOfSides(blocks, random)) {
      if (policy === "turning" && held !== null && members[0] !== held) members.reverse();
      for (const [place, side] of members.entries()) {
        if (held !== side || (place === 0 && policy === "anew")) {
          activation += 1;
          effect = normal(noise.activation);
        }
        held = side;
        const block = launches[side].length + 1;
        const position = 2 * block + place;
        launches[side].push({ block, position, activation, value: Math.exp(effect + normal(noise.launch)) });
      }
    }
    return {
      subject: simulatedSample("vm-passthrough", 8, launches.subject),
      reference: simulatedSample("native", 8, launches.reference),
    };
  };
}

/** The sides in the order of each block. */
function ordersOfSides(blocks: number, random: RandomNumbers): Side[][] {
  const design = { wholePlotOf: (side: Side) => side, warmUpBlocks: 0, blocks };
  const points = randomisedBlocks(sides, design, random.below);
  return [...Map.groupBy(points, ({ block }) => block).values()].map((members) =>
    members.map(({ content }) => content),
  );
}

/** The same launches, but for what is known of their activations. */
export function withoutActivations({ subject, reference }: Pair<"emulated">): Pair<"emulated"> {
  const forgetting = (sample: Pair<"emulated">["subject"]) => ({
    ...sample,
    launches: sample.launches.map((launch) => ({ ...launch, activation: null })),
  });
  return { subject: forgetting(subject), reference: forgetting(reference) };
}

/** A run that was stopped by what it measured. */
export interface StoppedRun {
  readonly reason: StoppingReason;
  readonly blocks: number;
  /** One for each size; in truth both environments have a median of 1. */
  readonly pairs: readonly Pair<"emulated">[];
}

/** Draws runs of two environments that do not differ at some sizes, each run as long as the rule says. */
export function stoppedRuns(
  purpose: string,
  noise: Omit<Noise, "disturbed">,
  sizes: number,
  rule: StoppingRule,
): () => StoppedRun {
  const draws = Array.from({ length: sizes }, (_, size) =>
    simulatedBlocks(`${purpose} ${size}`, { ...noise, disturbed: 0 }),
  );
  return () => {
    const all = draws.map((draw) => draw(rule.mostBlocks, 1));
    for (let blocks = 1; ; blocks++) {
      const measured = all.map((ofSize) => ofSize.slice(0, blocks));
      const relativeWidths = measured.flatMap((ofSize) =>
        sides.map((side) =>
          relativeIntervalWidth(
            ofSize.flatMap((block) => block[side]),
            usualSettings.confidence,
          ),
        ),
      );
      const reason = stoppingReason({ relativeWidths, blocks, minutesSpent: 0, minutesPerBlock: 0 }, rule);
      if (reason !== null) return { reason, blocks, pairs: measured.map((ofSize) => pairOf(ofSize, 8)) };
    }
  };
}

/** What the analysis says of a pair whose medians are both 1. */
export interface Verdict {
  /** Null: it can't say. */
  readonly differenceFound: boolean | null;
  /** Null: there is no interval. */
  readonly ratioCovered: boolean | null;
  /** Of the subject's median; null: there is no interval. */
  readonly medianCovered: boolean | null;
}

/** One comparison alone. @param settings fewer resamples where the ratio's interval is not asked for */
export function verdictOn(
  pair: Pair<"emulated">,
  seed: number,
  settings: { readonly resamples: number } = simulationSettings,
): Verdict {
  const { resamples } = settings;
  const [comparison] = compareFigure([pair], { ...simulationSettings, resamples, seed });
  if (comparison === undefined) throw new Error("a pair has one comparison");
  const { ratio, difference } = comparison;
  const values = pair.subject.launches.map(({ value }) => value);
  return {
    differenceFound: isCannotSay(difference) ? null : difference.found,
    ratioCovered: isCannotSay(ratio) ? null : covers(ratio.interval),
    medianCovered: covers(medianInterval(values, usualSettings.confidence)),
  };
}

function covers(interval: ReturnType<typeof medianInterval> | { lower: number; upper: number }) {
  return isCannotSay(interval) ? null : interval.lower <= 1 && 1 <= interval.upper;
}

/** Among the answers that there are, the share of those that are so; NaN of none. */
export function shareOf(answers: readonly (boolean | null)[]): number {
  const given = answers.filter((answer) => answer !== null);
  return given.filter(Boolean).length / given.length;
}
