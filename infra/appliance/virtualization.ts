/** What guests need of a host: kernel modules, a libvirt that answers, and the accelerator. */
import * as pulumi from "@pulumi/pulumi";
import type { HostReferenceArguments } from "./host-reference.ts";

/** All guests of a host together. */
export interface HostGuests {
  readonly count: number;
  readonly virtualCpus: number;
  readonly memoryMib: number;
  /** Processors of the host that the guests' virtual processors run on; empty: any. */
  readonly pinnedCpus: number[];
  /** Null: any. */
  readonly numaNode: number | null;
  /** Whether their memory is in the host's huge pages. */
  readonly hugepages: boolean;
  readonly ivshmem: { readonly name: string; readonly sizeMib: number };
}

/** What guests will be given in one environment or another. */
export interface GuestDevices {
  readonly passthrough: boolean;
  readonly virtualFunctions: boolean;
  readonly virtio: boolean;
}

export interface VirtualizationArguments extends HostReferenceArguments {
  /** The adapter's PCI address, as `0000:01:00.0`. */
  readonly pciAddress: pulumi.Input<string>;
  readonly guests: pulumi.Input<HostGuests>;
  /** Huge pages that the host sets aside, for guests or others. */
  readonly hugepages: pulumi.Input<{ sizeKib: pulumi.Input<number>; count: pulumi.Input<number> }>;
  readonly devices: pulumi.Input<GuestDevices>;
  /** `auto`: KVM if a guest boots under it; `kvm`: an error if none does. */
  readonly wantedAccelerator: pulumi.Input<"auto" | "kvm" | "tcg">;
  /** Whether the host is itself an emulated machine: `auto` is tcg there. */
  readonly emulatedHost: pulumi.Input<boolean>;
  /** The firmware is made to offer virtual functions before. */
  readonly changesFirmware?: true;
}

/** What the host can't do is refused at preview. Deleting unloads the modules that were not loaded before and are free. */
export class Virtualization extends pulumi.CustomResource {
  /** The modules for the wanted devices that are loaded, as `["vfio-pci"]`. */
  declare readonly kernelModules: pulumi.Output<string[]>;
  /** Whether the next boot will load them too. */
  declare readonly persisted: pulumi.Output<boolean>;
  declare readonly libvirtAnswers: pulumi.Output<boolean>;
  /** Found by booting a guest, but where it is given. */
  declare readonly accelerator: pulumi.Output<"kvm" | "tcg">;
  /** Why it is that, for people. */
  declare readonly acceleratorReason: pulumi.Output<string>;

  constructor(name: string, args: VirtualizationArguments, options?: pulumi.CustomResourceOptions) {
    const outputs = {
      kernelModules: undefined,
      persisted: undefined,
      libvirtAnswers: undefined,
      accelerator: undefined,
      acceleratorReason: undefined,
    };
    super("testbed:index:Virtualization", name, { ...args, ...outputs }, options);
  }
}
