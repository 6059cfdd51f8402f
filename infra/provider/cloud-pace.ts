/** Waiting between two questions to a cloud. */
import { setTimeout as sleep } from "node:timers/promises";

/** How waiting is done; a test lets simulated time pass instead. */
export interface CloudPace {
  readonly pauseMs: number;
  readonly sleep: (pauseMs: number, signal: AbortSignal) => Promise<void>;
}

/** The pace for real clouds. */
export const realCloudPace: CloudPace = {
  pauseMs: 5000,
  sleep: async (pauseMs, signal) => {
    await sleep(pauseMs, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? new Error("interrupted; what was begun is kept in the stack's state") : error;
    });
  },
};
