/** Runs what is left of a plan, launch by launch, and writes down everything that happens. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Inventory } from "../../infra/inventory.ts";
import { type Remote, RemoteError } from "../../infra/remote/remote.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { Results } from "../results.ts";
import { exportRun } from "./collect.ts";
import { judgeLaunch } from "./judge.ts";
import { type LaunchResult, runLaunch, stopServer, verbsCommand } from "./launch.ts";
import { isSettled, launchStates } from "./launch-states.ts";
import { type LedgerEvent, LedgerWriter, readLedger } from "./ledger.ts";
import { readPlan, runFiles } from "./run-directory.ts";
import type { Launch, Plan } from "./schedule.ts";
import { type ReadyEnvironment, type SurveyResult, surveyEnvironments } from "./sites.ts";

/** The TCP ports of the sides' first contact. Each attempt takes the next, so that nothing left over can answer it. */
const firstTcpPort = 18600;
const tcpPortCount = 1000;

/** What a launch came to, for whoever shows progress. */
export interface LaunchReport {
  readonly launch: Launch;
  readonly launchCount: number;
  readonly seconds: number;
  readonly outcome:
    | { readonly status: "valid"; readonly value: number; readonly unit: string }
    | { readonly status: "refused" | "not-available"; readonly reason: string; readonly triesLeft: number };
}

export interface RunOptions {
  readonly directory: string;
  readonly inventory: Inventory;
  readonly remoteOf: (node: string) => Remote;
  readonly onLaunch?: (report: LaunchReport) => void;
  /** Ends the run after stopping what runs; the run can be continued later. */
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
}

/** The run was ended from outside; it can be continued. */
export class RunInterrupted extends Error {}

/**
 * Runs what a run's folder still lacks and gives its results. Throws RemoteError when a node can't be reached and
 * RunInterrupted on the signal; either way a later call continues with the launches that are missing.
 */
export async function runPlan(options: RunOptions): Promise<Results> {
  const now = options.now ?? (() => new Date());
  const plan = readPlan(options.directory);
  const ledgerPath = join(options.directory, runFiles.ledger);
  const before = readLedger(ledgerPath);
  const writer = new LedgerWriter(ledgerPath);
  const session = { options, plan, writer, now, before: before.events };
  try {
    writer.append({
      event: "session",
      time: now().toISOString(),
      kind: before.events.length === 0 ? "begun" : "resumed",
      processId: process.pid,
      tornLine: before.tornLine,
    });
    appendMissingPlan(session);
    if (!before.events.some((event) => event.event === "finished")) {
      await runMissing(session);
      writer.append({ event: "finished", time: now().toISOString() });
    }
  } finally {
    writer.close();
  }
  return exportRun(options.directory);
}

interface Session {
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly writer: LedgerWriter;
  readonly now: () => Date;
  readonly before: readonly LedgerEvent[];
}

/** A runner that was killed at its very beginning may have left a part of these lines. */
function appendMissingPlan({ plan, writer, now, before }: Session): void {
  const planned = new Set(before.flatMap((event) => (event.event === "planned" ? [event.launch] : [])));
  const time = now().toISOString();
  const missing = plan.launches.filter((launch) => !planned.has(launch.launch));
  writer.append(...missing.map((launch) => ({ event: "planned" as const, time, ...launch })));
}

async function runMissing(session: Session): Promise<void> {
  const { options, plan, writer, now } = session;
  const { retries } = plan.suite;
  const survey = await interruptible(session, null, () =>
    surveyEnvironments(plan.suite, options.inventory, options.remoteOf, now),
  );
  writer.append(...survey.probed);
  const states = launchStates(plan.launches, session.before).filter((state) => !isSettled(state, retries));
  // Begins at a number that differs from run to run: a server left over from the last one keeps its port for a while.
  let portOffset = Math.floor(now().getTime() / 1000);
  for (const state of states) {
    const { launch } = state;
    const ready = readyEnvironment(survey, launch);
    if ("reason" in ready) {
      writer.append({
        event: "not-available",
        time: now().toISOString(),
        launch: launch.launch,
        reason: ready.reason,
      });
      report(session, launch, 0, { status: "not-available", reason: ready.reason, triesLeft: 0 });
      continue;
    }
    let triesLeft = retries + 1 - state.refusals.length;
    for (let attempt = state.attemptsStarted + 1; triesLeft > 0; attempt++) {
      triesLeft -= 1;
      const tcpPort = firstTcpPort + (portOffset++ % tcpPortCount);
      const name = `${String(launch.launch).padStart(4, "0")}.${attempt}`;
      if (await runAttempt(session, launch, name, ready, tcpPort, triesLeft)) break;
    }
  }
}

