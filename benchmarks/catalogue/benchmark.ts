/** What a benchmark is to the suite: data, one file a family beside this one. */
import type { ParseOutcome } from "../parsers/outcome.ts";

export interface Benchmark {
  /** The name in suites, ledgers and results; for verbs tests the program's own name. */
  readonly name: string;
  readonly family: "verbs";
  readonly title: string;
  readonly program: string;
  /** The one number of a launch that results are made of. All other numbers of the launch are kept as measurements. */
  readonly metric: {
    readonly statistic: string;
    readonly unit: string;
    readonly better: "lower" | "higher";
  };
  /** Message sizes where the suite names none. */
  readonly sizesBytes: readonly number[];
  /** Reads the client's standard output. */
  readonly parse: (text: string) => ParseOutcome;
}
