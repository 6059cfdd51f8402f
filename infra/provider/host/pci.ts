/** The PCI functions of a host that matter here: adapters, those that could be some, and who shares an IOMMU group. Pure. */
import { isModelWithSriov, nvidiaGeneration } from "./adapter-models.ts";
import { assignments } from "./assignments.ts";
import type { HostFiles, SnapshotRequest } from "./snapshot.ts";

/** A network adapter with SR-IOV. */
export interface Adapter {
  /** As in `0000:01:00.0`. */
  readonly pciAddress: string;
  /** As in `8086:10c9`. */
  readonly vendorDevice: string;
  /** Kernel driver; empty when none is bound. */
  readonly driver: string;
  readonly totalVirtualFunctions: number;
  readonly networkDevices: readonly string[];
  /** Whether the connection by which we reach the host runs over it. */
  readonly carriesManagement: boolean;
  /** True for a controller of the class InfiniBand; absent for others. ConnectX-3 does not tell by its class. */
  readonly isInfiniband?: true;
}

/** A network adapter whose model has SR-IOV, and which shows none. */
export type AdapterWithoutSriov = Adapter;

/** A function in an IOMMU group: what one guest gets, all others of the group lose. */
export interface GroupMember {
  readonly pciAddress: string;
  /** As in `0x020000`. */
  readonly class: string;
}

/** What must be read for the functions below. */
export const pciRequests: readonly SnapshotRequest[] = [
  "content:/sys/bus/pci/devices/*/sriov_totalvfs",
  "content:/sys/bus/pci/devices/*/uevent",
  "content:/sys/bus/pci/devices/*/class",
  "present:/sys/bus/pci/devices/*/net/*",
  "link:/sys/bus/pci/devices/*/physfn",
  "present:/sys/kernel/iommu_groups/*/devices/*",
];

/** Driver that gives a function to a guest. */
export const guestDriver = "vfio-pci";

const networkClass = /^0x02/;
const infinibandClass = /^0x0207/;
const bridgeClass = /^0x06/;
const devicePattern = (file: string): RegExp => new RegExp(`^/sys/bus/pci/devices/([^/]+)/${file}$`);

/** The folder of a PCI device. */
export function devicePath(pciAddress: string): string {
  return `/sys/bus/pci/devices/${pciAddress}`;
}

export function parseAdapters(files: HostFiles, management: ReadonlySet<string>): Adapter[] {
  return networkAdapters(files, management).filter((one) => one.totalVirtualFunctions > 0);
}

/** Network adapters of models with SR-IOV that offer no virtual function: their firmware has it off. */
export function parseAdaptersWithoutSriov(
  files: HostFiles,
  management: ReadonlySet<string>,
): AdapterWithoutSriov[] {
  return networkAdapters(files, management).filter(
    (one) => one.totalVirtualFunctions === 0 && isModelWithSriov(one.vendorDevice),
  );
}

function networkAdapters(files: HostFiles, management: ReadonlySet<string>): Adapter[] {
  return networkFunctions(files).map(({ pciAddress, class: deviceClass, event }) => {
    const networkDevices = networkDevicesOf(files, pciAddress);
    return {
      pciAddress,
      vendorDevice: vendorDevice(event),
      driver: event.get("DRIVER") ?? "",
      totalVirtualFunctions: totalVirtualFunctions(files, pciAddress),
      networkDevices,
      carriesManagement: networkDevices.some((name) => management.has(name)),
      ...(infinibandClass.test(deviceClass) ? { isInfiniband: true as const } : {}),
    };
  });
}

/** Kernel drivers of the network adapters that the connection runs over: loading them anew would cut us off. */
export function parseManagementDrivers(files: HostFiles, management: ReadonlySet<string>): string[] {
  const carrying = networkFunctions(files).filter(({ pciAddress }) =>
    networkDevicesOf(files, pciAddress).some((name) => management.has(name)),
  );
  return [...new Set(carrying.map(({ event }) => event.get("DRIVER") ?? ""))].sort();
}

