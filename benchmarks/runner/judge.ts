/** Whether a launch counts, pure: the measurements, or the one sentence that says why it is refused. */
import type { RemoteResult } from "../../infra/remote/remote.ts";
import type { Benchmark, BenchmarkProgram, Load } from "../catalogue/benchmark.ts";
import type { ParsedMeasurement, ParseOutcome } from "../parsers/outcome.ts";
import type { LaunchLimits, LaunchResult } from "./launch.ts";
import { judgeTransport, type Transport } from "./transport.ts";

/**
 * Exit status of coreutils' timeout when the limit was reached, and when it had to kill. MPI launchers hand on 137 of a rank
 * that was killed.
 */
const timeoutStatuses: Readonly<Record<Benchmark["launcher"], readonly number[]>> = {
  pair: [124, 137],
  mpi: [124],
};

/** The number of a launch that results are made of, at one size. */
export interface Headline {
  readonly sizeBytes: number | null;
  readonly value: number;
}

export type Judgement =
  | {
      readonly valid: true;
      readonly measurements: readonly ParsedMeasurement[];
      /** One a size of the launch. */
      readonly headlines: readonly Headline[];
      /** Null: the ports have no counters, or the benchmark does not use them. */
      readonly transport: Transport | null;
    }
  | { readonly valid: false; readonly reason: string };

/** What a benchmark's program is called by people and by its parser. */
export type ProgramNames = Pick<BenchmarkProgram<unknown>, "name" | "outputName">;

/** How long the active side's program may run. MPI programs find each other within it. */
function programLimitSeconds({ launcher }: Benchmark, limits: LaunchLimits): number {
  return limits.timeLimitSeconds + (launcher === "mpi" ? limits.connectLimitSeconds : 0);
}

/** Judges one launch of a benchmark by one of its programs. */
export function judgeLaunch(
  benchmark: Benchmark,
  program: ProgramNames,
  load: Load,
  result: LaunchResult,
  limits: LaunchLimits,
): Judgement {
  const refused = (reason: string): Judgement => ({ valid: false, reason });
  const { client, servers } = result;
  const failedServer = servers.find(({ exitCode }) => exitCode !== 0);
  const connectFailed = /Couldn't connect to (\S+)/.exec(client.stderr);
  if (client.exitCode !== 0) {
    if (client.exitCode === null || timeoutStatuses[benchmark.launcher].includes(client.exitCode)) {
      return refused(`${program.name} did not end within ${programLimitSeconds(benchmark, limits)} s`);
    }
    if (benchmark.launcher === "mpi") return refused(exitSentence(program.name, client));
    if (!result.serverStopped && failedServer !== undefined) {
      return refused(`the server side failed: ${exitSentence(program.name, failedServer)}`);
    }
    if (connectFailed !== null && client.exitCode === 1) {
      return refused(
        `the client could not connect to ${connectFailed[1]} within ${limits.connectLimitSeconds} s`,
      );
    }
    return refused(exitSentence(program.name, client));
  }
  if (result.serverStopped) return refused("the server side did not end after the client had ended");
  if (failedServer !== undefined) {
    return refused(`the server side failed: ${exitSentence(program.name, failedServer)}`);
  }
  const outcome = benchmark.parse(client.stdout);
  const problem = outcome.problems[0];
  if (problem !== undefined) {
    const place = problem.line === null ? "" : ` (line ${problem.line} of its output)`;
    const clock = /Correlation coefficient/.test(client.stderr)
      ? ", after it could not estimate the clock"
      : "";
    return refused(`${program.name} gave no usable result: ${problem.message}${place}${clock}`);
  }
  if (outcome.program !== program.outputName) {
    return refused(`the output is that of ${outcome.program ?? "another program"}, not of ${program.name}`);
  }
  const headlines = headlinesOf(benchmark, program.name, load.sizesBytes, outcome);
  if ("reason" in headlines) return refused(headlines.reason);
  const transport = benchmark.traffic === null ? null : judgeTransport(benchmark.traffic(load), result);
  if (transport?.status === "refuted") return refused(transport.reason);
  if (transport?.status === "unproven" && benchmark.withoutCounters === "refused") {
    return refused(
      `${transport.reason}, and ${program.name} could have gone another way than the adapter unnoticed`,
    );
  }
  return {
    valid: true,
    measurements: outcome.measurements,
    headlines,
    transport: transport?.status === "proven" ? transport.transport : null,
  };
}

/** The headline of each size; a reason when one is missing, or when a single size was asked for and others came too. */
function headlinesOf(
  { metric, launcher }: Benchmark,
  programName: string,
  sizesBytes: readonly number[],
  { measurements }: ParseOutcome,
): readonly Headline[] | { readonly reason: string } {
  const wanted: readonly (number | null)[] = sizesBytes.length === 0 ? [null] : sizesBytes;
  const headlines: Headline[] = [];
  for (const sizeBytes of wanted) {
    const found = measurements.find(
      (measurement) =>
        measurement.statistic === metric.statistic &&
        measurement.unit === metric.unit &&
        measurement.sizeBytes === sizeBytes,
    );
    const others = launcher === "pair" && measurements.some((other) => other.sizeBytes !== sizeBytes);
    if (found === undefined || others) {
      return {
        reason:
          sizeBytes === null
            ? `${programName} printed no ${metric.statistic} in ${metric.unit}`
            : `${programName} printed no row for ${sizeBytes} bytes${others ? " alone" : ""}`,
      };
    }
    headlines.push({ sizeBytes, value: Number(found.value) });
  }
  return headlines;
}

function exitSentence(programName: string, result: RemoteResult): string {
  if (result.exitCode === 127) return `${programName} is not installed there`;
  const said = result.stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:Correlation coefficient|client\.sh:|testbed: |-{5,}$)/.test(line))
    .slice(0, 2)
    .join("; ");
  const how = result.exitCode === null ? "did not end" : `exited with status ${result.exitCode}`;
  return `${programName} ${how}${said === "" ? "" : ` (${said.slice(0, 200)})`}`;
}
