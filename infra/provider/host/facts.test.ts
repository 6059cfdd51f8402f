import { describe, expect, test } from "vitest";
import { debianFacts, debianFiles, familyFiles, familyNames } from "../fixtures/recorded-hosts.ts";
import { nvidiaGeneration } from "./adapter-models.ts";
import { chooseAdapter } from "./choose-adapter.ts";
import { chooseBootLoader, managementDevices, parseFacts } from "./facts.ts";
import { groupMates } from "./pci.ts";
import { processorsOf } from "./processor-list.ts";
import { hostRelease, unsupportedReleaseSentence } from "./releases.ts";
import { HostFiles } from "./snapshot.ts";

describe("facts of a recorded host", () => {
  test("are read from its files", () => {
    expect(debianFacts).toMatchObject({
      osId: "debian",
      osVersion: "13",
      bootLoader: "grub-debian",
      cpus: 2,
      hasRdmaTool: true,
      hasSoftRoceLibrary: true,
      hasSoftRoceModule: true,
      hasSystemd: true,
    });
    expect(debianFacts.hugepageSizesKib).toContain(2048);
    expect(debianFacts.memoryMib).toBeGreaterThan(1500);
    expect(debianFacts.adapters).toEqual([
      {
        pciAddress: "0000:01:00.0",
        vendorDevice: "8086:10c9",
        driver: "igb",
        totalVirtualFunctions: 7,
        networkDevices: ["fab0"],
        carriesManagement: false,
      },
    ]);
  });

  test("tell an adapter that carries the connection", () => {
    const facts = parseFacts(debianFiles(), ["fab0"]);
    expect(facts.adapters[0]?.carriesManagement).toBe(true);
    expect(facts.managementDrivers).toEqual(["igb"]);
    expect(debianFacts.managementDrivers).not.toContain("igb");
  });
});

describe("PCI functions", () => {
  const device = (address: string): string => `/sys/bus/pci/devices/${address}`;
  const contents = new Map([
    [`${device("0000:05:00.0")}/class`, "0x020700\n"],
    [`${device("0000:05:00.0")}/uevent`, "DRIVER=mlx5_core\nPCI_ID=15B3:1017\n"],
    [`${device("0000:05:00.1")}/class`, "0x020700\n"],
    [`${device("0000:05:00.1")}/uevent`, "PCI_ID=15B3:1017\n"],
    [`${device("0000:05:00.1")}/sriov_totalvfs`, "8\n"],
    [`${device("0000:05:01.2")}/class`, "0x020700\n"],
    [`${device("0000:05:01.2")}/uevent`, "PCI_ID=15B3:1018\n"],
    [`${device("0000:06:00.0")}/class`, "0x020000\n"],
    [`${device("0000:06:00.0")}/uevent`, "PCI_ID=1AF4:1000\n"],
    ["/sys/devices/system/cpu/online", "0-3,8\n"],
  ]);
  const links = new Map([[`${device("0000:05:01.2")}/physfn`, `${device("0000:05:00.1")}`]]);
  const present = new Set([
    "/sys/kernel/iommu_groups/3/devices/0000:05:00.0",
    "/sys/kernel/iommu_groups/3/devices/0000:05:00.1",
    "/sys/kernel/iommu_groups/4/devices/0000:06:00.0",
    "/sys/devices/system/node/node1",
    "/sys/devices/system/node/node0",
    "/usr/libexec/qemu-kvm",
  ]);
  const facts = parseFacts(new HostFiles(contents, links, present), []);

  test("whose firmware has SR-IOV off are known by their model, and are no virtual functions", () => {
    expect(facts.adaptersWithoutSriov).toMatchObject([
      { pciAddress: "0000:05:00.0", vendorDevice: "15b3:1017", totalVirtualFunctions: 0 },
    ]);
    expect(facts.adapters.map((one) => one.pciAddress)).toEqual(["0000:05:00.1"]);
    const choice = chooseAdapter("n1", facts.adapters, "0000:05:00.0", facts.adaptersWithoutSriov);
    expect(choice.refusal).toContain("SR-IOV off; turn it on with");
    expect(chooseAdapter("n1", facts.adapters, "auto", facts.adaptersWithoutSriov).adapter).toBe(
      facts.adapters[0],
    );
    expect(chooseAdapter("n1", [], "auto", facts.adaptersWithoutSriov).refusal).toContain("0000:05:00.0");
  });

  test("are known by their IOMMU group, and virtual functions by their adapter", () => {
    expect(facts.iommuGroups.map((group) => group.map((one) => one.pciAddress))).toEqual([
      ["0000:05:00.0", "0000:05:00.1"],
      ["0000:06:00.0"],
    ]);
    expect(groupMates(facts.iommuGroups, "0000:05:00.1")).toEqual(["0000:05:00.0"]);
    expect(groupMates(facts.iommuGroups, "0000:09:00.0")).toEqual([]);
    expect([...facts.virtualFunctions]).toEqual([["0000:05:01.2", "0000:05:00.1"]]);
  });

  test("stand beside processors, NUMA nodes and programs", () => {
    expect([...processorsOf(facts.onlineCpus)]).toEqual([0, 1, 2, 3, 8]);
    expect(facts).toMatchObject({ numaNodes: [0, 1], hasQemu: true, hasVirsh: false, hasKvmDevice: false });
  });
});