/** Members of each IOMMU group; none while the IOMMU is off. */
export function parseIommuGroups(files: HostFiles): GroupMember[][] {
  const groups = new Map<string, GroupMember[]>();
  for (const [, group = "", pciAddress = ""] of files.match(
    /^\/sys\/kernel\/iommu_groups\/(\d+)\/devices\/(.+)$/,
  )) {
    const members = groups.get(group) ?? [];
    members.push({ pciAddress, class: files.value(`/sys/bus/pci/devices/${pciAddress}/class`) ?? "" });
    groups.set(group, members);
  }
  return [...groups.values()];
}

/** Virtual functions that there are, by address, with the adapter of each. */
export function parseVirtualFunctions(files: HostFiles): ReadonlyMap<string, string> {
  return new Map(
    files
      .match(devicePattern("physfn"))
      .map(([path, address]) => [address ?? "", files.linkName(path) ?? ""]),
  );
}

/** What shares the IOMMU group of a function and would have to go with it. Bridges stay the host's (Linux driver-api/vfio.rst). */
export function groupMates(groups: readonly (readonly GroupMember[])[], pciAddress: string): string[] {
  const group = groups.find((members) => members.some((one) => one.pciAddress === pciAddress)) ?? [];
  return group
    .filter((one) => one.pciAddress !== pciAddress && !bridgeClass.test(one.class))
    .map((one) => one.pciAddress)
    .sort();
}

/**
 * Why an adapter has no virtual functions though its model could.
 * @param count of virtual functions that the firmware should offer
 */
export function sriovOffSentence(
  host: string,
  { pciAddress, vendorDevice }: Pick<Adapter, "pciAddress" | "vendorDevice">,
  count = 8,
): string {
  const found = `${pciAddress} (${vendorDevice}) on ${host} could do SR-IOV, but`;
  return nvidiaGeneration(vendorDevice) !== null
    ? `${found} its firmware has SR-IOV off; turn it on with "mlxconfig -d ${pciAddress} set SRIOV_EN=1 NUM_OF_VFS=${count}" ` +
        `(or mstconfig of the package mstflint), then switch ${host} off and on; or let it be done by appliance.adapterFirmware: enable-sriov`
    : `${found} shows none; turn SR-IOV on in the firmware set-up (BIOS) of ${host}`;
}

/** Why nothing can be done with an adapter that a guest has. */
export function heldByGuestSentence(host: string, pciAddress: string): string {
  return `a guest holds ${pciAddress} on ${host} (its driver is ${guestDriver}); "npx testbed activate native" gives it back`;
}

/** Why the adapter that we came by is not given away. */
export function managementSentence(host: string, pciAddress: string): string {
  return `${pciAddress} on ${host} carries the address by which ${host} is reached; a guest that takes the adapter would cut us off, so choose another adapter`;
}

interface NetworkFunction {
  readonly pciAddress: string;
  readonly class: string;
  readonly event: ReadonlyMap<string, string>;
}

function networkFunctions(files: HostFiles): NetworkFunction[] {
  return files
    .match(devicePattern("class"))
    .map(([path, pciAddress = ""]) => ({ pciAddress, class: files.value(path) ?? "" }))
    .filter((one) => networkClass.test(one.class))
    .map(({ pciAddress, class: deviceClass }) => ({
      pciAddress,
      class: deviceClass,
      event: assignments(files.text(`/sys/bus/pci/devices/${pciAddress}/uevent`) ?? ""),
    }))
    .sort((left, right) => (left.pciAddress < right.pciAddress ? -1 : 1));
}

function networkDevicesOf(files: HostFiles, pciAddress: string): string[] {
  return files
    .match(devicePattern("net/([^/]+)"))
    .flatMap((net) => (net[1] === pciAddress && net[2] !== undefined ? [net[2]] : []));
}

function totalVirtualFunctions(files: HostFiles, pciAddress: string): number {
  return Number(files.value(`/sys/bus/pci/devices/${pciAddress}/sriov_totalvfs`) ?? 0);
}

function vendorDevice(event: ReadonlyMap<string, string>): string {
  return (event.get("PCI_ID") ?? "").toLowerCase();
}
