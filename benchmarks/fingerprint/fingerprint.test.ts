import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { type Change, compareFingerprints } from "./compare.ts";
import { type Facts, type Fingerprint, fingerprintSchema, parseFingerprint } from "./fingerprint.ts";
import { takeFingerprint } from "./take.ts";
import { comparisonText } from "./text.ts";

/** What the script printed on an emulated node, shortened. */
const printed = [
  "host\tboot-id\t5f0c5ed6-6f6e-4fd7-a5ba-1b3f4f2f7ee1",
  "host\tkernel-release\t6.12.117+deb13-amd64",
  "host\tkernel-command-line\tBOOT_IMAGE=/boot/vmlinuz root=LABEL=root ro intel_iommu=off",
  "pci\t0000:01:00.0\t0x8086:0x10c9 driver=igb override=(null)",
  "sysfs\t/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs\t0",
  "module\tigb\tloaded",
  "network\tfab0\tphysical mtu=1500 state=up",
  "mac-address\tfab0\t52:54:00:12:34:56 physical",
  "mac-address\tdocker0\t02:42:0a:00:00:01 virtual",
  "address\tens16 inet 10.0.2.15/24\tdynamic",
  "file\t/etc/default/grub\tf 644 0:0 ",
  "file\t/etc/mtab\tl 777 0:0 ../proc/self/mounts",
  "digest\t/etc/default/grub\t8c2f1a",
  "unit-file\tssh.service\tenabled",
  "unit\tssh.service\tactive running",
  "unit\tfstrim.timer\tactive waiting",
  "package\tperftest\t24.10 ii",
  "end",
  "",
].join("\n");

