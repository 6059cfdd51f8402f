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
  readonly sizeBytes: number;
  readonly iterations: number;
  readonly tcpPort: number;
  readonly timeLimitSeconds: number;
  readonly connectLimitSeconds: number;
}

/** What a launch sends at least between its sides, in messages of one size. */
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
  /** Message sizes where the suite names none. */
  readonly sizesBytes: readonly number[];
  /** The words of one side's command. `serverAddress` null: the passive side; else where the passive side is. */
  readonly command: (side: LaunchSide, settings: LaunchSettings, serverAddress: string | null) => string[];
  /** What must have gone over the adapter; null: nothing goes over it. */
  readonly traffic: ((settings: Pick<LaunchSettings, "sizeBytes" | "iterations">) => Traffic) | null;
  /** Reads the client's standard output. */
  readonly parse: (text: string) => ParseOutcome;
}
