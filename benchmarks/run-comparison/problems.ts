/** Whether a benchmark was the same work in two runs. Where it was not, a ratio of its numbers says nothing. */
import type { Problem, ProfileName } from "../catalogue/benchmark.ts";
import { findBenchmark } from "../catalogue/catalogue.ts";
import type { DescribedBenchmark, ResultSet } from "../result-set/result-set.ts";

/** A benchmark that both runs have numbers of, and no ratio is made of. */
export interface NotCompared {
  readonly benchmark: string;
  readonly reason: string;
}

/** Why a benchmark was not the same work in both runs: another number of processes, or another problem; null: it was the same. */
export function unlikeWork(
  { name, processes }: DescribedBenchmark,
  first: ResultSet,
  second: ResultSet,
): string | null {
  const other = second.benchmarks.find((benchmark) => benchmark.name === name);
  if (other !== undefined && other.processes !== processes) {
    return `it had ${processesText(processes)} in A and ${processesText(other.processes)} in B`;
  }
  const [problem, otherProblem] = [first, second].map(({ plan }) => problemText(name, plan.suite.profile));
  return problem === otherProblem ? null : `its problem was ${problem} in A and ${otherProblem} in B`;
}

function processesText(processes: number | null): string {
  return `${processes ?? "several numbers of"} processes`;
}

function problemText(name: string, profile: ProfileName): string {
  const benchmark = findBenchmark(name);
  const problem: Problem = benchmark?.launcher === "mpi" ? benchmark.scales[profile].problem : {};
  return Object.entries(problem)
    .map(([quantity, value]) => `${quantity} ${value}`)
    .join(", ");
}
