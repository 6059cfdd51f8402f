/** Finds out where an active environment can run which benchmark, and why it can't where it can't. */
import type { EnvironmentName, Inventory, InventoryEnvironment, Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { ActivationError } from "../activation/activation.ts";
import type { Benchmark, ProfileName } from "../catalogue/benchmark.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { PlacedEvidence } from "../evidence/compare.ts";
import { gatherEnvironment, gatherNode } from "../evidence/gather.ts";
import type { EnvironmentReport } from "../evidence/parse.ts";
import { launcherNamed } from "../launchers/launchers.ts";
import { makesSense, type Suite } from "../suite.ts";
import { environmentFailure } from "./environment-failure.ts";
import type { Site } from "./launch.ts";
import type { RunOptions } from "./session.ts";

/** The sides of a launch: the active one, and the passive ones. */
export interface Sides {
  readonly client: Site;
  readonly servers: readonly [Site, ...Site[]];
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

/** The placements of a launch, the active side's first. */
type Places = readonly [Placement, Placement, ...Placement[]];

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
function unpairedReason(environment: EnvironmentName, benchmark: Benchmark): string {
  return benchmark.launcher === "pair" && benchmark.pairing === "within-node"
    ? `${environment} is not twice on any node, and the test needs two places on one`
    : `${environment} is on one node only, and the test needs two`;
}

/** The programs that a benchmark needs in a place: those of its launcher, and the first word of its command. */
function neededPrograms(benchmark: Benchmark, suite: Suite): string[] {
  if (benchmark.launcher === "pair") return [benchmark.program];
  const { startPrograms, joinPrograms } = launcherNamed(suite.mpi.launcher);
  const [program = ""] = benchmark.command(benchmark.scales[suite.profile], {
    sizesBytes: [],
    iterations: 1,
  });
  return [...startPrograms, ...joinPrograms, program];
}

/**
 * Asks the placements that the benchmarks of a suite use, all at the same time.
 * @param known what was found before in this session: of those places only what an activation changes is asked again
 * @throws RemoteError when a node can't be reached, ActivationError when a guest does not answer
 */
export async function surveyEnvironment(
  environment: InventoryEnvironment,
  suite: Suite,
  placements: readonly Placement[],
  reach: Pick<RunOptions, "inventory" | "remoteOf">,
  known: Survey,
): Promise<Survey> {
  const benchmarks = suite.benchmarks
    .filter((benchmark) => makesSense(benchmark, environment.name))
    .map(benchmarkNamed);
  const wanted = benchmarks.flatMap((each) => choosePlacements(each, suite.profile, placements) ?? []);
  const programs = [...new Set(benchmarks.flatMap((each) => neededPrograms(each, suite)))];
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
  const { gidIndex, networkDevice, softRoce } = placed.evidence.adapter;
  const site = { remote, placement, gidIndex, networkDevice, softRoce: softRoce ?? false };
  return { placed, report, site };
}

/** The sides of a benchmark in a surveyed environment, or why it can't run there. */
export function sidesOf(
  environment: EnvironmentName,
  benchmark: Benchmark,
  suite: Suite,
  placements: readonly Placement[],
  survey: Survey,
): Sides | { readonly reason: string } {
  const places = choosePlacements(benchmark, suite.profile, placements);
  if (places === null) return { reason: unpairedReason(environment, benchmark) };
  const sites: Site[] = [];
  for (const placement of places) {
    const found = survey.get(placementKey(placement));
    if (found === undefined || typeof found === "string") {
      return { reason: found ?? `${placeName(environment, placement)} was not asked` };
    }
    const lack = lackOf(found.report, benchmark, suite);
    if (lack !== null) return { reason: `${placeName(environment, placement)} has ${lack}` };
    sites.push(found.site);
  }
  const [client, server, ...others] = sites as [Site, Site, ...Site[]];
  return { client, servers: [server, ...others] };
}

function lackOf(report: EnvironmentReport, benchmark: Benchmark, suite: Suite): string | null {
  if (report.missingTools.length > 0) return `no ${report.missingTools.join(" and no ")}`;
  if (benchmark.family !== "shared-memory" && report.rdmaProblem !== null) return report.rdmaProblem;
  const missing = neededPrograms(benchmark, suite).find((name) => report.missingPrograms.includes(name));
  return missing === undefined ? null : `no ${missing}`;
}

function placeName(environment: EnvironmentName, { node, guest }: Placement): string {
  return guest === undefined ? `${environment} on ${node}` : `${environment} on ${node} (guest ${guest})`;
}
