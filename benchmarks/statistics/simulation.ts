/** Invented launches with a known truth, to see how often the analysis is right. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { LaunchValue, PairedBlock } from "./blocks.ts";
import { type Pair, usualSettings } from "./comparison.ts";
import { RandomNumbers, randomStream } from "./generator.ts";
import { normalQuantile } from "./normal.ts";
import type { Sample } from "./sample.ts";

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

/** Launches as a sample of the simulated benchmark. */
export function simulatedSample(
  environment: EnvironmentName,
  sizeBytes: number,
  launches: readonly LaunchValue[],
): Sample<"emulated"> {
  const names = { benchmark: "simulated", statistic: "typical", unit: "us" };
  return { fidelity: "emulated", environment, sizeBytes, ...names, launches };
}

/** The blocks as two samples of a benchmark. */
export function pairOf(blocks: readonly PairedBlock[], sizeBytes: number): Pair<"emulated"> {
  const launchesOf = (side: "subject" | "reference"): LaunchValue[] =>
    blocks.map(({ block, [side]: [value] }) => ({
      block,
      position: block,
      activation: null,
      value: value as number,
    }));
  return {
    subject: simulatedSample("vm-passthrough", sizeBytes, launchesOf("subject")),
    reference: simulatedSample("native", sizeBytes, launchesOf("reference")),
  };
}

/** Settings for many runs: fewer resamples, as their own noise averages out. */
export const simulationSettings = { ...usualSettings, resamples: 999, seed: 1, margin: null } as const;