describe("a fingerprint", () => {
  test("is read fact by fact", () => {
    const facts = parseFingerprint(printed);
    expect(facts.pci).toEqual({ "0000:01:00.0": "0x8086:0x10c9 driver=igb override=(null)" });
    expect(facts.file?.["/etc/default/grub"]).toBe("f 644 0:0");
    expect(Object.values(facts).flatMap((section) => Object.keys(section))).toHaveLength(17);
  });

  test.each([
    [printed.replace("end\n", ""), "was cut off"],
    ["", "was cut off"],
    [printed.replace("module\t", "modul\t"), "line 6 is no fact: modul\tigb"],
    [printed.replace("\tloaded", ""), "line 6 is no fact"],
    [printed.replace("loaded", "loaded\tx"), "line 6 is no fact"],
  ])("that is not whole is refused (%#)", (text, sentence) => {
    expect(() => parseFingerprint(text)).toThrow(sentence);
  });

  test("of this machine is what the script prints here", async () => {
    const remote = {
      description: "here",
      run: async (command: readonly string[], options = {}) => ({
        stdout: execFileSync(command[0] ?? "", command.slice(1), {
          encoding: "utf8",
          maxBuffer: 100_000_000,
          stdio: ["pipe", "pipe", "inherit"],
          ...options,
        }),
        stderr: "",
        exitCode: 0,
        timedOut: false,
      }),
      script: () => Promise.reject(new Error("not asked")),
    };
    const taken = await takeFingerprint([{ name: "here", remote }], new Date(0));
    const facts = fingerprintSchema.parse(JSON.parse(JSON.stringify(taken))).nodes[0]?.facts ?? {};
    expect(facts.host?.["boot-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(facts.digest?.["/etc/passwd"]).toMatch(/^[0-9a-f]{64}$/);
    expect(facts.file?.["/etc/passwd"]).toMatch(/^f 644 0:0$/);
    expect(facts["mac-address"]?.lo).toBe("00:00:00:00:00:00 virtual");
  });
});

function fingerprintOf(facts: Facts): Fingerprint {
  return { schemaVersion: 1, taken: "2026-01-01T00:00:00.000Z", nodes: [{ name: "n1", facts }] };
}

/** The differences between the printed node and one with other values; null takes a fact away. */
function differencesWith(changes: readonly [Change["section"], string, string | null][], from = printed) {
  const before = parseFingerprint(from);
  const after: Record<string, Record<string, string>> = structuredClone(before);
  for (const [section, key, value] of changes) {
    const facts = after[section] ?? {};
    after[section] = facts;
    if (value === null) delete facts[key];
    else facts[key] = value;
  }
  return compareFingerprints(fingerprintOf(before), fingerprintOf(after)).differences;
}

const rebooted: [Change["section"], string, string] = ["host", "boot-id", "another"];
const commandLine: [Change["section"], string, string] = ["host", "kernel-command-line", "intel_iommu=on"];

describe("a difference", () => {
  test.each<[string, [Change["section"], string, string | null][]]>([
    ["virtual functions", [["sysfs", "/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs", "2"]]],
    ["the adapter's driver", [["pci", "0000:01:00.0", "0x8086:0x10c9 driver=vfio-pci override=vfio-pci"]]],
    ["a boot file", [["digest", "/etc/default/grub", "1"]]],
    ["a mode", [["file", "/etc/default/grub", "f 600 0:0"]]],
    ["a file of ours", [["file", "/etc/modules-load.d/hpc-virtualization-testbed-dev.conf", "f 644 0:0"]]],
    ["a module of ours", [rebooted, ["module", "vfio_pci", "loaded"]]],
    ["a module that went, without a reboot", [["module", "igb", null]]],
    ["a package", [["package", "libvirt-daemon", "11 ii"]]],
    ["the adapter's own MAC address", [rebooted, ["mac-address", "fab0", "52:54:00:00:00:01 physical"]]],
    ["a given address", [rebooted, ["address", "fab0 inet 198.18.0.1/16", "static"]]],
    [
      "a unit of ours",
      [rebooted, ["unit", "hpc-virtualization-testbed-dev-drivers.service", "active exited"]],
    ],
    ["a unit that fails", [rebooted, ["unit", "fstrim.timer", "failed failed"]]],
    ["a timer, without a reboot", [["unit", "fstrim.timer", "inactive dead"]]],
    ["libvirt that fails", [["unit", "libvirtd.service", "failed failed"]]],
    ["a file in libvirt's folder", [["file", "/etc/libvirt/qemu/g1.xml", "f 600 0:0"]]],
    ["a folder of a guest of ours", [["file", "/var/lib/libvirt/qemu/domain-1-testbed-dev-g1", "d 755 0:0"]]],
    ["a generated unit, without a reboot", [["unit-file", "efi.automount", "generated"]]],
    ["a unit that was enabled", [rebooted, ["unit-file", "efi.automount", "enabled"]]],
    ["a bridge", [["network", "virbr1", "virtual mtu=1500 state=down"]]],
    ["a guest", [["process", "qemu-system-x86 testbed-dev-g1", "runs"]]],
    ["shared memory", [["file", "/dev/shm/testbed-dev", "f 600 0:0 1 bytes"]]],
  ])("that was kept: %s", (_what, changes) => {
    const verdicts = differencesWith(changes).map((one) => one.verdict);
    expect(verdicts).toEqual(["kept"]);
  });

  test.each<[string, [Change["section"], string, string | null][]]>([
    ["the running kernel's command line", [commandLine]],
    ["IOMMU groups", [commandLine, ["iommu", "/sys/kernel/iommu_groups/0/type", "identity"]]],
    ["another kernel", [rebooted, ["host", "kernel-release", "7"]]],
    ["a module on demand", [["module", "ib_core", "loaded"]]],
    ["a module that went at a reboot", [rebooted, ["module", "igb", null]]],
    ["the address of a bridge", [rebooted, ["mac-address", "docker0", "02:42:0a:00:00:02 virtual"]]],
    ["a lease", [["address", "ens16 inet 10.0.2.15/24", null]]],
    ["libvirt that was asked", [["unit", "libvirtd.service", "active running"]]],
    ["a folder that libvirt made", [["file", "/etc/libvirt/storage", "d 755 0:0"]]],
    ["libvirt's own network", [["network", "virbr0", "virtual mtu=1500 state=down"]]],
    ["a timer", [rebooted, ["unit", "fstrim.timer", "inactive dead"]]],
    ["a generated unit", [rebooted, ["unit-file", "efi.automount", "generated"]]],
  ])("by reboot: %s", (_what, changes) => {
    const differences = differencesWith(changes);
    expect(differences.length).toBeGreaterThan(0);
    for (const one of differences) expect(one.verdict).toBe("by reboot");
  });

  test("a virtual function's address is random, whenever it is made", () => {
    const text = printed.replace("52:54:00:12:34:56 physical", "52:54:00:12:34:56 virtual-function");
    const [difference] = differencesWith(
      [["mac-address", "fab0", "56:00:00:00:00:01 virtual-function"]],
      text,
    );
    expect(difference).toMatchObject({ verdict: "by reboot", reason: expect.stringContaining("random") });
  });

  test("libvirt's own folder gets another owner, and nothing else", () => {
    const text = printed.replace(/end\n$/, "file\t/var/lib/libvirt/qemu\td 750 64055:64055\nend\n");
    const change = (value: string) => differencesWith([["file", "/var/lib/libvirt/qemu", value]], text);
    expect(change("d 750 0:0").map(({ verdict }) => verdict)).toEqual(["by reboot"]);
    expect(change("d 755 0:0").map(({ verdict }) => verdict)).toEqual(["kept"]);
  });

  test("of the command line is kept when the next boot would have it too", () => {
    const differences = differencesWith([
      commandLine,
      ["iommu", "/sys/kernel/iommu_groups/0/type", "identity"],
      ["digest", "/etc/default/grub.d/zz-hpc-virtualization-testbed.cfg", "1"],
    ]);
    expect(differences.map((one) => one.verdict)).toEqual(["kept", "kept", "kept"]);
  });

  test("of the boot alone is none", () => {
    expect(differencesWith([rebooted])).toEqual([]);
  });
});

describe("the text", () => {
  test("says what was kept before what is by reboot", () => {
    const differences = differencesWith([
      ["module", "ib_core", "loaded"],
      ["sysfs", "/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs", "2"],
      ["package", "perftest", null],
    ]);
    expect(comparisonText({ differences, unmatched: ["n2"] })).toBe(
      [
        "kept:",
        "  n1  sysfs /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: 0 -> 2",
        "      is another than before",
        "  n1  package perftest: 24.10 ii -> none",
        "      is gone",
        "by reboot:",
        "  n1  module ib_core: none -> loaded",
        "      the kernel loads it by itself when something asks for it; a boot starts without",
        "n2 is in one of the fingerprints only",
        "2 kept, 1 by reboot.",
        "",
      ].join("\n"),
    );
  });

  test("of two equal fingerprints is one sentence", () => {
    expect(comparisonText({ differences: [], unmatched: [] })).toBe("Everything is as before.\n");
  });
});

test("nodes that only one of the fingerprints has are told", () => {
  const one = fingerprintOf({});
  const other: Fingerprint = { ...one, nodes: [{ name: "n2", facts: {} }] };
  expect(compareFingerprints(one, other).unmatched).toEqual(["n1", "n2"]);
});
