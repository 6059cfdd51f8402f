/** Whether a launch counts, pure: the measurements, or the one sentence that says why it is refused. */
import type { RemoteResult } from "../../infra/remote/remote.ts";
import type { Benchmark, LaunchSettings } from "../catalogue/benchmark.ts";
import type { ParsedMeasurement } from "../parsers/outcome.ts";
import type { LaunchLimits, LaunchResult } from "./launch.ts";
import { judgeTransport, type Transport } from "./transport.ts";

/** Exit status of coreutils' timeout when the limit was reached, and when it had to kill. */
const timeoutStatuses: readonly number[] = [124, 137];

export type Judgement =
  | {
      readonly valid: true;
      readonly measurements: readonly ParsedMeasurement[];
      readonly headline: number;
      /** Null: the ports have no counters, or the benchmark does not use them. */
      readonly transport: Transport | null;
    }
  | { readonly valid: false; readonly reason: string };

/** Judges one launch of a benchmark at one size. */
export function judgeLaunch(
  benchmark: Benchmark,
  { sizeBytes, iterations }: Pick<LaunchSettings, "sizeBytes" | "iterations">,
  result: LaunchResult,
  limits: LaunchLimits,
): Judgement {
  const refused = (reason: string): Judgement => ({ valid: false, reason });
  const { client, server } = result;
  const connectFailed = /Couldn't connect to (\S+)/.exec(client.stderr);
  if (client.exitCode !== 0) {
    if (client.exitCode === null || timeoutStatuses.includes(client.exitCode)) {
      return refused(`${benchmark.program} did not end within ${limits.timeLimitSeconds} s`);
    }
    if (!result.serverStopped && server.exitCode !== 0) {
      return refused(`the server side failed: ${exitSentence(benchmark, server)}`);
    }
    if (connectFailed !== null && client.exitCode === 1) {
      return refused(
        `the client could not connect to ${connectFailed[1]} within ${limits.connectLimitSeconds} s`,
      );
    }
    return refused(exitSentence(benchmark, client));
  }
  if (result.serverStopped) return refused("the server side did not end after the client had ended");
  if (server.exitCode !== 0) return refused(`the server side failed: ${exitSentence(benchmark, server)}`);
  const outcome = benchmark.parse(client.stdout);
  const problem = outcome.problems[0];
  if (problem !== undefined) {
    const place = problem.line === null ? "" : ` (line ${problem.line} of its output)`;
    const clock = /Correlation coefficient/.test(client.stderr)
      ? ", after it could not estimate the clock"
      : "";
    return refused(`${benchmark.program} gave no usable result: ${problem.message}${place}${clock}`);
  }
  if (outcome.program !== benchmark.program) {
    return refused(`the output is that of ${outcome.program}, not of ${benchmark.program}`);
  }
  const { statistic, unit } = benchmark.metric;
  const headline = outcome.measurements.find(
    (measurement) =>
      measurement.statistic === statistic && measurement.unit === unit && measurement.sizeBytes === sizeBytes,
  );
  if (headline === undefined || outcome.measurements.some((other) => other.sizeBytes !== sizeBytes)) {
    return refused(`${benchmark.program} printed no row for ${sizeBytes} bytes alone`);
  }
  const transport =
    benchmark.traffic === null ? null : judgeTransport(benchmark.traffic({ sizeBytes, iterations }), result);
  if (transport?.status === "refuted") return refused(transport.reason);
  return {
    valid: true,
    measurements: outcome.measurements,
    headline: Number(headline.value),
    transport: transport?.status === "proven" ? transport.transport : null,
  };
}

function exitSentence(benchmark: Benchmark, result: RemoteResult): string {
  if (result.exitCode === 127) return `${benchmark.program} is not installed there`;
  const said = result.stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(?:Correlation coefficient|client\.sh:|testbed: counters)/.test(line))
    .slice(0, 2)
    .join("; ");
  const how = result.exitCode === null ? "did not end" : `exited with status ${result.exitCode}`;
  return `${benchmark.program} ${how}${said === "" ? "" : ` (${said.slice(0, 200)})`}`;
}