function readyEnvironment(survey: SurveyResult, launch: Launch): ReadyEnvironment | { reason: string } {
  const environment = survey.environments.get(launch.environment);
  if (environment === undefined) return { reason: `the suite has no environment ${launch.environment}` };
  if ("reason" in environment) return environment;
  const reason = environment.unavailablePrograms.get(benchmarkNamed(launch.benchmark).program);
  return reason === undefined ? environment : { reason };
}

/** Runs one attempt; true when it is valid. */
async function runAttempt(
  session: Session,
  launch: Launch,
  attempt: string,
  { server, client }: ReadyEnvironment,
  tcpPort: number,
  triesLeft: number,
): Promise<boolean> {
  const { options, plan, writer, now } = session;
  const benchmark = benchmarkNamed(launch.benchmark);
  const settings = { sizeBytes: launch.sizeBytes, iterations: plan.suite.iterations, tcpPort };
  const commands = {
    server: verbsCommand(benchmark.program, server, settings, null),
    client: verbsCommand(benchmark.program, client, settings, server.placement.fabricAddress),
  };
  const identity = { token: `testbed-${options.inventory.stack}`, tcpPort };
  const begun = now();
  writer.append({
    event: "started",
    time: begun.toISOString(),
    attempt,
    ...launch,
    serverNode: server.placement.node,
    clientNode: client.placement.node,
    serverCommand: commands.server,
    clientCommand: commands.client,
  });
  const result = await interruptible(
    session,
    attempt,
    () => runLaunch(server, client, commands, plan.suite, identity),
    () => stopServer(server, identity),
  );
  const logs = writeRawLogs(options.directory, attempt, result);
  const ended = now();
  const judgement = judgeLaunch(benchmark, launch.sizeBytes, result, plan.suite);
  const seconds = (ended.getTime() - begun.getTime()) / 1000;
  const outcome = {
    time: ended.toISOString(),
    attempt,
    launch: launch.launch,
    seconds,
    exitCodes: { server: result.server.exitCode, client: result.client.exitCode },
    logs,
  };
  if (judgement.valid) {
    writer.append({ event: "valid", ...outcome });
    report(session, launch, seconds, {
      status: "valid",
      value: judgement.headline,
      unit: benchmark.metric.unit,
    });
  } else {
    writer.append({ event: "refused", ...outcome, reason: judgement.reason });
    report(session, launch, seconds, { status: "refused", reason: judgement.reason, triesLeft });
  }
  return judgement.valid;
}

function report(session: Session, launch: Launch, seconds: number, outcome: LaunchReport["outcome"]): void {
  session.options.onLaunch?.({ launch, launchCount: session.plan.launches.length, seconds, outcome });
}

/** Keeps what each side printed, as it was printed, before the ledger speaks of it. */
function writeRawLogs(directory: string, attempt: string, result: LaunchResult): string[] {
  return (["server", "client"] as const).flatMap((side) =>
    (["stdout", "stderr"] as const).map((stream) => {
      const name = `${runFiles.raw}/${attempt}.${side}.${stream}.txt`;
      const descriptor = openSync(join(directory, name), "w");
      writeSync(descriptor, result[side][stream]);
      fsyncSync(descriptor);
      closeSync(descriptor);
      return name;
    }),
  );
}

/** Does one thing unless the signal comes first; writes down why the run ends when it must. */
async function interruptible<Value>(
  { options, writer, now }: Session,
  attempt: string | null,
  action: () => Promise<Value>,
  cleanUp: () => Promise<void> = async () => undefined,
): Promise<Value> {
  const { signal } = options;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void =>
    reject(new RunInterrupted("the run was interrupted; the same command continues it"));
  signal?.addEventListener("abort", onAbort);
  try {
    if (signal?.aborted) onAbort();
    return await Promise.race([aborted, signal?.aborted ? aborted : action()]);
  } catch (error) {
    if (error instanceof RunInterrupted || error instanceof RemoteError) {
      writer.append({ event: "interrupted", time: now().toISOString(), attempt, reason: error.message });
    }
    if (error instanceof RunInterrupted) await cleanUp().catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
