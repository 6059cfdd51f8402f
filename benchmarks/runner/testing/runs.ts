/** Runs over the node and its guests that need nothing but this process. */
import { join } from "node:path";
import type { Inventory } from "../../../infra/inventory.ts";
import type { Remote } from "../../../infra/remote/remote.ts";
import type { Results } from "../../results.ts";
import { resolveSuite, type SuiteInput, suiteSchema } from "../../suite.ts";
import { type LedgerEvent, readLedger } from "../ledger.ts";
import { runPlan } from "../run.ts";
import { createRun, readPlan, runFiles } from "../run-directory.ts";
import { type Launch, ownershipOf, planRun } from "../schedule.ts";
import type { RunOptions } from "../session.ts";
import type { FakeAdapters } from "./adapters.ts";
import { testInventory } from "./inventory.ts";
import { InstantRemote } from "./remotes.ts";

/** Two owners of the adapters, one of them with two environments. */
export const inventory = testInventory([], ["native", "container-passthrough", "vm-sriov"]);
const suiteInput: SuiteInput = { benchmarks: ["ib_send_lat"], sizesBytes: [8], launches: 3 };
export const suite = resolveSuite(suiteSchema.parse(suiteInput), inventory);

/** Four cells, two launches each, in the environments of one owner. */
export const sendLatency: SuiteInput = { benchmarks: ["ib_send_lat"], sizesBytes: [8, 1024], launches: 2 };

/** The folder of a new run. */
export function newRun(folder: string, input = suiteInput, machines: Inventory = inventory): string {
  const plan = planRun(resolveSuite(suiteSchema.parse(input), machines), machines);
  return createRun(join(folder, "test"), plan, machines, new Date());
}

/** Runs what is left of it. */
export function run(
  directory: string,
  adapters: FakeAdapters,
  remote: Remote = new InstantRemote(),
  options: Partial<RunOptions> = {},
): Promise<Results> {
  return runPlan({ directory, inventory, remoteOf: () => remote, ...adapters.options, ...options });
}

/** What its ledger holds. */
export function ledgerOf(directory: string): readonly LedgerEvent[] {
  return readLedger(join(directory, runFiles.ledger)).events;
}

/** The events of one name in its ledger, in order. */
export function eventsOf<Name extends LedgerEvent["event"]>(
  directory: string,
  name: Name,
): Extract<LedgerEvent, { event: Name }>[] {
  return ledgerOf(directory).filter(
    (event): event is Extract<LedgerEvent, { event: Name }> => event.event === name,
  );
}

/** Launches of the plan in runs of one ownership. */
export function groupsOf(directory: string): Launch[][] {
  const groups: Launch[][] = [];
  for (const launch of readPlan(directory).launches) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && ownershipOf(last[0]) === ownershipOf(launch)) last.push(launch);
    else groups.push([launch]);
  }
  return groups;
}
