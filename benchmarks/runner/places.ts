/** Which placements of an environment take part in a benchmark. Pure. */
import type { EnvironmentName, Placement } from "../../infra/inventory.ts";
import type { Benchmark, ProfileName } from "../catalogue/benchmark.ts";

/** Tells the placements of one environment apart. */
export function placementKey({ node, guest }: Placement): string {
  return `${node} ${guest ?? ""}`;
}

/** A placement in a sentence. */
export function placeName(environment: EnvironmentName, { node, guest }: Placement): string {
  return guest === undefined ? `${environment} on ${node}` : `${environment} on ${node} (guest ${guest})`;
}

/** The placements of a launch, the active side's first. */
export type Places = readonly [Placement, Placement, ...Placement[]];

/** The placements of a benchmark's sides; null when the environment has not as many. */
export function choosePlacements(
  benchmark: Benchmark,
  profile: ProfileName,
  placements: readonly Placement[],
): Places | null {
  const withinNode = benchmark.launcher === "pair" && benchmark.pairing === "within-node";
  for (const [index, server] of placements.entries()) {
    const client = placements.slice(index + 1).find(({ node }) => (node === server.node) === withinNode);
    if (client === undefined) continue;
    if (benchmark.launcher === "pair" || benchmark.scales[profile].nodes === "two") return [client, server];
    const others = placements.filter(
      ({ node }, place) =>
        node !== server.node &&
        node !== client.node &&
        placements.findIndex((earlier) => earlier.node === node) === place,
    );
    return [client, server, ...others];
  }
  return null;
}

/** Why an environment has not the places that a benchmark needs. */
export function unpairedReason(environment: EnvironmentName, benchmark: Benchmark): string {
  return benchmark.launcher === "pair" && benchmark.pairing === "within-node"
    ? `${environment} is not twice on any node, and the test needs two places on one`
    : `${environment} is on one node only, and the test needs two`;
}
