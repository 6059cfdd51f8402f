/** What starts the ranks of an MPI program. One small module for each implementation beside this one. */
import type { Placement } from "../../infra/inventory.ts";

/** Where ranks run. */
export interface RankSite {
  readonly placement: Placement;
  /** The network device with the fabric address there; null: not known. */
  readonly networkDevice: string | null;
  readonly softRoce: boolean;
}

/** One run of an MPI program. The first site starts it and has rank 0. */
export interface MpiJob {
  readonly sites: readonly [RankSite, ...RankSite[]];
  readonly ranksPerSite: number;
  /** What starts the ranks: the first of the launcher's programs, as it was found. */
  readonly starter: string;
  /** The program's words. */
  readonly program: readonly string[];
  /** Environment variables of the user's configuration; they win over the launcher's own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the launcher wants to be run in a site, so that it joins. */
export interface JoinRequest {
  readonly site: RankSite;
  /** A command line for a shell, as the launcher would have handed it to ssh. */
  readonly command: string;
}

/**
 * Remote ranks are not started by ssh between the sides, which would need keys in hosts, containers and guests: the launcher
 * says on its output what it wants to run where, and the runner runs it over the connections that it has.
 */
export interface Launcher {
  readonly name: string;
  /** Programs that must be there beside the benchmark: in the first site, and in the others. */
  readonly startPrograms: readonly [string, ...string[]];
  readonly joinPrograms: readonly string[];
  /** What brings them, by distribution, and the folders beside the PATH where packages put them. */
  readonly packages: string;
  readonly packageFolders: readonly string[];
  /**
   * The environment variable that names the program to be run instead of ssh: start.sh sets it to a script that says what it
   * was called with. Null: the launcher says it by itself.
   */
  readonly agentVariable: string | null;
  /** The words that start the ranks, run in the first site. */
  readonly startCommand: (job: MpiJob) => string[];
  /** The variables that a site must have, and with it its ranks. */
  readonly variables: (job: MpiJob, site: RankSite) => Readonly<Record<string, string>>;
  /** Where the launcher says what it wants to be run. Lines of standard output that say it are no output of the program. */
  readonly speaksOn: "stdout" | "stderr";
  /** What a line of the starting side's output asks for; null: nothing. */
  readonly joinRequest: (line: string, job: MpiJob) => JoinRequest | null;
  /** What lines of standard output begin with that are the launcher's own; null: it has none. */
  readonly ownLinePrefix: string | null;
}
