/** One launch of an MPI program: the first site starts it, and the others join when the launcher asks for them. */
import type { RemoteResult } from "../../infra/remote/remote.ts";
import type { Kit } from "../catalogue/sources.ts";
import type { Launcher, MpiJob } from "../launchers/launcher.ts";
import { endedWithin } from "./ended-within.ts";
import { kitCommand, kitWords } from "./kit-launch.ts";
import {
  inEnvironment,
  type LaunchIdentity,
  type LaunchLimits,
  type LaunchResult,
  type Site,
  sideWords,
  stopServer,
  surroundingsSeconds,
} from "./launch.ts";
import { joinScript, startScript } from "./scripts.ts";

/** Time that the joined sides get to end by themselves after the starting side ended. */
const joinedGraceMs = 15_000;

/** Sites of a job, with the ways to their nodes. */
export type MpiSites = readonly [Site, ...Site[]];

/** The job's part of a launch that its sites don't say. */
export type MpiWork = Pick<MpiJob, "ranksPerSite" | "starter" | "program" | "variables"> & {
  /** Whose runspec the program is, which has the ranks started by itself; null: the launcher starts the program's ranks. */
  readonly kit: Kit | null;
};

/** The words of each side, for the ledger. The joining sides' are made by the launcher when it runs. */
export function mpiCommand(launcher: Launcher, sites: MpiSites, work: MpiWork): string[] {
  const job: MpiJob = { ...work, sites };
  return work.kit === null ? launcher.startCommand(job) : kitCommand(job, work.kit);
}

/** Runs the program on all sites and waits for all. Throws RemoteError when a node can't be reached. */
export async function runMpiLaunch(
  launcher: Launcher,
  sites: MpiSites,
  work: MpiWork,
  limits: LaunchLimits,
  identity: LaunchIdentity,
): Promise<LaunchResult> {
  const job: MpiJob = { ...work, sites };
  const [starter, ...others] = sites;
  // Sides find each other at the start of the program: both limits are the program's.
  const limitSeconds = limits.timeLimitSeconds + limits.connectLimitSeconds;
  const timeoutMs = 1000 * (limitSeconds + surroundingsSeconds);
  const settings = (site: Site): string[] =>
    Object.entries(launcher.variables(job, site)).map(([name, value]) => `${name}=${value}`);
  // The starting side may be asked to join itself.
  const joinIdentity = joiningIdentity(identity);
  const joined = new Map<Site, Promise<RemoteResult>>();

  const joinOnRequest = (line: string): void => {
    const request = launcher.joinRequest(line, job);
    const site = sites.find((candidate) => candidate === request?.site);
    if (request === null || site === undefined || joined.has(site)) return;
    const words = [
      ...[...sideWords(site, joinIdentity.token), String(limitSeconds), String(identity.tcpPort)],
      ...[request.command, ...settings(site)],
    ];
    const run = site.remote.run(inEnvironment(site.placement, words), { input: joinScript, timeoutMs });
    // Its failure is met below; without this a failure before the starting side's end would be left unhandled.
    run.catch(() => undefined);
    joined.set(site, run);
  };
  const start =
    work.kit === null ? launcher.startCommand(job) : kitWords(launcher, job, work.kit, identity.token);
  const words = [
    ...[...sideWords(starter, identity.token), String(limitSeconds), launcher.agentVariable ?? "-"],
    ...[String(identity.tcpPort), ...settings(starter), ...start],
  ];
  let stopped = false;
  let client: RemoteResult;
  try {
    client = await starter.remote.run(inEnvironment(starter.placement, words), {
      input: startScript,
      timeoutMs,
      onLine: { stream: launcher.speaksOn, tell: joinOnRequest },
    });
  } finally {
    for (const [site, run] of joined) {
      if (await endedWithin(run, joinedGraceMs)) continue;
      stopped = true;
      await stopServer(site, joinIdentity);
    }
  }
  const servers = await Promise.all(others.map((site) => joined.get(site) ?? neverJoined));
  const { ownLinePrefix } = launcher;
  const stdout = client.stdout
    .split("\n")
    .filter((line) => ownLinePrefix === null || !line.startsWith(ownLinePrefix));
  return { client: { ...client, stdout: stdout.join("\n") }, servers, serverStopped: stopped };
}

/** Tells what a side runs to join from what it runs to start. */
function joiningIdentity({ token, tcpPort }: LaunchIdentity): LaunchIdentity {
  return { token: `${token}-joined`, tcpPort };
}

/** Ends what a launch runs on all its sides, as far as it still runs. */
export async function stopMpiLaunch(sites: MpiSites, identity: LaunchIdentity): Promise<void> {
  const [starter] = sites;
  await Promise.all([
    stopServer(starter, identity),
    ...sites.map((site) => stopServer(site, joiningIdentity(identity))),
  ]);
}

/** Of a side that the launcher never asked for, because it failed before. */
const neverJoined: RemoteResult = {
  stdout: "",
  stderr: "the launcher did not ask this side to join\n",
  exitCode: null,
  timedOut: false,
};
