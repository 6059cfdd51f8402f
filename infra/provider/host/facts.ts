/** What a host is: read once, and what every refusal and every choice of a variant rests on. */
import { assignments } from "./assignments.ts";
import {
  type Adapter,
  type AdapterWithoutSriov,
  type GroupMember,
  parseAdapters,
  parseAdaptersWithoutSriov,
  parseIommuGroups,
  parseManagementDrivers,
  parseVirtualFunctions,
  pciRequests,
} from "./pci.ts";
import { type HostRelease, hostRelease } from "./releases.ts";
import type { HostFiles, SnapshotRequest } from "./snapshot.ts";

/** How the host's kernel arguments are kept. `unknown` is refused, never guessed. */
export type BootLoader = "grub-debian" | "grubby" | "unknown";

/** Whose IOMMU the firmware describes: by ACPI's table DMAR (Intel) or IVRS (AMD), present though the IOMMU be off. */
export type IommuHardware = "intel" | "amd" | "none";

export interface HostFacts {
  /** ID of os-release, as `debian`. */
  readonly osId: string;
  readonly osVersion: string;
  /** Null: an operating system that is not supported. */
  readonly release: HostRelease | null;
  readonly kernelRelease: string;
  /** vendor_id of cpuinfo, as `GenuineIntel`. */
  readonly cpuVendor: string;
  readonly cpuModel: string;
  readonly cpus: number;
  /** The processors that are online, as the kernel lists them: `0-23,48-71`. */
  readonly onlineCpus: string;
  readonly numaNodes: readonly number[];
  readonly iommuHardware: IommuHardware;
  readonly memoryMib: number;
  readonly adapters: readonly Adapter[];
  readonly adaptersWithoutSriov: readonly AdapterWithoutSriov[];
  /** Kernel drivers of the adapters that the connection by which we reach the host runs over. */
  readonly managementDrivers: readonly string[];
  /** Virtual functions that there are, by PCI address, with the adapter of each. */
  readonly virtualFunctions: ReadonlyMap<string, string>;
  /** Members of each IOMMU group; empty while the IOMMU is off. */
  readonly iommuGroups: readonly (readonly GroupMember[])[];
  readonly bootLoader: BootLoader;
  /** Whether iproute2's `rdma` is there. */
  readonly hasRdmaTool: boolean;
  /** Whether libibverbs has its soft-RoCE provider: that is, rdma-core's user space is there. */
  readonly hasSoftRoceLibrary: boolean;
  /** Whether the running kernel has the module rdma_rxe. */
  readonly hasSoftRoceModule: boolean;
  /** The drivers for NVIDIA adapters that the running kernel has as modules of the distribution. */
  readonly inboxAdapterDrivers: readonly string[];
  /** Whether modules can be built for the running kernel. */
  readonly hasKernelHeaders: boolean;
  readonly hugepageSizesKib: readonly number[];
  readonly hasSystemd: boolean;
  /** Whether `/dev/kvm` is there, which does not yet mean that guests run under it. */
  readonly hasKvmDevice: boolean;
  readonly hasVirsh: boolean;
  /** Whether libvirt's daemon is there, as one program (libvirtd) or in parts (virtqemud). */
  readonly hasLibvirtDaemon: boolean;
  readonly hasQemu: boolean;
  /** Whether the firmware of NVIDIA's adapters can be configured. */
  readonly hasFirmwareTool: boolean;
  /** Whether libvirt listens. */
  readonly libvirtAnswers: boolean;
}

/** EL has qemu-kvm in libexec. */
const programFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec"];
const programs = [
  "update-grub",
  "grubby",
  "rdma",
  "virsh",
  "libvirtd",
  "virtqemud",
  "qemu-system-x86_64",
  "qemu-kvm",
  "mstconfig",
  "mlxconfig",
];
/** Where libvirtd listens, or virtproxyd for it. */
const libvirtSocket = "/run/libvirt/libvirt-sock";

/** What must be read for the facts. */
export const factRequests: readonly SnapshotRequest[] = [
  "content:/etc/os-release",
  "content:/proc/sys/kernel/osrelease",
  "content:/proc/cpuinfo",
  "content:/proc/meminfo",
  "content:/sys/devices/system/cpu/online",
  "present:/sys/devices/system/node/node[0-9]*",
  ...pciRequests,
  "present:/sys/class/net/*/lower_*",
  "present:/sys/kernel/mm/hugepages/hugepages-*",
  "present:/lib/modules/*/kernel/drivers/infiniband/sw/rxe/rdma_rxe.ko*",
  "present:/lib/modules/*/kernel/drivers/net/ethernet/mellanox/mlx4/mlx4_core.ko*",
  "present:/lib/modules/*/kernel/drivers/net/ethernet/mellanox/mlx5/core/mlx5_core.ko*",
  "present:/lib/modules/*/build/Makefile",
  "present:/etc/libibverbs.d/rxe.driver",
  "present:/run/systemd/system",
  "present:/sys/firmware/acpi/tables/DMAR",
  "present:/sys/firmware/acpi/tables/IVRS",
  "present:/dev/kvm",
  `present:${libvirtSocket}`,
  ...programFolders.flatMap((folder) => programs.map((name): SnapshotRequest => `present:${folder}/${name}`)),
];

