import { describe, expect, test } from "vitest";
import type { FakeHost } from "../fixtures/fake-host.ts";
import { debianFacts, debianHost } from "../fixtures/recorded-hosts.ts";
import type { HostFacts } from "../host/facts.ts";
import { settingNames } from "../host/names.ts";
import { Hosts } from "../hosts.ts";
import type { CallContext } from "../resource-type.ts";
import { SettingResource } from "../setting-resource.ts";
import { drivers } from "./drivers.ts";
import { virtualFunctions } from "./virtual-functions.ts";
import { type VirtualizationInputs, virtualization } from "./virtualization.ts";

const pciAddress = "0000:01:00.0";
const [adapter] = debianFacts.adapters;
if (adapter === undefined) throw new Error("the recorded host has an adapter");

const inputs: VirtualizationInputs = {
  pciAddress,
  guests: {
    count: 2,
    virtualCpus: 1,
    memoryMib: 320,
    pinnedCpus: [0, 1],
    numaNode: null,
    hugepages: false,
    ivshmem: { name: "testbed-dev", sizeMib: 1 },
  },
  hugepages: { sizeKib: 2048, count: 0 },
  devices: { passthrough: true, virtualFunctions: true, virtio: true },
  wantedAccelerator: "auto",
  emulatedHost: false,
};

/** The recorded node with libvirt, a KVM device and NUMA. */
const able: HostFacts = {
  ...debianFacts,
  onlineCpus: "0-1",
  numaNodes: [0],
  hasKvmDevice: true,
  hasVirsh: true,
  hasLibvirtDaemon: true,
  hasQemu: true,
  libvirtAnswers: true,
};
const guestsWith = (guests: Partial<VirtualizationInputs["guests"]>) => ({
  guests: { ...inputs.guests, ...guests },
});
const network = { class: "0x020000" };

describe("guests that a host can't have are refused", () => {
  test("and no others", () => {
    expect(virtualization.refuse("n1", inputs, able)).toEqual([]);
  });

  test.each<[Partial<VirtualizationInputs>, Partial<HostFacts>, string]>([
    [
      guestsWith({ memoryMib: 800 }),
      { memoryMib: 1917 },
      "n1 has 1917 MiB of memory, of which 512 MiB stay its own and 1405 MiB are left; 1601 MiB are asked for (2 × 800 MiB for guests, 1 MiB shared)",
    ],
    [
      guestsWith({ memoryMib: 60_000 }),
      { memoryMib: 128_000 },
      "of which 12800 MiB stay its own and 115200 MiB are left; 120001 MiB are asked for",
    ],
    [
      { ...guestsWith({ memoryMib: 512, hugepages: true }), hugepages: { sizeKib: 2048, count: 700 } },
      { memoryMib: 1900 },
      "1401 MiB are asked for (1400 MiB in huge pages, 1 MiB shared)",
    ],
    [
      { ...guestsWith({ memoryMib: 321, hugepages: true }), hugepages: { sizeKib: 2048, count: 321 } },
      {},
      "guests on n1 take 322 huge pages of 2048 KiB (2 × 321 MiB); appliance.hugepages sets aside 321",
    ],
    [guestsWith({ pinnedCpus: [1, 2, 7] }), {}, "n1 has no processor 2, 7 to pin guests to; online are 0-1"],
    [guestsWith({ numaNode: 1 }), {}, "n1 has no NUMA node 1; its NUMA nodes are: 0"],
    [{}, { iommuHardware: "none" }, "its firmware describes no IOMMU (no ACPI table DMAR or IVRS)"],
    [
      {},
      {
        iommuGroups: [
          [
            { pciAddress: "0000:00:01.0", class: "0x060400" },
            { pciAddress, ...network },
            { pciAddress: "0000:01:00.1", ...network },
            { pciAddress: "0000:01:10.0", ...network },
          ],
        ],
        virtualFunctions: new Map([["0000:01:10.0", pciAddress]]),
      },
      "0000:01:00.0 on n1 can't be given to a guest alone: its IOMMU group also has 0000:01:00.1; ",
    ],
    [
      {},
      { adapters: [{ ...adapter, carriesManagement: true }] },
      "0000:01:00.0 on n1 carries the address by which n1 is reached",
    ],
    [
      {},
      {
        adapters: [],
        adaptersWithoutSriov: [{ ...adapter, vendorDevice: "15b3:1017", totalVirtualFunctions: 0 }],
      },
      'turn it on with "mlxconfig -d 0000:01:00.0 set SRIOV_EN=1 NUM_OF_VFS=8"',
    ],
    [{}, { hasVirsh: false, hasQemu: false }, "install libvirt-clients, qemu-system-x86"],
    [{}, { osId: "rocky", hasLibvirtDaemon: false, hasQemu: false }, "install libvirt-daemon-kvm, qemu-kvm"],
    [
      {},
      { libvirtAnswers: false },
      'libvirt on n1 does not listen; "systemctl enable --now libvirtd.socket"',
    ],
    [
      { wantedAccelerator: "kvm" },
      { hasKvmDevice: false },
      "guest.accelerator is kvm, but n1 has no /dev/kvm",
    ],
  ])("%#", (changedInputs, changedFacts, sentence) => {
    const refusals = virtualization.refuse(
      "n1",
      { ...inputs, ...changedInputs },
      { ...able, ...changedFacts },
    );
    expect(refusals.map((one) => one.reason)).toContainEqual(expect.stringContaining(sentence));
  });

  test("bridges of a group stay the host's, and so do functions of the adapter itself", () => {
    const iommuGroups = [
      [
        { pciAddress: "0000:00:01.0", class: "0x060400" },
        { pciAddress, ...network },
      ],
    ];
    expect(virtualization.refuse("n1", inputs, { ...able, iommuGroups })).toEqual([]);
  });

  test("a virtual function in its adapter's group can't be given away alone", () => {
    const iommuGroups = [
      [
        { pciAddress, ...network },
        { pciAddress: "0000:01:10.0", ...network },
      ],
    ];
    const functions = new Map([["0000:01:10.0", pciAddress]]);
    const reasons = virtualization
      .refuse("n1", inputs, { ...able, iommuGroups, virtualFunctions: functions })
      .map((one) => one.reason);
    expect(reasons).toEqual([expect.stringMatching(/^0000:01:10\.0 on n1 .* group also has 0000:01:00\.0;/)]);
  });
});

