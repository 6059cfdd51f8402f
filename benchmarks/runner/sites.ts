/** Finds out where an active environment can run which benchmark, and why it can't where it can't. */
import type { EnvironmentName, Inventory, InventoryEnvironment, Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { ActivationError } from "../activation/activation.ts";
import type { Benchmark } from "../catalogue/benchmark.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { PlacedEvidence } from "../evidence/compare.ts";
import { gatherEnvironment, gatherNode } from "../evidence/gather.ts";
import type { EnvironmentReport } from "../evidence/parse.ts";
import { bringProgram } from "../sources/bring.ts";
import { makesSense, type Suite } from "../suite.ts";
import { environmentFailure } from "./environment-failure.ts";
import type { Site } from "./launch.ts";
import { choosePlacements, placementKey, placeName, unpairedReason } from "./places.ts";
import {
  foundEverywhere,
  type NeededPrograms,
  neededPrograms,
  rankCount,
  type TarballPrograms,
} from "./programs.ts";
import type { RunOptions } from "./session.ts";

/** The sides of a launch, the active one and the passive ones, and the programs that were found in all of them. */
export interface Sides {
  readonly client: Site;
  readonly servers: readonly [Site, ...Site[]];
  /** Of the benchmark. */
  readonly executable: string;
  /** What starts the ranks; null: each side is started by itself. */
  readonly starter: string | null;
}

/** What was found in one placement. */
export interface SurveyedPlacement {
  readonly placed: PlacedEvidence;
  readonly report: EnvironmentReport;
  readonly site: Site;
}

/** Placements by `placementKey`; a text where the placement can't be used, with the reason. */
export type Survey = ReadonlyMap<string, SurveyedPlacement | string>;

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
  tarballs: TarballPrograms,
  known: Survey,
): Promise<Survey> {
  const needs = suite.benchmarks
    .filter((benchmark) => makesSense(benchmark, environment.name))
    .map(benchmarkNamed)
    .flatMap((benchmark) => {
      const places = choosePlacements(benchmark, suite.profile, placements) ?? [];
      const needed = neededPrograms(benchmark, suite, rankCount(benchmark, suite, places.length), tarballs);
      return "reason" in needed ? [] : [{ places, needed }];
    });
  const surveyed = await Promise.all(
    [...new Set(needs.flatMap(({ places }) => places))].map(
      async (placement): Promise<[string, SurveyedPlacement | string]> => {
        const key = placementKey(placement);
        const remote = reach.remoteOf(placement.node);
        const former = known.get(key);
        const here = needs.filter(({ places }) => places.some((place) => place === placement));
        try {
          const brought = here.flatMap(({ needed }) => needed.brought ?? []);
          for (const program of new Set(brought)) await bringProgram(remote, placement, program);
          const found =
            former === undefined || typeof former === "string"
              ? await askAll(environment, placement, remote, reach.inventory, asked(here))
              : await askAgain(former, placement, remote);
          return [key, found];
        } catch (error) {
          const message = await environmentFailure(error, environment.kind, [remote]);
          const reason = `${placeName(environment.name, placement)}: ${message}`;
          // A guest that does not answer can be started again: that is the activation's to do.
          if (environment.kind === "guest") throw new ActivationError(reason);
          return [key, reason];
        }
      },
    ),
  );
  return new Map(surveyed);
}

/** All places where programs may be, with the source that each would be from. */
function asked(needs: readonly { readonly needed: NeededPrograms }[]): ReadonlyMap<string, string | null> {
  const programs = needs.flatMap(({ needed: { benchmark, starter, others } }) => [
    ...(starter === null ? [] : [starter]),
    ...others,
    benchmark,
  ]);
  return new Map(
    programs.flatMap(({ candidates, source }) => candidates.map((candidate) => [candidate, source])),
  );
}

async function askAll(
  environment: InventoryEnvironment,
  placement: Placement,
  remote: Remote,
  inventory: Inventory,
  programs: ReadonlyMap<string, string | null>,
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
  const now = await gatherEnvironment(remote, placement, new Map());
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
  tarballs: TarballPrograms,
  survey: Survey,
): Sides | { readonly reason: string } {
  const places = choosePlacements(benchmark, suite.profile, placements);
  if (places === null) return { reason: unpairedReason(environment, benchmark) };
  const needed = neededPrograms(benchmark, suite, rankCount(benchmark, suite, places.length), tarballs);
  if ("reason" in needed) return needed;
  const found: SurveyedPlacement[] = [];
  for (const placement of places) {
    const here = survey.get(placementKey(placement));
    if (here === undefined || typeof here === "string") {
      return { reason: here ?? `${placeName(environment, placement)} was not asked` };
    }
    const lack = lackOf(here.report, benchmark);
    if (lack !== null) return { reason: `${placeName(environment, placement)} has ${lack}` };
    found.push(here);
  }
  const missing = found.map(({ report }) => report.missingPrograms);
  const paths: string[] = [];
  for (const program of [needed.starter, ...needed.others, needed.benchmark]) {
    if (program === null) continue;
    const outcome = foundEverywhere(program, missing);
    if ("lack" in outcome) {
      const place = places[outcome.place] ?? places[0];
      return { reason: `${placeName(environment, place)} has ${outcome.lack}` };
    }
    paths.push(outcome.path);
  }
  const [client, server, ...others] = found.map(({ site }) => site) as [Site, Site, ...Site[]];
  const starter = needed.starter === null ? null : (paths[0] ?? null);
  return { client, servers: [server, ...others], executable: paths.at(-1) ?? "", starter };
}

function lackOf({ missingTools, rdmaProblem }: EnvironmentReport, { family }: Benchmark): string | null {
  if (missingTools.length > 0) return `no ${missingTools.join(" and no ")}`;
  return family === "shared-memory" ? null : rdmaProblem;
}
