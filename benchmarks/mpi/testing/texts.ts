/** Our programs' texts as their models would have printed them, for the parsers of the models. */
import { fixtureTexts, replaced } from "../../parsers/testing/fixtures.ts";

/** A table of testbed_mpi under OSU's title. */
export function asOsu(text: string): string {
  return replaced(text, /^# Testbed (.*) v1\.0\n/, "# OSU $1 v7.4\n");
}

/** testbed_bfs without its title. */
export function asGraph500(text: string): string {
  return replaced(text, /^# Testbed BFS Test v1\.0\n# Seed: \d+\n/, "");
}

/** testbed_ep under NPB's title, with the lines about the compilation that ours has not. */
export function asNpb(text: string): string {
  const real = fixtureTexts("npb").get("3.4/ep.S.np4.txt") ?? "";
  const title = " NAS Parallel Benchmarks 1.0 -- EP Benchmark\n";
  const end = real.slice(real.indexOf(" Compile date"));
  return replaced(text, /^# Testbed EP Test v1\.0\n# Seed: 271828183\n/, title) + end;
}