test("a guest that holds the adapter is told by the settings that need it", () => {
  const lent = { ...able, adapters: [{ ...adapter, driver: "vfio-pci", networkDevices: [] }] };
  const sentence = `a guest holds ${pciAddress} on n1 (its driver is vfio-pci); "npx testbed activate native" gives it back`;
  const wanted = { pciAddress, count: 2, hostDriver: "none" as const };
  const softRoce = { rdmaDevice: "rxe0", networkDevice: "fab0" };
  expect(virtualFunctions.refuse("n1", wanted, lent).map((one) => one.reason)).toEqual([sentence]);
  expect(drivers.refuse("n1", { driverStack: "inbox", softRoce }, lent).map((one) => one.reason)).toEqual([
    sentence,
  ]);
  expect(drivers.refuse("n1", { driverStack: "inbox", softRoce }, able)).toEqual([]);
});

describe("on a host", () => {
  const names = settingNames("dev", "virtualization");
  const result = names.scriptPath.replace(/sh$/, "accelerator");
  const common = {
    stack: "dev",
    host: "n1",
    source: "existing",
    connection: { address: "192.0.2.1", user: "root" },
    socketDirectory: "/nonexistent",
  };
  const wanted = { ...common, ...inputs };
  const context: CallContext = { log: () => undefined, signal: new AbortController().signal };

  /** The recorded node with libvirt, where modprobe and the probe do what they do. */
  function hostWithLibvirt(accelerator: "kvm" | "tcg"): FakeHost {
    const host = debianHost((self, words) => {
      const module = `/sys/module/${words.at(-1)?.replace("-", "_")}`;
      if (words[0] === "modprobe" && words[1] === "-r") self.present.delete(module);
      else if (words[0] === "modprobe") self.present.add(module);
      else if (words[1] === names.scriptPath) {
        self.contents.set(result, `kernel ${words[3]}\naccelerator ${accelerator}\nreason tried\n`);
      }
    });
    for (const path of [
      "/dev/kvm",
      "/run/libvirt/libvirt-sock",
      "/usr/bin/virsh",
      "/usr/sbin/libvirtd",
      "/usr/libexec/qemu-kvm",
    ]) {
      host.present.add(path);
    }
    host.contents.set("/sys/devices/system/cpu/online", "0-1\n");
    return host;
  }
  const resourceOn = (host: FakeHost) => new SettingResource(virtualization, new Hosts(() => host));

  test("is made, told, seen to drift, mended, and restored to what was before", async () => {
    const host = hostWithLibvirt("kvm");
    const before = { contents: new Map(host.contents), present: new Set(host.present) };
    const resource = resourceOn(host);
    const { id, state } = await resource.create(wanted, context);
    expect(state).toMatchObject({
      kernelModules: ["vfio-pci", "macvtap"],
      persisted: true,
      libvirtAnswers: true,
      accelerator: "kvm",
      acceleratorReason: "tried",
    });
    expect(host.contents.get("/etc/modules-load.d/hpc-virtualization-testbed-dev.conf")).toBe(
      "# What guests need (hpc-virtualization-testbed-dev-virtualization)\nvfio-pci\nmacvtap\n",
    );
    const made = { id, inputs: wanted, state };
    expect(await resource.diff(made, wanted, context)).toEqual([]);
    expect(await resource.read(made)).toEqual(state);

    host.present.delete("/sys/module/macvtap");
    const drifted = { ...made, state: (await resource.read(made)) ?? {} };
    expect(await resource.diff(drifted, wanted, context)).toEqual([
      { property: "kernelModules", replace: false },
    ]);
    host.operations.length = 0;
    expect(await resource.update(drifted, wanted, context)).toEqual(state);
    expect(host.commands()).toEqual(["modprobe macvtap"]);

    await resource.delete(made, context);
    expect(Object.fromEntries(host.contents)).toEqual(Object.fromEntries(before.contents));
    expect(host.present).toEqual(before.present);
  });

  test("modules that were loaded before, or are in use, stay", async () => {
    for (const [path, content] of [
      ["/sys/module/vfio_pci", null],
      ["/sys/bus/pci/drivers/vfio-pci/0000:01:10.0", null],
      ["/sys/module/vfio_pci/refcnt", "1\n"],
    ] as const) {
      const host = hostWithLibvirt("kvm");
      if (path === "/sys/module/vfio_pci") host.present.add(path);
      const { id, state } = await resourceOn(host).create(wanted, context);
      if (content === null) host.present.add(path);
      else host.contents.set(path, content);
      host.operations.length = 0;
      await resourceOn(host).delete({ id, inputs: wanted, state }, context);
      expect(host.commands()).toEqual(["modprobe -r macvtap"]);
    }
  });

  test("KVM that does not boot a guest is tcg, and an error where KVM is asked for", async () => {
    const { state } = await resourceOn(hostWithLibvirt("tcg")).create(wanted, context);
    expect(state).toMatchObject({ accelerator: "tcg", acceleratorReason: "tried" });
    const asked = { ...wanted, wantedAccelerator: "kvm" };
    await expect(resourceOn(hostWithLibvirt("tcg")).create(asked, context)).rejects.toThrow(
      'accelerator is "tcg" instead of "kvm"',
    );
  });

  test("a probe counts for the kernel that it was made under", async () => {
    const host = hostWithLibvirt("kvm");
    const { id, state } = await resourceOn(host).create(wanted, context);
    host.contents.set("/proc/sys/kernel/osrelease", "7.0.0\n");
    const now = await resourceOn(host).read({ id, inputs: wanted, state });
    expect(now).toMatchObject({ accelerator: "unknown" });
    const diff = await resourceOn(host).diff({ id, inputs: wanted, state: now ?? {} }, wanted, context);
    expect(diff).toEqual([{ property: "accelerator", replace: false }]);
  });

  test.each([
    [{ emulatedHost: true }, "guests in emulated nodes"],
    [{ wantedAccelerator: "tcg" }, "asked for"],
  ])("%j boots nothing", async (changed, acceleratorReason) => {
    const host = hostWithLibvirt("kvm");
    const { state } = await resourceOn(host).create({ ...wanted, ...changed }, context);
    expect(state).toMatchObject({ accelerator: "tcg", acceleratorReason });
    expect(host.commands()).toEqual(["modprobe vfio-pci", "modprobe macvtap"]);
  });

  test("only modules that are needed are loaded", async () => {
    const devices = { passthrough: false, virtualFunctions: true, virtio: false };
    const host = hostWithLibvirt("tcg");
    const { state } = await resourceOn(host).create({ ...wanted, devices }, context);
    expect(state).toMatchObject({ kernelModules: ["vfio-pci"] });
    expect(host.commands()).not.toContain("modprobe macvtap");
  });
});
