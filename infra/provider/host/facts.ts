/** What a host is: read once, and what every refusal and every choice of a variant rests on. */
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
}

/** How the host's kernel arguments are kept. `unknown` is refused, never guessed. */
export type BootLoader = "grub-debian" | "grubby" | "unknown";

/** Whose IOMMU the firmware describes: by ACPI's table DMAR (Intel) or IVRS (AMD), present though the IOMMU be off. */
export type IommuHardware = "intel" | "amd" | "none";

export interface HostFacts {
  /** ID of os-release, as `debian`. */
  readonly osId: string;
  readonly osVersion: string;
  readonly kernelRelease: string;
  /** vendor_id of cpuinfo, as `GenuineIntel`. */
  readonly cpuVendor: string;
  readonly cpuModel: string;
  readonly cpus: number;
  readonly iommuHardware: IommuHardware;
  readonly memoryMib: number;
  readonly adapters: readonly Adapter[];
  readonly bootLoader: BootLoader;
  /** Whether iproute2's `rdma` is there. */
  readonly hasRdmaTool: boolean;
  /** Whether libibverbs has its soft-RoCE provider: that is, rdma-core's user space is there. */
  readonly hasSoftRoceLibrary: boolean;
  /** Whether the running kernel has the module rdma_rxe. */
  readonly hasSoftRoceModule: boolean;
  readonly hugepageSizesKib: readonly number[];
  readonly hasSystemd: boolean;
}

const programFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What must be read for the facts. */
export const factRequests: readonly SnapshotRequest[] = [
  "content:/etc/os-release",
  "content:/proc/sys/kernel/osrelease",
  "content:/proc/cpuinfo",
  "content:/proc/meminfo",
  "content:/sys/bus/pci/devices/*/sriov_totalvfs",
  "content:/sys/bus/pci/devices/*/uevent",
  "content:/sys/bus/pci/devices/*/class",
  "present:/sys/bus/pci/devices/*/net/*",
  "present:/sys/class/net/*/lower_*",
  "present:/sys/kernel/mm/hugepages/hugepages-*",
  "present:/lib/modules/*/kernel/drivers/infiniband/sw/rxe/rdma_rxe.ko*",
  "present:/etc/libibverbs.d/rxe.driver",
  "present:/run/systemd/system",
  "present:/sys/firmware/acpi/tables/DMAR",
  "present:/sys/firmware/acpi/tables/IVRS",
  ...programFolders.flatMap((folder) =>
    ["update-grub", "grubby", "rdma"].map((name): SnapshotRequest => `present:${folder}/${name}`),
  ),
];

/**
 * Reads the facts from a snapshot. Pure.
 * @param connectedDevices network devices that carry the address by which we reach the host
 */
export function parseFacts(files: HostFiles, connectedDevices: readonly string[]): HostFacts {
  const release = parseAssignments(files.text("/etc/os-release") ?? "");
  const kernelRelease = files.value("/proc/sys/kernel/osrelease") ?? "";
  const cpuinfo = files.text("/proc/cpuinfo") ?? "";
  const hasProgram = (name: string): boolean =>
    programFolders.some((folder) => files.has(`${folder}/${name}`));
  return {
    osId: release.get("ID") ?? "",
    osVersion: release.get("VERSION_ID") ?? "",
    kernelRelease,
    cpuVendor: cpuinfoValue(cpuinfo, "vendor_id"),
    cpuModel: cpuinfoValue(cpuinfo, "model name"),
    cpus: cpuinfo.match(/^processor\s*:/gm)?.length ?? 0,
    iommuHardware: files.has("/sys/firmware/acpi/tables/DMAR")
      ? "intel"
      : files.has("/sys/firmware/acpi/tables/IVRS")
        ? "amd"
        : "none",
    memoryMib: Math.floor(
      Number(/^MemTotal:\s+(\d+) kB/m.exec(files.text("/proc/meminfo") ?? "")?.[1] ?? 0) / 1024,
    ),
    adapters: parseAdapters(files, managementDevices(files, connectedDevices)),
    bootLoader: chooseBootLoader(
      [release.get("ID") ?? "", ...(release.get("ID_LIKE") ?? "").split(" ")],
      hasProgram("update-grub"),
      hasProgram("grubby"),
    ),
    hasRdmaTool: hasProgram("rdma"),
    hasSoftRoceLibrary: files.has("/etc/libibverbs.d/rxe.driver"),
    hasSoftRoceModule: files
      .match(/^\/lib\/modules\/([^/]+)\/.*\/rdma_rxe\.ko/)
      .some((found) => found[1] === kernelRelease),
    hugepageSizesKib: files
      .match(/^\/sys\/kernel\/mm\/hugepages\/hugepages-(\d+)kB$/)
      .map((found) => Number(found[1]))
      .sort((left, right) => left - right),
    hasSystemd: files.has("/run/systemd/system"),
  };
}

/** Which boot loader's way fits: Debian's update-grub, or grubby (all of EL 7 to 10). Pure. */
export function chooseBootLoader(
  osIds: readonly string[],
  hasUpdateGrub: boolean,
  hasGrubby: boolean,
): BootLoader {
  if (hasUpdateGrub && osIds.some((id) => id === "debian" || id === "ubuntu")) return "grub-debian";
  if (hasGrubby && osIds.some((id) => id === "rhel" || id === "fedora" || id === "centos")) return "grubby";
  return "unknown";
}

/** The devices that carry us and every device below them (ports of a bridge, parent of a VLAN, slaves of a bond). Pure. */
export function managementDevices(
  files: HostFiles,
  connectedDevices: readonly string[],
): ReadonlySet<string> {
  const below = files.match(/^\/sys\/class\/net\/([^/]+)\/lower_(.+)$/);
  const found = new Set(connectedDevices);
  for (const device of found) {
    for (const [, upper, lower] of below) {
      if (upper === device && lower !== undefined) found.add(lower);
    }
  }
  return found;
}

function parseAdapters(files: HostFiles, management: ReadonlySet<string>): Adapter[] {
  const networkClass = /^0x02/;
  return files
    .match(/^\/sys\/bus\/pci\/devices\/([^/]+)\/sriov_totalvfs$/)
    .flatMap((found) => {
      const pciAddress = found[1] ?? "";
      const device = `/sys/bus/pci/devices/${pciAddress}`;
      const totalVirtualFunctions = Number(files.value(`${device}/sriov_totalvfs`));
      if (totalVirtualFunctions < 1 || !networkClass.test(files.value(`${device}/class`) ?? "")) return [];
      const event = parseAssignments(files.text(`${device}/uevent`) ?? "");
      const networkDevices = files
        .match(/^\/sys\/bus\/pci\/devices\/([^/]+)\/net\/([^/]+)$/)
        .flatMap((net) => (net[1] === pciAddress && net[2] !== undefined ? [net[2]] : []));
      return [
        {
          pciAddress,
          vendorDevice: (event.get("PCI_ID") ?? "").toLowerCase(),
          driver: event.get("DRIVER") ?? "",
          totalVirtualFunctions,
          networkDevices,
          carriesManagement: networkDevices.some((name) => management.has(name)),
        },
      ];
    })
    .sort((left, right) => (left.pciAddress < right.pciAddress ? -1 : 1));
}

/** Reads lines `NAME=value` and `NAME="value"`, as in os-release and uevent. */
function parseAssignments(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const match = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line.trim());
    if (match?.[1] !== undefined && match[3] !== undefined) found.set(match[1], match[3]);
  }
  return found;
}

function cpuinfoValue(cpuinfo: string, name: string): string {
  return new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpuinfo)?.[1]?.trim() ?? "";
}
