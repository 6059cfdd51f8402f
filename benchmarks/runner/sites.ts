/** Finds out where an active environment can run which benchmark, and why it can't where it can't. */
import type { EnvironmentName, Inventory, InventoryEnvironment, Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { ActivationError } from "../activation/activation.ts";
import type { Benchmark } from "../catalogue/benchmark.ts";
import type { PlacedEvidence } from "../evidence/compare.ts";
import { gatherEnvironment, gatherNode } from "../evidence/gather.ts";
import type { EnvironmentReport } from "../evidence/parse.ts";
import { environmentFailure } from "./environment-failure.ts";
import type { Site } from "./launch.ts";
import type { RunOptions } from "./session.ts";

/** The two sides of a launch: the passive one and the active one. */
export interface Sides {
  readonly server: Site;
  readonly client: Site;
}

/** What was found in one placement. */
export interface SurveyedPlacement {
  readonly placed: PlacedEvidence;
  readonly report: EnvironmentReport;
  readonly site: Site;
}

/** Placements by `placementKey`; a text where the placement can't be used, with the reason. */
export type Survey = ReadonlyMap<string, SurveyedPlacement | string>;

/** Tells the placements of one environment apart. */
export function placementKey({ node, guest }: Placement): string {
  return `${node} ${guest ?? ""}`;
}

/** The placements of the passive and the active side; null when the environment has no such two. */
export function choosePlacements(
  pairing: Benchmark["pairing"],
  placements: readonly Placement[],
): readonly [Placement, Placement] | null {
  for (const [index, server] of placements.entries()) {
    const client = placements
      .slice(index + 1)
      .find(({ node }) => (node === server.node) === (pairing === "within-node"));
    if (client !== undefined) return [server, client];
  }
  return null;
}

/** Why an environment has not the two places that a benchmark needs. */
function unpairedReason(environment: EnvironmentName, { pairing }: Benchmark): string {
  return pairing === "between-nodes"
    ? `${environment} is on one node only, and the test needs two`
    : `${environment} is not twice on any node, and the test needs two places on one`;
}

/**
 * Asks the placements that the benchmarks use, all at the same time.
 * @param known what was found before in this session: of those places only what an activation changes is asked again
 * @throws RemoteError when a node can't be reached, ActivationError when a guest does not answer
 */
export async function surveyEnvironment(
  environment: InventoryEnvironment,
  benchmarks: readonly Benchmark[],
  placements: readonly Placement[],
  reach: Pick<RunOptions, "inventory" | "remoteOf">,
  known: Survey,
): Promise<Survey> {
  const wanted = benchmarks.flatMap(({ pairing }) => choosePlacements(pairing, placements) ?? []);
  const programs = [...new Set(benchmarks.map(({ program }) => program))];
  const surveyed = await Promise.all(
    [...new Set(wanted)].map(async (placement): Promise<[string, SurveyedPlacement | string]> => {
      const key = placementKey(placement);
      const remote = reach.remoteOf(placement.node);
      const former = known.get(key);
      try {
        const found =
          former === undefined || typeof former === "string"
            ? await askAll(environment, placement, remote, reach.inventory, programs)
            : await askAgain(former, placement, remote);
        return [key, found];
      } catch (error) {
        const message = await environmentFailure(error, environment.kind, [remote]);
        const reason = `${placeName(environment.name, placement)}: ${message}`;
        // A guest that does not answer can be started again: that is the activation's to do.
        if (environment.kind === "guest") throw new ActivationError(reason);
        return [key, reason];
      }
    }),
  );
  return new Map(surveyed);
}

async function askAll(
  environment: InventoryEnvironment,
  placement: Placement,
  remote: Remote,
  inventory: Inventory,
  programs: readonly string[],
): Promise<SurveyedPlacement> {
  const node = inventory.nodes.find(({ name }) => name === placement.node);
  if (node === undefined) throw new Error("it is none of the inventory's nodes");
  const [report, nodeEvidence] = await Promise.all([
    gatherEnvironment(remote, placement, programs),
    gatherNode(remote, node, placement, environment.kind),
  ]);
  const place = {
    environment: environment.name,
    node: placement.node,
    ...(placement.guest === undefined ? {} : { guest: placement.guest }),
  };
  const evidence = { ...report.evidence, node: nodeEvidence };
  return surveyedPlacement({ ...place, evidence }, report, placement, remote);
}

/** Device names, GIDs and links may be others after an activation; programs and the node stay the same. */
async function askAgain(
  { placed, report }: SurveyedPlacement,
  placement: Placement,
  remote: Remote,
): Promise<SurveyedPlacement> {
  const now = await gatherEnvironment(remote, placement, []);
  const { programs, node } = placed.evidence;
  const evidence = { ...now.evidence, programs, node };
  const whole = { ...now, missingPrograms: report.missingPrograms };
  return surveyedPlacement({ ...placed, evidence }, whole, placement, remote);
}

function surveyedPlacement(
  placed: PlacedEvidence,
  report: EnvironmentReport,
  placement: Placement,
  remote: Remote,
): SurveyedPlacement {
  return { placed, report, site: { remote, placement, gidIndex: placed.evidence.adapter.gidIndex } };
}

/** The sides of a benchmark in a surveyed environment, or why it can't run there. */
export function sidesOf(
  environment: EnvironmentName,
  benchmark: Benchmark,
  placements: readonly Placement[],
  survey: Survey,
): Sides | { readonly reason: string } {
  const pair = choosePlacements(benchmark.pairing, placements);
  if (pair === null) return { reason: unpairedReason(environment, benchmark) };
  const sites: Site[] = [];
  for (const placement of pair) {
    const found = survey.get(placementKey(placement));
    if (found === undefined || typeof found === "string") {
      return { reason: found ?? `${placeName(environment, placement)} was not asked` };
    }
    const lack = lackOf(found.report, benchmark);
    if (lack !== null) return { reason: `${placeName(environment, placement)} has ${lack}` };
    sites.push(found.site);
  }
  const [server, client] = sites as [Site, Site];
  return { server, client };
}

function lackOf(report: EnvironmentReport, benchmark: Benchmark): string | null {
  if (report.missingTools.length > 0) return `no ${report.missingTools.join(" and no ")}`;
  if (benchmark.family === "verbs" && report.rdmaProblem !== null) return report.rdmaProblem;
  return report.missingPrograms.includes(benchmark.program) ? `no ${benchmark.program}` : null;
}

function placeName(environment: EnvironmentName, { node, guest }: Placement): string {
  return guest === undefined ? `${environment} on ${node}` : `${environment} on ${node} (guest ${guest})`;
}
