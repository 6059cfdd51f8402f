/** Processors at full frequency. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface CpuFrequencyArguments extends HostReferenceArguments {
  /** `performance`: every governor reads back so, or the kernel does not scale at all. */
  readonly mode: pulumi.Input<"performance">;
}

/** Kept over reboots; deleting puts each processor's former governor back, and tuned's former profile. */
export class CpuFrequency extends pulumi.CustomResource {
  /** `performance` when that is in effect; else the governors that are. */
  declare readonly mode: pulumi.Output<string>;
  /** The profile of tuned where that rules the governors; absent elsewhere. */
  declare readonly tunedProfile: pulumi.Output<string | undefined>;
  declare readonly persisted: pulumi.Output<boolean>;

  constructor(name: string, args: CpuFrequencyArguments, options?: pulumi.CustomResourceOptions) {
    super(
      "testbed:index:CpuFrequency",
      name,
      { ...args, tunedProfile: undefined, persisted: undefined },
      options,
    );
  }
}
