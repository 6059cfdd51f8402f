/** What the server asks of each resource type. Values are plain; errors are sentences for the user. */
import type { Properties } from "./values.ts";

/** An input that can't be accepted, told at preview. An empty property: the resource as a whole. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** A property that differs. `replace`: the resource must be made anew for it. */
export interface PropertyChange {
  readonly property: string;
  readonly replace: boolean;
}

/** What each call knows besides its values. */
export interface CallContext {
  /** Shows a message at the resource, in a preview too. */
  log(severity: "info" | "warning", message: string): void;
  /** Aborted when the user interrupts the deployment: nothing is waited for any more. */
  readonly signal: AbortSignal;
}

/** The resource as the engine's state has it. */
export interface ResourceState {
  readonly id: string;
  /** The inputs that it was last made from. */
  readonly inputs: Properties;
  /** Its outputs. */
  readonly state: Properties;
}

export interface ResourceType {
  /** As in `testbed:index:Host`. */
  readonly token: string;
  /** Whether a replacement is made only after the former resource is gone. */
  readonly deleteBeforeReplace: boolean;
  /** @param former the inputs of the last time; null for a resource that is not there yet */
  check(inputs: Properties, former: Properties | null, context: CallContext): Promise<CheckFailure[]>;
  diff(resource: ResourceState, inputs: Properties, context: CallContext): Promise<PropertyChange[]>;
  /** Outputs at preview, as far as they can be told. Changes nothing. */
  preview(inputs: Properties, context: CallContext): Promise<Properties>;
  create(inputs: Properties, context: CallContext): Promise<{ id: string; state: Properties }>;
  /** Null: the resource is gone. */
  read(resource: ResourceState, context: CallContext): Promise<Properties | null>;
  update(resource: ResourceState, inputs: Properties, context: CallContext): Promise<Properties>;
  delete(resource: ResourceState, context: CallContext): Promise<void>;
}

/** The resource was made in part: the engine keeps it, so that the next `up` mends it and `destroy` takes it away. */
export class PartialCreateError extends Error {
  readonly id: string;
  readonly state: Properties;

  constructor(id: string, state: Properties, reason: string) {
    super(reason);
    this.name = "PartialCreateError";
    this.id = id;
    this.state = state;
  }
}
