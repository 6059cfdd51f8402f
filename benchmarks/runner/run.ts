/** Runs what is left of a plan, launch by launch, and writes down everything that happens. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import type { Results } from "../results.ts";
import { ActiveEnvironments, type Preparation } from "./active-environments.ts";
import { endsAfter } from "./block-end.ts";
import { exportRun, writePartialResults } from "./collect.ts";
import { environmentFailure, guestMayBeGone, lostGuest } from "./environment-failure.ts";
import { type Judgement, judgeLaunch } from "./judge.ts";
import type { LaunchResult, Site } from "./launch.ts";
import { isSettled, launchStates } from "./launch-states.ts";
import { LeaseEnds, leaseOfSession, watchLease } from "./lease-end.ts";
import { LedgerWriter, readLedger } from "./ledger.ts";
import { readPlan, runFiles } from "./run-directory.ts";
import type { Launch } from "./schedule.ts";
import { interruptible, type LaunchReport, type RunOptions, type Session } from "./session.ts";
import { startingOf } from "./starting.ts";

export { RunInterrupted } from "./session.ts";

/** The TCP ports of the sides' first contact. Each attempt takes the next, so that nothing left over can answer it. */
const firstTcpPort = 18600;
const tcpPortCount = 1000;

/**
 * Runs what a run's folder still lacks and gives its results: of a part of it when the lease of its nodes ends before. Throws RemoteError when a node can't be reached,
 * RunInterrupted on the signal and ActivationError when the adapters can't be given back to their hosts at the end; in each
 * case a later call continues with what is missing.
 */
export async function runPlan(options: RunOptions): Promise<Results> {
  const now = options.now ?? (() => new Date());
  const plan = readPlan(options.directory);
  const ledgerPath = join(options.directory, runFiles.ledger);
  const before = readLedger(ledgerPath);
  const watch = await watchLease(options);
  const writer = new LedgerWriter(ledgerPath);
  const signal = watch.signal === undefined ? {} : { signal: watch.signal };
  const session = { options: { ...options, ...signal }, plan, writer, now, before: before.events };
  // Results of a part of the run, as the end of a lease leaves them, are none while it goes on.
  rmSync(join(options.directory, runFiles.results), { force: true });
  try {
    writer.append({
      event: "session",
      time: now().toISOString(),
      kind: before.events.length === 0 ? "begun" : "resumed",
      processId: process.pid,
      tornLine: before.tornLine,
      ...leaseOfSession(options.inventory),
    });
    appendMissingPlan(session);
    if (!before.events.some((event) => event.event === "finished")) {
      await runToEnd(session);
      writer.append({ event: "finished", time: now().toISOString() });
    }
  } catch (error) {
    const endsAt = options.inventory.lease?.endsAt;
    if (!(error instanceof LeaseEnds) || endsAt === undefined) throw error;
    writer.append({ event: "lease-ended", time: now().toISOString(), endsAt });
    return writePartialResults(options.directory);
  } finally {
    watch.stop();
    writer.close();
  }
  return exportRun(options.directory);
}

/** Runs what is missing and gives the adapters back, in a hurry when it ends before its time. */
async function runToEnd(session: Session): Promise<void> {
  const environments = new ActiveEnvironments(session);
  try {
    await runMissing(session, environments);
  } catch (error) {
    await environments.releaseInHurry();
    throw error;
  }
  await environments.release();
}

/** A runner that was killed at its very beginning may have left a part of these lines. */
function appendMissingPlan({ plan, writer, now, before }: Session): void {
  const planned = new Set(before.flatMap((event) => (event.event === "planned" ? [event.launch] : [])));
  const time = now().toISOString();
  const missing = plan.launches.filter((launch) => !planned.has(launch.launch));
  writer.append(...missing.map((launch) => ({ event: "planned" as const, time, ...launch })));
}

async function runMissing(session: Session, environments: ActiveEnvironments): Promise<void> {
  const { plan, writer, now } = session;
  const { retries } = plan.suite;
  const states = launchStates(plan.launches, session.before);
  // Begins at a number that differs from run to run: a server left over from the last one keeps its port for a while.
  let portOffset = Math.floor(now().getTime() / 1000);
  let last: Launch | null = null;
  for (const state of states) {
    const { launch } = state;
    if (last !== null && last.block !== launch.block && endsAfter(session, last)) return;
    last = launch;
    if (isSettled(state, retries)) continue;
    let triesLeft = retries + 1 - state.refusals.length;
    for (let attempt = state.attemptsStarted + 1; triesLeft > 0; attempt++) {
      const prepared = await environments.prepare(launch);
      if (prepared.status !== "ready") {
        const { status, reason } = prepared;
        writer.append({ event: status, time: now().toISOString(), launch: launch.launch, reason });
        report(session, launch, 0, { status, reason, triesLeft: 0 });
        break;
      }
      triesLeft -= 1;
      const tcpPort = firstTcpPort + (portOffset++ % tcpPortCount);
      const name = `${String(launch.launch).padStart(4, "0")}.${attempt}`;
      const outcome = await runAttempt(session, launch, name, prepared, tcpPort, triesLeft);
      if (outcome.mayBeGone) environments.invalidate();
      if (outcome.valid) break;
    }
  }
  if (last !== null) endsAfter(session, last);
}