test("management reaches down through a VLAN on a bond", () => {
  const present = new Set([
    "/sys/class/net/bond0.5/lower_bond0",
    "/sys/class/net/bond0/lower_eth0",
    "/sys/class/net/bond0/lower_eth1",
    "/sys/class/net/br9/lower_eth2",
  ]);
  const devices = managementDevices(new HostFiles(new Map(), new Map(), present), ["bond0.5"]);
  expect([...devices].sort()).toEqual(["bond0", "bond0.5", "eth0", "eth1"]);
});

test("adapters of other hosts are told by model, class and driver", () => {
  const adapters = familyNames.map((name) => parseFacts(familyFiles(name), ["eno1"]).adapters[0]);
  expect(adapters.map((one) => one && nvidiaGeneration(one.vendorDevice))).toEqual([
    // The first and the last one have SR-IOV off.
    undefined,
    "ConnectX-6",
    "ConnectX-7",
    "ConnectX-3",
    "ConnectX-6",
    undefined,
  ]);
  expect(adapters.map((one) => one?.isInfiniband)).toEqual([
    undefined,
    true,
    undefined,
    undefined,
    true,
    undefined,
  ]);
  const off = familyNames.map((name) => parseFacts(familyFiles(name), []).adaptersWithoutSriov);
  expect(off.flat().map((one) => nvidiaGeneration(one.vendorDevice))).toEqual(["ConnectX-5", "ConnectX-7"]);
});

describe("the boot loader", () => {
  test.each([
    ["debian", "13", true, false, "grub-debian"],
    ["ubuntu", "24.04", true, false, "grub-debian"],
    ["rocky", "9.5", false, true, "grubby"],
    ["centos", "10", false, true, "grubby"],
    ["arch", "", true, true, "unknown"],
    ["opensuse-leap", "15.6", false, false, "unknown"],
    ["debian", "12", false, true, "unknown"],
    ["rhel", "9.4", true, false, "unknown"],
  ] as const)("of %s %s (update-grub %j, grubby %j) is %s", (id, version, updateGrub, grubby, expected) => {
    expect(chooseBootLoader(hostRelease(id, version), updateGrub, grubby)).toBe(expected);
  });
});

describe("the release", () => {
  test.each([
    ["debian", "13", { family: "debian", version: "13", minor: null }],
    ["ubuntu", "26.04", { family: "ubuntu", version: "26.04", minor: null }],
    ["rhel", "8.10", { family: "el", version: "8", minor: 10 }],
    ["rocky", "9.5", { family: "el", version: "9", minor: 5 }],
    ["centos", "10", { family: "el", version: "10", minor: null }],
    ["ubuntu", "23.10", null],
    ["ubuntu", "22", null],
    ["debian", "", null],
    ["centos", "7", null],
    ["fedora", "42", null],
    ["linuxmint", "22", null],
  ])("of %s %j is %j", (id, version, expected) => {
    expect(hostRelease(id, version)).toEqual(expected);
  });

  test("that is not supported is refused by what was found and what would be right", () => {
    expect(unsupportedReleaseSentence("n1", "arch", "")).toBe(
      "n1 runs an operating system that is not supported: its os-release has ID=arch, VERSION_ID=(none); supported are " +
        "Debian 12, 13; Ubuntu 22.04, 24.04, 26.04; EL (RHEL, CentOS Stream, Rocky, AlmaLinux, Oracle) 8, 9, 10",
    );
  });
});

describe("the adapter", () => {
  const [igb] = debianFacts.adapters;
  if (igb === undefined) throw new Error("the recorded host has an adapter");
  const second = { ...igb, pciAddress: "0000:02:00.0" };

  test("is the only one", () => {
    expect(chooseAdapter("n1", [igb], "auto").adapter).toBe(igb);
  });
  test("is the only one that is free", () => {
    expect(chooseAdapter("n1", [{ ...igb, carriesManagement: true }, second], "auto").adapter).toBe(second);
  });
  test.each([
    ["none", [], "auto", "n1 has no SR-IOV network adapter"],
    [
      "two and none chosen",
      [igb, second],
      "auto",
      "0000:01:00.0 (8086:10c9), 0000:02:00.0 (8086:10c9); choose one",
    ],
    ["another one", [igb], "0000:09:00.0", "n1 has no SR-IOV adapter 0000:09:00.0; it has 0000:01:00.0"],
    [
      "management",
      [{ ...igb, carriesManagement: true }],
      "0000:01:00.0",
      "carries the address by which n1 is reached",
    ],
  ])("is refused: %s", (_case, adapters, wanted, sentence) => {
    expect(chooseAdapter("n1", adapters, wanted).refusal).toContain(sentence);
  });
});
