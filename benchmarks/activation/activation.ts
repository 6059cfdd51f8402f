/** What activating an environment asks for and what it gives: the runner and the command line know only this. */
import type { EnvironmentName, Inventory, Ownership, Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { UserError } from "../input.ts";

/** One thing that was done to make an environment active, as the ledger keeps it. */
export interface ActivationStep {
  readonly node: string;
  /** As in "attach 0000:01:10.0 to g1". */
  readonly step: string;
  readonly seconds: number;
}

/** An environment that is active on every node. */
export interface Activation {
  readonly environment: EnvironmentName;
  readonly ownership: Ownership;
  readonly seconds: number;
  /** Empty when it was active already. */
  readonly steps: readonly ActivationStep[];
  /** Those of the inventory with every `auto` found out. */
  readonly placements: readonly Placement[];
}

export interface ActivationOptions {
  readonly inventory: Inventory;
  readonly remoteOf: (node: string) => Remote;
  readonly onStep?: (step: ActivationStep) => void;
  readonly signal?: AbortSignal;
}

/** An environment can't be made active; the message is one sentence that tells node, what was found and what to do. */
export class ActivationError extends UserError {}
