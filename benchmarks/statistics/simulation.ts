/** Invented launches with a known truth, to see how often the analysis is right. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { PairedBlock } from "./blocks.ts";
import { type Pair, usualSettings } from "./comparison.ts";
import { RandomNumbers, randomStream } from "./generator.ts";
import { normalQuantile } from "./normal.ts";

/** How launches vary: standard deviations of log values, so that 0.05 is about 5 %. */
export interface Noise {
  readonly launch: number;
  /** What all launches of a block share. */
  readonly block: number;
  /** The share of launches that something else on the machine slowed down, by up to some tens of percent. */
  readonly disturbed: number;
}

const disturbance = 0.3;

/** Draws sets of blocks, one launch of each environment a block unless more are asked for. */
export function simulatedBlocks(
  purpose: string,
  noise: Noise,
): (count: number, ratio: number, launches?: number) => PairedBlock[] {
  const random = new RandomNumbers(randomStream(1, purpose));
  const normal = (deviation: number): number => deviation * normalQuantile(random.fraction());
  const launch = (): number =>
    normal(noise.launch) + (random.fraction() < noise.disturbed ? Math.abs(normal(disturbance)) : 0);
  return (count, ratio, launches = 1) =>
    Array.from({ length: count }, (_, block) => {
      const shared = normal(noise.block);
      const values = (factor: number): number[] =>
        Array.from({ length: launches }, () => factor * Math.exp(shared + launch()));
      return { block, subject: values(ratio), reference: values(1) };
    });
}

/** The blocks as two samples of a benchmark. */
export function pairOf(blocks: readonly PairedBlock[], sizeBytes: number): Pair<"emulated"> {
  const sample = (environment: EnvironmentName, side: "subject" | "reference") => ({
    fidelity: "emulated" as const,
    benchmark: "simulated",
    environment,
    sizeBytes,
    statistic: "typical",
    unit: "us",
    launches: blocks.map((block) => ({
      block: block.block,
      position: block.block,
      activation: null,
      value: block[side][0] as number,
    })),
  });
  return {
    subject: sample("vm-passthrough", "subject"),
    reference: sample("native", "reference"),
  };
}

/** Settings for many runs: fewer resamples, as their own noise averages out. */
export const simulationSettings = { ...usualSettings, resamples: 999, seed: 1, margin: null } as const;
