/** From measurements to the launches of one cell, and what they say by themselves. */
import type { EnvironmentName, Fidelity } from "../../infra/inventory.ts";
import type { Measurement } from "../measurement.ts";
import type { LaunchValue } from "./blocks.ts";
import { cannotSay, type Said, whyNotPositive } from "./cannot-say.ts";
import { randomStream } from "./generator.ts";
import { type MedianInterval, medianInterval } from "./median-interval.ts";
import { type OrderEffect, orderEffect } from "./order-effect.ts";
import { findOutliers, type Outlier } from "./outliers.ts";
import { medianOf } from "./quantile.ts";

/** The launches of one cell. Its fidelity is part of its type, so that what comes of emulated nodes stays apart to the end. */
export interface Sample<Kind extends Fidelity = Fidelity> {
  readonly fidelity: Kind;
  readonly benchmark: string;
  readonly environment: EnvironmentName;
  readonly sizeBytes: number | null;
  readonly statistic: string;
  readonly unit: string;
  /** In the order of the plan. */
  readonly launches: readonly LaunchValue[];
}

type Fields = "benchmark" | "environment" | "sizeBytes" | "statistic" | "unit";

/**
 * The samples that measurements make up, one for each benchmark, environment, size, statistic and unit, in the order in which they
 * appear. A launch with several values at a size, of ranks or of repetitions, counts once, with their median: the launch is the unit,
 * and its inner values are no further ones.
 * @param measurements of valid attempts at launches that are no warm-up
 */
export function samplesOf<Kind extends Fidelity>(
  measurements: readonly Extract<Measurement, { fidelity: Kind }>[],
): Sample<Kind>[] {
  const cells = Map.groupBy(measurements, (measurement) => JSON.stringify(fieldsOf(measurement)));
  return [...cells.values()].flatMap((cell) => {
    const [first] = cell;
    if (first === undefined) return [];
    return [{ fidelity: first.fidelity as Kind, ...fieldsOf(first), launches: launchMedians(cell) }];
  });
}

function fieldsOf({ benchmark, environment, sizeBytes, statistic, unit }: Pick<Measurement, Fields>) {
  return { benchmark, environment, sizeBytes, statistic, unit };
}

function launchMedians(cell: readonly Measurement[]): LaunchValue[] {
  const launches = Map.groupBy(cell, ({ attempt }) => launchNumber(attempt));
  return [...launches]
    .map(([position, values]) => {
      const attempts = new Set(values.map(({ attempt }) => attempt));
      if (attempts.size > 1) {
        throw new RangeError(
          `attempts ${[...attempts].join(" and ")} are of one launch; only one can be valid`,
        );
      }
      const { block = 0, activation = null } = values[0] ?? {};
      return { block, position, activation, value: medianOf(values.map(({ value }) => value)) };
    })
    .sort((a, b) => a.position - b.position);
}

/** Attempts are named LAUNCH.TRY. */
function launchNumber(attempt: string): number {
  const launch = /^(\d+)\.\d+$/.exec(attempt)?.[1];
  if (launch === undefined) throw new RangeError(`"${attempt}" names no attempt; one is LAUNCH.TRY`);
  return Number(launch);
}

/** What a sample says by itself. */
export interface Description {
  readonly launches: number;
  readonly median: Said<{ readonly value: number }>;
  readonly interval: Said<MedianInterval>;
  /** Flagged; they are part of everything else. */
  readonly outliers: readonly Outlier[];
  readonly orderEffect: Said<OrderEffect>;
}

/** Median, interval, outliers and order effect. A value that is not above 0 leaves nothing to say. */
export function describeSample(sample: Sample, confidence: number, seed: number): Description {
  const values = sample.launches.map(({ value }) => value);
  const wrong = values.length === 0 ? "there are no launches" : whyNotPositive(values);
  if (wrong !== null) {
    const nothing = cannotSay(wrong);
    return {
      launches: values.length,
      median: nothing,
      interval: nothing,
      outliers: [],
      orderEffect: nothing,
    };
  }
  const purpose = `order effect ${JSON.stringify(fieldsOf(sample))}`;
  return {
    launches: values.length,
    median: { value: medianOf(values) },
    interval: medianInterval(values, confidence),
    outliers: findOutliers(values),
    orderEffect: orderEffect(sample.launches, randomStream(seed, purpose)),
  };
}
