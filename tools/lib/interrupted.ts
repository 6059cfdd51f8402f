/** What a killed `pulumi` leaves behind: a lock, and operations of which nobody knows how they ended. Pure. */

/** A lock of Pulumi's file backend. */
export interface Lock {
  pid: number;
  hostname: string;
}

/** An operation that was under way when Pulumi was killed. */
export interface PendingOperation {
  type: string;
  urn: string;
}

/** A resource in a stack's state, as far as it matters here. */
export interface StackResource {
  urn: string;
  type: string;
  id?: string;
  provider?: string;
  inputs?: Record<string, unknown>;
  /** The resource with which this one goes. */
  deletedWith?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
}

/** A stack's state, as `pulumi stack export` prints it, as far as it matters here. */
export interface ExportedStack {
  deployment?: {
    resources?: StackResource[];
    pending_operations?: { type: string; resource: StackResource }[];
  };
}

/** Reads a lock; text that is none is undefined, for another Pulumi may be writing it just now. */
export function parseLock(text: string): Lock | undefined {
  try {
    const { pid, hostname } = JSON.parse(text) as Partial<Lock>;
    return pid === undefined || hostname === undefined ? undefined : { pid, hostname };
  } catch {
    return undefined;
  }
}

/** Whether every lock was made on this host by a Pulumi that is gone. Another host's Pulumi can't be seen from here. */
export function allStale(
  locks: (Lock | undefined)[],
  hostname: string,
  runsPulumi: (pid: number) => boolean,
) {
  return locks.length > 0 && locks.every((lock) => lock?.hostname === hostname && !runsPulumi(lock.pid));
}

/** The operations that were under way. */
export function pendingOperations(stack: ExportedStack): PendingOperation[] {
  return (stack.deployment?.pending_operations ?? []).map(({ type, resource }) => ({
    type,
    urn: resource.urn,
  }));
}

/**
 * The state without its pending operations. What was being updated or deleted is still in the state, so the next run
 * does it again; what was being created is not, so the next `up` creates it.
 */
export function withoutPending(stack: ExportedStack): ExportedStack {
  const { pending_operations: _, ...deployment } = stack.deployment ?? {};
  return { ...stack, deployment };
}
