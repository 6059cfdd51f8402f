/** The settings that make a host ready, in their order: the one reboot first, virtual functions last. */
import * as pulumi from "@pulumi/pulumi";
import { iommuArguments } from "../provider/kernel/arguments.ts";
import { AdapterFirmware } from "./adapter-firmware.ts";
import { CpuFrequency } from "./cpu-frequency.ts";
import { Drivers, type DriversArguments, type SoftRoce, type VendorDrivers } from "./drivers.ts";
import { Firewall } from "./firewall.ts";
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
  /** Drivers of NVIDIA's; absent: the distribution's own. */
  readonly vendorDrivers?: VendorDrivers & { readonly stack: "mlnx-ofed" | "doca-ofed" };
  /** Firmware that has SR-IOV off is changed; absent: refused. */
  readonly changesFirmware?: true;
  /** Fabric addresses that the host's firewall lets in; absent: it is left alone. */
  readonly firewallPeers?: readonly string[];
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

    const { pciAddress } = args.host.adapter;
    const { changesFirmware } = args;
    const firmware = { pciAddress, virtualFunctions: args.virtualFunctions.count };
    const beforeReboot: pulumi.Resource[] =
      changesFirmware === undefined
        ? []
        : [new AdapterFirmware(`${name}-adapter-firmware`, { ...reference, ...firmware }, within(args.host))];

    this.kernelArguments = new KernelArguments(
      `${name}-kernel-arguments`,
      {
        ...reference,
        arguments: args.kernelArguments ?? args.host.iommuHardware.apply(iommuArguments),
        ...(args.iommu === undefined ? {} : { expectIommu: { enabled: true as const, ...args.iommu } }),
        rebootTimeoutSeconds: args.rebootTimeoutSeconds ?? 600,
        ...(changesFirmware === undefined ? {} : { adapterFirmware: firmware }),
      },
      within(args.host, ...beforeReboot),
    );
    const afterReboot = within(this.kernelArguments);

    this.drivers = new Drivers(
      `${name}-drivers`,
      {
        ...reference,
        ...driverInputs(args.vendorDrivers, pciAddress),
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
    if (args.firewallPeers !== undefined) {
      const inputs = { ...reference, peers: [...args.firewallPeers] };
      others.push(new Firewall(`${name}-firewall`, inputs, afterReboot));
    }

    this.virtualFunctions = new VirtualFunctions(
      `${name}-virtual-functions`,
      {
        ...reference,
        pciAddress,
        count: args.virtualFunctions.count,
        hostDriver: args.virtualFunctions.hostDriver ?? "none",
        // mlx4 gives its functions GUIDs by itself.
        infiniband: args.host.adapter.apply(({ driver, isInfiniband }) =>
          isInfiniband === true && driver === "mlx5_core" ? true : undefined,
        ),
        ...(changesFirmware === undefined ? {} : { changesFirmware }),
      },
      within(...others),
    );
    if (args.virtualization !== undefined) {
      this.virtualization = new Virtualization(
        `${name}-virtualization`,
        {
          ...reference,
          pciAddress,
          hugepages: args.hugepages ?? noHugepages,
          ...(changesFirmware === undefined ? {} : { changesFirmware }),
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

function driverInputs(
  drivers: ApplianceArguments["vendorDrivers"],
  pciAddress: pulumi.Output<string>,
): Pick<DriversArguments, "driverStack" | "vendor"> {
  if (drivers === undefined) return { driverStack: "inbox" };
  const { stack, ...archive } = drivers;
  return { driverStack: stack, vendor: pciAddress.apply((address) => ({ ...archive, pciAddress: address })) };
}
