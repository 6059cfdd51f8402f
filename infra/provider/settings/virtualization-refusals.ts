/** What keeps a host from having the guests that are wanted: one sentence each with what was found and what would be right. */
import type { HostFacts } from "../host/facts.ts";
import { groupMates, managementSentence, sriovOffSentence } from "../host/pci.ts";
import { processorsOf } from "../host/processor-list.ts";
import type { Refusal } from "../setting.ts";
import type { VirtualizationInputs } from "./virtualization.ts";

/** Memory that the host itself keeps: the larger one of both. */
const hostShare = 0.1;
const hostMinimumMib = 512;

type Rule = (host: string, inputs: VirtualizationInputs, facts: HostFacts) => Refusal[];

/** Every reason why the host can't have these guests. */
export const refuseGuests: Rule = (host, inputs, facts) =>
  [
    refusePrograms,
    refuseAccelerator,
    refuseMemory,
    refuseHugepages,
    refuseProcessors,
    refuseNumaNode,
    refuseAdapter,
    refuseIommu,
  ].flatMap((rule) => rule(host, inputs, facts));

const refusePrograms: Rule = (host, _inputs, facts) => {
  const isDebian = facts.osId === "debian" || facts.osId === "ubuntu";
  const missing = [
    facts.hasLibvirtDaemon ? [] : [isDebian ? "libvirt-daemon-system" : "libvirt-daemon-kvm"],
    facts.hasVirsh ? [] : [isDebian ? "libvirt-clients" : "libvirt-client"],
    facts.hasQemu ? [] : [isDebian ? "qemu-system-x86" : "qemu-kvm"],
  ].flat();
  if (missing.length > 0) {
    const reason = `${host} lacks what guests need; install ${missing.join(", ")}`;
    return [{ property: "guests", reason }];
  }
  if (facts.libvirtAnswers) return [];
  const units = isDebian ? "libvirtd.socket" : "libvirtd.socket (or virtqemud.socket and virtproxyd.socket)";
  const reason = `libvirt on ${host} does not listen; "systemctl enable --now ${units}" starts it`;
  return [{ property: "guests", reason }];
};

const refuseAccelerator: Rule = (host, inputs, facts) => {
  if (inputs.wantedAccelerator !== "kvm" || facts.hasKvmDevice) return [];
  const reason = `guest.accelerator is kvm, but ${host} has no /dev/kvm; turn on VT-x or AMD-V in its firmware set-up (BIOS), or choose auto or tcg`;
  return [{ property: "wantedAccelerator", reason }];
};

const refuseMemory: Rule = (host, { guests, hugepages }, facts) => {
  const pagesMib = (hugepages.sizeKib * hugepages.count) / 1024;
  const keptMib = Math.max(hostMinimumMib, Math.ceil(facts.memoryMib * hostShare));
  const guestsMib = guests.hugepages ? 0 : guests.count * guests.memoryMib;
  const neededMib = guestsMib + pagesMib + guests.ivshmem.sizeMib;
  const leftMib = facts.memoryMib - keptMib;
  if (neededMib <= leftMib) return [];
  const parts = [
    ...(guestsMib > 0 ? [`${guests.count} × ${guests.memoryMib} MiB for guests`] : []),
    ...(pagesMib > 0 ? [`${pagesMib} MiB in huge pages`] : []),
    `${guests.ivshmem.sizeMib} MiB shared`,
  ];
  const reason = `${host} has ${facts.memoryMib} MiB of memory, of which ${keptMib} MiB stay its own and ${leftMib} MiB are left; ${neededMib} MiB are asked for (${parts.join(", ")})`;
  return [{ property: "guests", reason }];
};

const refuseHugepages: Rule = (host, { guests, hugepages }) => {
  if (!guests.hugepages) return [];
  const needed = guests.count * Math.ceil((guests.memoryMib * 1024) / hugepages.sizeKib);
  if (needed <= hugepages.count) return [];
  const reason = `guests on ${host} take ${needed} huge pages of ${hugepages.sizeKib} KiB (${guests.count} × ${guests.memoryMib} MiB); appliance.hugepages sets aside ${hugepages.count}`;
  return [{ property: "hugepages", reason }];
};

const refuseProcessors: Rule = (host, { guests }, facts) => {
  const online = processorsOf(facts.onlineCpus);
  const absent = guests.pinnedCpus.filter((cpu) => !online.has(cpu));
  if (absent.length === 0) return [];
  const reason = `${host} has no processor ${absent.join(", ")} to pin guests to; online are ${facts.onlineCpus}`;
  return [{ property: "guests", reason }];
};

const refuseNumaNode: Rule = (host, { guests }, facts) => {
  if (guests.numaNode === null || facts.numaNodes.includes(guests.numaNode)) return [];
  const nodes = facts.numaNodes.join(", ") || "none";
  const reason = `${host} has no NUMA node ${guests.numaNode}; its NUMA nodes are: ${nodes}`;
  return [{ property: "guests", reason }];
};

const refuseAdapter: Rule = (host, { pciAddress, devices, changesFirmware }, facts) => {
  const adapter = facts.adapters.find((one) => one.pciAddress === pciAddress);
  const off = facts.adaptersWithoutSriov.find((one) => one.pciAddress === pciAddress);
  if (off !== undefined && devices.virtualFunctions && changesFirmware !== true) {
    return [{ property: "pciAddress", reason: sriovOffSentence(host, off) }];
  }
  if (adapter?.carriesManagement && devices.passthrough) {
    return [{ property: "pciAddress", reason: managementSentence(host, pciAddress) }];
  }
  return [];
};

const refuseIommu: Rule = (host, { pciAddress, devices }, facts) => {
  if (!devices.passthrough && !devices.virtualFunctions) return [];
  if (facts.iommuHardware === "none") {
    const reason = `guests can't be given devices on ${host}: its firmware describes no IOMMU (no ACPI table DMAR or IVRS); turn on VT-d or AMD-Vi in its firmware set-up (BIOS)`;
    return [{ property: "devices", reason }];
  }
  const functions = [...facts.virtualFunctions].flatMap(([address, of]) =>
    of === pciAddress ? [address] : [],
  );
  return [
    // When the whole adapter goes to a guest, its virtual functions go away before.
    ...(devices.passthrough ? refuseGroup(host, pciAddress, functions, facts) : []),
    ...(devices.virtualFunctions ? functions.flatMap((one) => refuseGroup(host, one, [], facts)) : []),
  ];
};

function refuseGroup(
  host: string,
  pciAddress: string,
  except: readonly string[],
  facts: HostFacts,
): Refusal[] {
  const others = groupMates(facts.iommuGroups, pciAddress).filter((one) => !except.includes(one));
  if (others.length === 0) return [];
  const reason = `${pciAddress} on ${host} can't be given to a guest alone: its IOMMU group also has ${others.join(", ")}; put it into a slot with a group of its own (one whose bridges have ACS)`;
  return [{ property: "pciAddress", reason }];
}