/** Runs one attempt. `mayBeGone`: it ended as if a guest had died. */
async function runAttempt(
  session: Session,
  launch: Launch,
  attempt: string,
  prepared: Extract<Preparation, { status: "ready" }>,
  tcpPort: number,
  triesLeft: number,
): Promise<{ readonly valid: boolean; readonly mayBeGone: boolean }> {
  const { options, plan, writer, now } = session;
  const { environment, client, servers } = prepared;
  const { suite } = plan;
  const benchmark = benchmarkNamed(launch.benchmark);
  const settings = { ...suite, sizesBytes: launch.sizesBytes, tcpPort };
  const identity = { token: `testbed-${options.inventory.stack}`, tcpPort };
  const starting = startingOf(benchmark, suite, settings, prepared, identity);
  const begun = now();
  writer.append({
    event: "started",
    time: begun.toISOString(),
    attempt,
    ...launch,
    client: sideRecord(client, starting.clientCommand),
    servers: servers.map((server) => sideRecord(server, starting.serverCommand)),
  });
  const result = await interruptible(
    session,
    attempt,
    async () => {
      try {
        return await starting.run();
      } catch (error) {
        return await environmentFailure(
          error,
          environment.kind,
          [...servers, client].map(({ remote }) => remote),
        );
      }
    },
    () => starting.stop(),
  );
  // A text: a guest went away, or the sides don't reach each other, and no side told how it ended.
  const ends = typeof result === "string" ? null : result;
  const logs = ends === null ? [] : writeRawLogs(options.directory, attempt, ends);
  const ended = now();
  const lost =
    ends === null
      ? null
      : lostGuest(
          [client, ...servers].map(({ placement }) => placement),
          [ends.client, ...ends.servers],
        );
  const judgement: Judgement =
    typeof result === "string"
      ? { valid: false, reason: result }
      : lost !== null
        ? { valid: false, reason: lost }
        : judgeLaunch(benchmark, starting.program, settings, result, suite);
  const seconds = (ended.getTime() - begun.getTime()) / 1000;
  const outcome = {
    time: ended.toISOString(),
    attempt,
    launch: launch.launch,
    seconds,
    exitCodes: {
      client: ends?.client.exitCode ?? null,
      servers: ends?.servers.map(({ exitCode }) => exitCode) ?? [],
    },
    logs,
  };
  if (judgement.valid) {
    writer.append({ event: "valid", ...outcome, transport: judgement.transport });
    report(session, launch, seconds, {
      status: "valid",
      values: judgement.headlines,
      unit: benchmark.metric.unit,
    });
  } else {
    writer.append({ event: "refused", ...outcome, reason: judgement.reason });
    report(session, launch, seconds, { status: "refused", reason: judgement.reason, triesLeft });
  }
  return {
    valid: judgement.valid,
    mayBeGone: !judgement.valid && (ends === null || guestMayBeGone(environment.kind, ends)),
  };
}

function sideRecord({ placement: { node, guest } }: Site, command: readonly string[]) {
  return { node, ...(guest === undefined ? {} : { guest }), command: [...command] };
}

function report(session: Session, launch: Launch, seconds: number, outcome: LaunchReport["outcome"]): void {
  const { launches, suite } = session.plan;
  const mayStopEarlier = suite.stop !== undefined;
  session.options.onLaunch?.({ launch, launchCount: launches.length, mayStopEarlier, seconds, outcome });
}

/** Keeps what each side printed, as it was printed, before the ledger speaks of it. */
function writeRawLogs(directory: string, attempt: string, result: LaunchResult): string[] {
  const sides = [
    { name: "client", ended: result.client },
    ...result.servers.map((ended, index) => ({ name: index === 0 ? "server" : `server${index + 1}`, ended })),
  ];
  return sides.flatMap(({ name: side, ended }) =>
    (["stdout", "stderr"] as const).map((stream) => {
      const name = `${runFiles.raw}/${attempt}.${side}.${stream}.txt`;
      const descriptor = openSync(join(directory, name), "w");
      writeSync(descriptor, ended[stream]);
      fsyncSync(descriptor);
      closeSync(descriptor);
      return name;
    }),
  );
}
