/** The settings that make a host ready, in their order: the one reboot first, virtual functions last. */
import * as pulumi from "@pulumi/pulumi";
import { iommuArguments } from "../provider/kernel/arguments.ts";
import { CpuFrequency } from "./cpu-frequency.ts";
import { Drivers, type SoftRoce } from "./drivers.ts";
import type { Host } from "./host.ts";
import { Hugepages } from "./hugepages.ts";
import { KernelArguments } from "./kernel-arguments.ts";
import { VirtualFunctions } from "./virtual-functions.ts";
import { type GuestDevices, type HostGuests, Virtualization } from "./virtualization.ts";

export interface ApplianceArguments {
  readonly host: Host;
  /** Absent: those that turn on the IOMMU that the host has. */
  readonly kernelArguments?: pulumi.Input<string[]>;
  /** What the IOMMU groups must be like; absent: not looked at. */
  readonly iommu?: { readonly type: "identity" | "DMA" | "DMA-FQ" };
  /** Seconds from the order to reboot to the first answer; 600 by default. */
  readonly rebootTimeoutSeconds?: number;
  readonly virtualFunctions: {
    readonly count: number;
    /** `none` by default: guests take them. */
    readonly hostDriver?: "none" | "default";
  };
  /** None when absent. */
  readonly hugepages?: { readonly sizeKib: number; readonly count: number };
  /** `performance`, or absent: left as it is. */
  readonly cpuFrequency?: "performance";
  /** For adapters without RDMA. */
  readonly softRoce?: pulumi.Input<SoftRoce>;
  /** Guests that the host will have; none when absent. */
  readonly virtualization?: {
    readonly guests: HostGuests;
    readonly devices: GuestDevices;
    readonly wantedAccelerator: "auto" | "kvm" | "tcg";
    readonly emulatedHost: boolean;
  };
  /** The machine with which all settings go, so that nothing is restored on a host that is being deleted. */
  readonly deletedWith?: pulumi.Resource;
}

const noHugepages = { sizeKib: 2048, count: 0 };

/** `ready` is resolved when every setting is in effect: what needs the appliance takes its inputs from it. */
export class Appliance extends pulumi.ComponentResource {
  readonly kernelArguments: KernelArguments;
  readonly drivers: Drivers;
  readonly virtualFunctions: VirtualFunctions;
  /** Absent without guests. */
  readonly virtualization?: Virtualization;
  /** The adapter's PCI address and its number of virtual functions, once all settings are in effect. */
  readonly ready: pulumi.Output<{ pciAddress: string; virtualFunctions: number }>;

  constructor(name: string, args: ApplianceArguments, options: pulumi.ComponentResourceOptions = {}) {
    super("testbed:index:Appliance", name, {}, options);
    const reference = args.host.reference();
    const within = (...dependsOn: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      dependsOn,
      ...(args.deletedWith === undefined ? {} : { deletedWith: args.deletedWith }),
    });

    this.kernelArguments = new KernelArguments(
      `${name}-kernel-arguments`,
      {
        ...reference,
        arguments: args.kernelArguments ?? args.host.iommuHardware.apply(iommuArguments),
        ...(args.iommu === undefined ? {} : { expectIommu: { enabled: true as const, ...args.iommu } }),
        rebootTimeoutSeconds: args.rebootTimeoutSeconds ?? 600,
      },
      within(args.host),
    );
    const afterReboot = within(this.kernelArguments);

    this.drivers = new Drivers(
      `${name}-drivers`,
      {
        ...reference,
        driverStack: "inbox",
        ...(args.softRoce === undefined ? {} : { softRoce: args.softRoce }),
      },
      afterReboot,
    );
    const others: pulumi.Resource[] = [this.drivers];
    if (args.cpuFrequency !== undefined) {
      const inputs = { ...reference, mode: args.cpuFrequency };
      others.push(new CpuFrequency(`${name}-cpu-frequency`, inputs, afterReboot));
    }
    if (args.hugepages !== undefined) {
      const inputs = { ...reference, ...args.hugepages };
      others.push(new Hugepages(`${name}-hugepages`, inputs, afterReboot));
    }

    this.virtualFunctions = new VirtualFunctions(
      `${name}-virtual-functions`,
      {
        ...reference,
        pciAddress: args.host.adapter.pciAddress,
        count: args.virtualFunctions.count,
        hostDriver: args.virtualFunctions.hostDriver ?? "none",
      },
      within(...others),
    );
    if (args.virtualization !== undefined) {
      this.virtualization = new Virtualization(
        `${name}-virtualization`,
        {
          ...reference,
          pciAddress: args.host.adapter.pciAddress,
          hugepages: args.hugepages ?? noHugepages,
          ...args.virtualization,
        },
        within(...others),
      );
    }
    this.ready = pulumi
      .all([args.host.adapter, this.virtualFunctions.count, this.virtualization?.accelerator])
      .apply(([adapter, virtualFunctions]) => ({ pciAddress: adapter.pciAddress, virtualFunctions }));
    this.registerOutputs({ ready: this.ready });
  }
}
