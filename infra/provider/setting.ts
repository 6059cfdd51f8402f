/** One host setting as four small functions over plain data, and what goes with them. */
import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import type { HostFacts } from "./host/facts.ts";
import type { Journal } from "./host/journal.ts";
import type { SettingNames } from "./host/names.ts";
import type { Operation } from "./host/operations.ts";
import type { HostFiles, SnapshotRequest } from "./host/snapshot.ts";

/** One property that is not as it should be. */
export interface Change {
  /** Name of the output property. */
  readonly property: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Why an input is refused at preview: one sentence for the user. */
export interface Refusal {
  readonly property: string;
  readonly reason: string;
}

/** What `apply` and `restore` go by. */
export interface SettingContext<Inputs> {
  readonly inputs: Inputs;
  readonly names: SettingNames;
  readonly facts: HostFacts;
  readonly files: HostFiles;
}

/**
 * A host setting. All functions are pure: the snapshot that they read and the operations that they return are data.
 * `Observed` are output properties of the resource; `Before` is what the journal remembers.
 */
export interface Setting<Inputs, Observed extends object, Before> {
  /** Resource type, the last part of `testbed:index:VirtualFunctions`. */
  readonly type: string;
  readonly inputsSchema: z.ZodType<Inputs>;
  readonly observedSchema: z.ZodType<Observed>;
  readonly beforeSchema: z.ZodType<Before>;
  /** Inputs whose change means another thing on the host: the former one is restored, then this one is made. */
  readonly replacedBy: readonly (keyof Inputs & string)[];
  /** Part of the names of files on the host: one for each such thing that a host can have. */
  key(inputs: Inputs): string;
  /** What the host can't do. */
  refuse(host: string, inputs: Inputs, facts: HostFacts): Refusal[];
  /** What must be read for the functions below. */
  requests(inputs: Inputs, names: SettingNames): SnapshotRequest[];
  /** Read what is. */
  observe(inputs: Inputs, files: HostFiles, names: SettingNames, facts: HostFacts): Observed;
  /** Compare it with what should be. */
  compare(inputs: Inputs, observed: Observed): Change[];
  /** The files that `apply` may write; the journal keeps what was in them. */
  writes(inputs: Inputs, names: SettingNames): string[];
  /** What to remember of the host besides files. */
  remember(inputs: Inputs, files: HostFiles): Before;
  /** Make it so. Only called when `compare` found changes. */
  apply(context: SettingContext<Inputs>, before: Before): Operation[];
  /** Put back what was before; right after a half-done `apply` too. */
  restore(context: SettingContext<Inputs>, before: Before, journal: Journal): Operation[];
  /** What the user should know of the changes beforehand, one sentence each: said at preview. */
  notices?(host: string, context: SettingContext<Inputs>, changes: readonly Change[]): string[];
  /** Present when some of the changes become effective only by a reboot. */
  readonly reboot?: {
    isDue(changes: readonly Change[]): boolean;
    timeoutSeconds(inputs: Inputs): number;
    /** What the host will have after it, for messages. */
    purpose(inputs: Inputs): string;
    /** Said when a restore is complete only after the host's next reboot. */
    afterRestore(host: string): string;
  };
}

/** The properties of `observed` that are not as `wanted` says, in the order of `wanted`. */
export function changesOf<Observed extends object>(
  observed: Observed,
  wanted: Partial<Record<keyof Observed & string, unknown>>,
): Change[] {
  const values = observed as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).flatMap(([property, to]) =>
    isDeepStrictEqual(values[property], to) ? [] : [{ property, from: values[property], to }],
  );
}
