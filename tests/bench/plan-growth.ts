/** How the time of planning grows with the number of nodes. */
import { median } from "../../benchmarks/summary.ts";
import { type Configuration, parseConfiguration } from "../../infra/config.ts";
import { expand } from "../../infra/plan.ts";
import type { Row } from "./row.ts";

const nodeCounts = [8, 64, 512] as const;
/** Nodes that are planned in each sample whatever the size of one plan, so that samples take equally long. */
const nodesPerSample = 40 * 512;
const samples = 15;

function configurationOf(count: number): Configuration {
  const result = parseConfiguration({ nodes: JSON.stringify({ source: "emulated", count }) });
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

/** Microseconds that a node takes in plans of so many nodes. */
function sample(configuration: Configuration, count: number): number {
  const begun = performance.now();
  for (let planned = 0; planned < nodesPerSample; planned += count) expand(configuration, "bench");
  return ((performance.now() - begun) * 1000) / nodesPerSample;
}

/** Plans of 8, 64 and 512 nodes in turn; the first turn only warms the compiler up. */
export function planGrowth(): Row {
  const sizes = nodeCounts.map((count) => ({
    count,
    configuration: configurationOf(count),
    times: [] as number[],
  }));
  for (let turn = 0; turn <= samples; turn++) {
    for (const { count, configuration, times } of sizes) {
      const time = sample(configuration, count);
      if (turn > 0) times.push(time);
    }
  }
  const medians = sizes.map(({ times }) => median(times.toSorted((a, b) => a - b)) ?? Number.NaN);
  const [, middle = Number.NaN, large = Number.NaN] = medians;
  return {
    what: "a node's time in a plan of 512 over one of 64",
    goal: 1.5,
    outcome: {
      ratio: large / middle,
      from: sizes
        .map(({ count }, index) => `${count} nodes: ${medians[index]?.toFixed(2)} us a node`)
        .join(", "),
    },
  };
}
