/** What a benchmark is to the suite: data, one file a family beside this one. */
import type { EnvironmentKind, Placement } from "../../infra/inventory.ts";
import type { ParseOutcome } from "../parsers/outcome.ts";

/** Where one side of a launch runs. `gidIndex` null: the port has no need of one. */
export interface LaunchSide {
  readonly placement: Placement;
  readonly gidIndex: number | null;
}

/** What both sides of one launch agree on. `tcpPort` differs from attempt to attempt. */
export interface LaunchSettings {
  /** One after the other in one launch; none: the benchmark has no message size. */
  readonly sizesBytes: readonly number[];
  readonly iterations: number;
  readonly tcpPort: number;
  readonly timeLimitSeconds: number;
  readonly connectLimitSeconds: number;
}

/** What a launch sends at least between its sides, for one of its sizes. */
export interface Traffic {
  readonly messageBytes: number;
  readonly clientToServer: number;
  readonly serverToClient: number;
}

export interface Benchmark {
  /** The name in suites, ledgers and results; in both families the program's own name. */
  readonly name: string;
  readonly family: "verbs" | "shared-memory";
  readonly title: string;
  readonly program: string;
  /** Which two placements of an environment take part: the first two on two nodes, or the first two on one node. */
  readonly pairing: "between-nodes" | "within-node";
  /** The kinds of environment where it makes sense. */
  readonly kinds: readonly EnvironmentKind[];
  /** The one number of a launch that results are made of. All other numbers of the launch are kept as measurements. */
  readonly metric: {
    readonly statistic: string;
    readonly unit: string;
    readonly better: "lower" | "higher";
  };
  /** Message sizes where the suite names none; none at all: the benchmark has no message size, whatever the suite names. */
  readonly sizesBytes: readonly number[];
  /** `all`: its program goes through the sizes by itself. */
  readonly sizesPerLaunch: "one" | "all";
  /** The words of one side's command. `serverAddress` null: the passive side; else where the passive side is. */
  readonly command: (side: LaunchSide, settings: LaunchSettings, serverAddress: string | null) => string[];
  /** What must have gone over the adapter; null: nothing goes over it. */
  readonly traffic:
    | ((settings: Pick<LaunchSettings, "sizesBytes" | "iterations">) => readonly Traffic[])
    | null;
  /** Reads the client's standard output. */
  readonly parse: (text: string) => ParseOutcome;
}

/** The size of a launch that has exactly one. */
export function onlySize({ sizesBytes }: Pick<LaunchSettings, "sizesBytes">): number {
  const [sizeBytes, ...others] = sizesBytes;
  if (sizeBytes === undefined || others.length > 0) throw new Error("the launch must have exactly one size");
  return sizeBytes;
}