/**
 * Reads the facts from a snapshot. Pure.
 * @param connectedDevices network devices that carry the address by which we reach the host
 */
export function parseFacts(files: HostFiles, connectedDevices: readonly string[]): HostFacts {
  const osRelease = assignments(files.text("/etc/os-release") ?? "");
  const osId = osRelease.get("ID") ?? "";
  const osVersion = osRelease.get("VERSION_ID") ?? "";
  const release = hostRelease(osId, osVersion);
  const management = managementDevices(files, connectedDevices);
  const kernelRelease = files.value("/proc/sys/kernel/osrelease") ?? "";
  const cpuinfo = files.text("/proc/cpuinfo") ?? "";
  const hasProgram = (name: string): boolean =>
    programFolders.some((folder) => files.has(`${folder}/${name}`));
  return {
    osId,
    osVersion,
    release,
    kernelRelease,
    cpuVendor: cpuinfoValue(cpuinfo, "vendor_id"),
    cpuModel: cpuinfoValue(cpuinfo, "model name"),
    cpus: cpuinfo.match(/^processor\s*:/gm)?.length ?? 0,
    onlineCpus: files.value("/sys/devices/system/cpu/online") ?? "",
    numaNodes: files
      .match(/^\/sys\/devices\/system\/node\/node(\d+)$/)
      .map((found) => Number(found[1]))
      .sort((left, right) => left - right),
    iommuHardware: files.has("/sys/firmware/acpi/tables/DMAR")
      ? "intel"
      : files.has("/sys/firmware/acpi/tables/IVRS")
        ? "amd"
        : "none",
    memoryMib: Math.floor(
      Number(/^MemTotal:\s+(\d+) kB/m.exec(files.text("/proc/meminfo") ?? "")?.[1] ?? 0) / 1024,
    ),
    adapters: parseAdapters(files, management),
    managementDrivers: parseManagementDrivers(files, management),
    adaptersWithoutSriov: parseAdaptersWithoutSriov(files, management),
    virtualFunctions: parseVirtualFunctions(files),
    iommuGroups: parseIommuGroups(files),
    bootLoader: chooseBootLoader(release, hasProgram("update-grub"), hasProgram("grubby")),
    hasRdmaTool: hasProgram("rdma"),
    hasSoftRoceLibrary: files.has("/etc/libibverbs.d/rxe.driver"),
    hasSoftRoceModule: files
      .match(/^\/lib\/modules\/([^/]+)\/.*\/rdma_rxe\.ko/)
      .some((found) => found[1] === kernelRelease),
    inboxAdapterDrivers: files
      .match(/^\/lib\/modules\/([^/]+)\/kernel\/.*\/(mlx[45]_core)\.ko/)
      .filter((found) => found[1] === kernelRelease)
      .map((found) => found[2] ?? ""),
    hasKernelHeaders: files.has(`/lib/modules/${kernelRelease}/build/Makefile`),
    hugepageSizesKib: files
      .match(/^\/sys\/kernel\/mm\/hugepages\/hugepages-(\d+)kB$/)
      .map((found) => Number(found[1]))
      .sort((left, right) => left - right),
    hasSystemd: files.has("/run/systemd/system"),
    hasKvmDevice: files.has("/dev/kvm"),
    hasVirsh: hasProgram("virsh"),
    hasLibvirtDaemon: hasProgram("libvirtd") || hasProgram("virtqemud"),
    hasQemu: hasProgram("qemu-system-x86_64") || hasProgram("qemu-kvm"),
    hasFirmwareTool: hasProgram("mstconfig") || hasProgram("mlxconfig"),
    libvirtAnswers: files.has(libvirtSocket),
  };
}

/** How a release keeps its kernel arguments: Debian's update-grub, or grubby on EL. Pure. */
export function chooseBootLoader(
  release: HostRelease | null,
  hasUpdateGrub: boolean,
  hasGrubby: boolean,
): BootLoader {
  switch (release?.family) {
    case "debian":
    case "ubuntu":
      return hasUpdateGrub ? "grub-debian" : "unknown";
    case "el":
      return hasGrubby ? "grubby" : "unknown";
    case undefined:
      return "unknown";
  }
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

function cpuinfoValue(cpuinfo: string, name: string): string {
  return new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpuinfo)?.[1]?.trim() ?? "";
}
