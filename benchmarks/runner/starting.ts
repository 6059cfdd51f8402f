/** How the sides of a launch are started and stopped, by the benchmark's launcher. */
import type { Benchmark, LaunchSettings } from "../catalogue/benchmark.ts";
import { wantedProgram } from "../catalogue/sources.ts";
import { launcherNamed } from "../launchers/launchers.ts";
import type { Suite } from "../suite.ts";
import type { ProgramNames } from "./judge.ts";
import { type LaunchIdentity, type LaunchResult, runLaunch, stopServer } from "./launch.ts";
import { type MpiSites, mpiCommand, runMpiLaunch, stopMpiLaunch } from "./mpi-launch.ts";
import { unreachableReason } from "./reach.ts";
import type { Sides } from "./sites.ts";

/** A launch that is ready to be run. */
export interface Starting {
  readonly program: ProgramNames;
  readonly clientCommand: readonly string[];
  /** None: the joining sides of an MPI program get their commands when it runs. */
  readonly serverCommand: readonly string[];
  /** A text: why nothing was run. Throws RemoteError when a node can't be reached. */
  readonly run: () => Promise<LaunchResult | string>;
  /** Ends what still runs of it. */
  readonly stop: () => Promise<void>;
}

/** How a benchmark is started on its sides. Throws for a benchmark without a program, which is given no sides. */
export function startingOf(
  benchmark: Benchmark,
  suite: Suite,
  settings: LaunchSettings,
  { client, servers, executable, starter }: Sides,
  identity: LaunchIdentity,
): Starting {
  if (benchmark.launcher === "pair") {
    const [server] = servers;
    const program = chosen(wantedProgram(benchmark, suite.sources));
    const { command } = program;
    const commands = {
      server: command(executable, server, settings, null),
      client: command(executable, client, settings, server.placement.fabricAddress),
    };
    return {
      program,
      clientCommand: commands.client,
      serverCommand: commands.server,
      run: () => runLaunch(server, client, commands, suite, identity),
      stop: () => stopServer(server, identity),
    };
  }
  const launcher = launcherNamed(suite.mpi.launcher);
  const { ranksPerNode: ranksPerSite, problem } = benchmark.scales[suite.profile];
  const wanted = wantedProgram(benchmark, suite.sources);
  const program = chosen(wanted);
  const work = {
    ranksPerSite,
    starter: starter ?? launcher.startPrograms[0],
    program: program.command(executable, problem, settings),
    variables: suite.mpi.variables,
    kit: "source" in wanted && wanted.source.kind === "kit" ? wanted.source : null,
  };
  const sites: MpiSites = [client, ...servers];
  return {
    program,
    clientCommand: mpiCommand(launcher, sites, work),
    serverCommand: [],
    run: async () =>
      (await unreachableReason(sites)) ?? (await runMpiLaunch(launcher, sites, work, suite, identity)),
    stop: () => stopMpiLaunch(sites, identity),
  };
}

function chosen<Program>(wanted: { readonly program: Program } | { readonly reason: string }): Program {
  if ("reason" in wanted) throw new Error(wanted.reason);
  return wanted.program;
}
