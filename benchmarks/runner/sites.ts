/** Finds out before the first launch where each environment of a suite can run, and why it can't where it can't. */
import type { EnvironmentName, Inventory } from "../../infra/inventory.ts";
import { type Remote, RemoteError } from "../../infra/remote/remote.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { Suite } from "../suite.ts";
import type { Site } from "./launch.ts";
import type { LedgerEvent } from "./ledger.ts";
import { chooseGidIndex, type Probe, probePlacement } from "./probe.ts";

/** An environment that runs: the passive side on its first node, the active side on its second. */
export interface ReadyEnvironment {
  readonly server: Site;
  readonly client: Site;
  /** Programs of the suite that are not there, with the reason. */
  readonly unavailablePrograms: ReadonlyMap<string, string>;
}

export type EnvironmentState = ReadyEnvironment | { readonly reason: string };

/** What is known of all environments, and what goes into the ledger about them. */
export interface SurveyResult {
  readonly environments: ReadonlyMap<EnvironmentName, EnvironmentState>;
  readonly probed: readonly LedgerEvent[];
}

/** Probes all placements of a suite at the same time. Throws RemoteError when a node can't be reached. */
export async function surveyEnvironments(
  suite: Suite,
  inventory: Inventory,
  remoteOf: (node: string) => Remote,
  now: () => Date,
): Promise<SurveyResult> {
  const programs = [...new Set(suite.benchmarks.map((name) => benchmarkNamed(name).program))];
  const probed: LedgerEvent[] = [];
  const states = await Promise.all(
    suite.environments.map(async (name): Promise<[EnvironmentName, EnvironmentState]> => {
      const environment = inventory.environments.find((candidate) => candidate.name === name);
      if (environment === undefined) return [name, { reason: `the inventory has no environment ${name}` }];
      return [name, await surveyEnvironment(environment, programs, remoteOf, now, probed)];
    }),
  );
  return { environments: new Map(states), probed };
}

async function surveyEnvironment(
  environment: Inventory["environments"][number],
  programs: readonly string[],
  remoteOf: (node: string) => Remote,
  now: () => Date,
  probed: LedgerEvent[],
): Promise<EnvironmentState> {
  const [first, second] = environment.placements;
  if (first === undefined || second === undefined) {
    return { reason: `${environment.name} is on one node only, and the test needs two` };
  }
  const sides = await Promise.all(
    [first, second].map(async (placement) => {
      const remote = remoteOf(placement.node);
      try {
        return { remote, placement, probe: await probePlacement(remote, placement, programs) };
      } catch (error) {
        if (error instanceof RemoteError) throw error;
        const message = error instanceof Error ? error.message : String(error);
        return { reason: `${environment.name} on ${placement.node}: ${message}` };
      }
    }),
  );
  const sites: Site[] = [];
  const unavailablePrograms = new Map<string, string>();
  for (const side of sides) {
    if ("reason" in side) return { reason: side.reason };
    const { remote, placement, probe } = side;
    const site = siteOf(remote, placement, probe, environment.name);
    if ("reason" in site) return site;
    sites.push(site);
    for (const program of probe.missingPrograms) {
      unavailablePrograms.set(program, `${environment.name} on ${placement.node} has no ${program}`);
    }
    probed.push({
      event: "probed",
      time: now().toISOString(),
      environment: environment.name,
      node: placement.node,
      kernel: probe.kernel,
      linkLayer: probe.linkLayer ?? "",
      gidIndex: site.gidIndex,
      programs: probe.programs,
    });
  }
  const [server, client] = sites;
  if (server === undefined || client === undefined) return { reason: `${environment.name} lacks a side` };
  return { server, client, unavailablePrograms };
}

function siteOf(
  remote: Remote,
  placement: Site["placement"],
  probe: Probe,
  environment: EnvironmentName,
): Site | { readonly reason: string } {
  const where = `${environment} on ${placement.node}`;
  if (probe.missingTools.length > 0) {
    return { reason: `${where} has no ${probe.missingTools.join(" and no ")}` };
  }
  if (probe.linkLayer === null) {
    return { reason: `${where} has no RDMA device ${placement.rdmaDevice} with port ${placement.rdmaPort}` };
  }
  const gidIndex = chooseGidIndex(probe, placement.fabricAddress);
  if (gidIndex === undefined) {
    return { reason: `${where}: ${placement.rdmaDevice} has no RoCE v2 GID for ${placement.fabricAddress}` };
  }
  return { remote, placement, gidIndex };
}
