/** One session of a run: from the runner's start to its end, by itself or from outside. */
import type { Inventory, InventoryEnvironment } from "../../infra/inventory.ts";
import { type Remote, RemoteError } from "../../infra/remote/remote.ts";
import type { Activation, ActivationOptions, ActivationStep } from "../activation/activation.ts";
import type { Assessment } from "./assessment.ts";
import type { Headline } from "./judge.ts";
import type { LedgerEvent, LedgerWriter } from "./ledger.ts";
import type { Launch, Plan } from "./schedule.ts";

/** What a launch came to, for whoever shows progress. */
export interface LaunchReport {
  readonly launch: Launch;
  readonly launchCount: number;
  /** A stopping rule may leave out some of them. */
  readonly mayStopEarlier: boolean;
  readonly seconds: number;
  readonly outcome:
    | { readonly status: "valid"; readonly values: readonly Headline[]; readonly unit: string }
    | {
        readonly status: "refused" | "not-available" | "not-started";
        readonly reason: string;
        readonly triesLeft: number;
      };
}

export interface RunOptions {
  readonly directory: string;
  readonly inventory: Inventory;
  readonly remoteOf: (node: string) => Remote;
  readonly onLaunch?: (report: LaunchReport) => void;
  /** Each block at whose end a stopping rule was asked. */
  readonly onAssessment?: (assessment: Assessment) => void;
  /** Each thing that is done to the adapters. */
  readonly onStep?: (step: ActivationStep) => void;
  /** Ends the run after stopping what runs; the run can be continued later. */
  readonly signal?: AbortSignal;
  readonly now?: () => Date;
  /** Makes an environment active; absent: the real thing. */
  readonly activate?: (environment: InventoryEnvironment, options: ActivationOptions) => Promise<Activation>;
  /** Gives the adapters back to their hosts; absent: the real thing. */
  readonly release?: (options: ActivationOptions) => Promise<readonly ActivationStep[]>;
}

/** The run was ended from outside; it can be continued. */
export class RunInterrupted extends Error {}

export interface Session {
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly writer: LedgerWriter;
  readonly now: () => Date;
  /** What the ledger held before this session. */
  readonly before: readonly LedgerEvent[];
}

/** Does one thing unless the signal comes first; writes down why the run ends when it must. */
export async function interruptible<Value>(
  { options, writer, now }: Session,
  attempt: string | null,
  action: () => Promise<Value>,
  cleanUp: () => Promise<unknown> = async () => undefined,
): Promise<Value> {
  const { signal } = options;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void =>
    reject(
      signal?.reason instanceof RunInterrupted
        ? signal.reason
        : new RunInterrupted("the run was interrupted; the same command continues it"),
    );
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
