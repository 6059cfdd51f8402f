/** The first lines of our own MPI programs (benchmarks/mpi), which print what other tools print below a title of their own. */
import type { LineReader } from "./reading.ts";

/** What a title of ours says. */
export interface TestbedTitle {
  /** What stands between "# Testbed" and the version, as in "MPI Latency Test". */
  readonly name: string;
  readonly version: string;
}

/** Reads a title line, as in `# Testbed MPI Latency Test v1.0`; null when it is none of ours. */
export function parseTestbedTitle(line: string): TestbedTitle | null {
  const [, name, version] = /^# Testbed (\S.* Test) v((?:0|[1-9]\d*)\.\d+)$/.exec(line) ?? [];
  return name === undefined || version === undefined ? null : { name, version };
}

/**
 * Takes the title of one program of ours and the line with its seed behind it; null, with nothing taken, when the text doesn't
 * begin with that title.
 */
export function takeSeededTitle(reader: LineReader, name: string, seed: RegExp): TestbedTitle | null {
  const title = parseTestbedTitle(reader.peek() ?? "");
  if (title?.name !== name) return null;
  reader.advance();
  reader.take(new RegExp(`^# Seed: (?:${seed.source})$`), "the seed");
  return title;
}
