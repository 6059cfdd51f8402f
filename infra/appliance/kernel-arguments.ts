/** Kernel arguments of a host, and the IOMMU that they turn on. The one setting that may reboot. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

export interface KernelArgumentsArguments extends HostReferenceArguments {
  /** As `["intel_iommu=on", "iommu=pt"]`. Others of the same keys are dropped. `iommuArguments` plans them by processor. */
  readonly arguments: pulumi.Input<pulumi.Input<string>[]>;
  /** What the IOMMU groups must be like; absent: not looked at. */
  readonly expectIommu?: pulumi.Input<{ enabled: true; type: "identity" | "DMA" | "DMA-FQ" }>;
  /** Seconds from the order to reboot to the first answer of the new boot. */
  readonly rebootTimeoutSeconds: pulumi.Input<number>;
  /** Firmware that was changed before and takes effect with the same reboot; absent: none was. */
  readonly adapterFirmware?: pulumi.Input<{
    pciAddress: pulumi.Input<string>;
    virtualFunctions: pulumi.Input<number>;
  }>;
}

/**
 * Reboots at most once, only when what is in effect differs, and says so in advance where the host can be reached.
 * Deleting restores the boot loader's settings; they take effect at the host's next reboot.
 */
export class KernelArguments extends pulumi.CustomResource {
  /** The wanted arguments that are in effect. */
  declare readonly arguments: pulumi.Output<string[]>;
  /** `identity`, `DMA`, `DMA-FQ`, or `none` while the IOMMU is off. */
  declare readonly iommuGroupType: pulumi.Output<string>;
  /** Whether the next boot will have the arguments too. */
  declare readonly persisted: pulumi.Output<boolean>;
  /** Virtual functions that the adapter offers; absent where its firmware is not looked at. */
  declare readonly virtualFunctionsOffered: pulumi.Output<number | undefined>;

  constructor(name: string, args: KernelArgumentsArguments, options?: pulumi.CustomResourceOptions) {
    const outputs = { iommuGroupType: undefined, persisted: undefined, virtualFunctionsOffered: undefined };
    super("testbed:index:KernelArguments", name, { ...args, ...outputs }, options);
  }
}
