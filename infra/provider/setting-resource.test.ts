import { beforeEach, describe, expect, test } from "vitest";
import { RemoteError } from "../remote/remote.ts";
import type { FakeHost } from "./fixtures/fake-host.ts";
import { debianHost } from "./fixtures/recorded-hosts.ts";
import { settingNames } from "./host/names.ts";
import { Hosts } from "./hosts.ts";
import { type CallContext, PartialCreateError } from "./resource-type.ts";
import { SettingResource } from "./setting-resource.ts";
import { drivers } from "./settings/drivers.ts";
import { hugepages } from "./settings/hugepages.ts";
import { kernelArguments } from "./settings/kernel-arguments.ts";
import { virtualFunctions } from "./settings/virtual-functions.ts";

const common = {
  stack: "dev",
  host: "n1",
  source: "existing",
  connection: { address: "192.0.2.1", user: "root" },
  socketDirectory: "/nonexistent",
};
const pciAddress = "0000:01:00.0";
const device = `/sys/bus/pci/devices/${pciAddress}`;
const wantedFunctions = { ...common, pciAddress, count: 2, hostDriver: "none" };
const names = settingNames("dev", `virtual-functions-${pciAddress}`);

let messages: string[] = [];
const context: CallContext = {
  log: (severity, message) => messages.push(`${severity}: ${message}`),
  signal: new AbortController().signal,
};
beforeEach(() => {
  messages = [];
});

/** What the on-host scripts and systemd do to a host's files. */
function command(host: FakeHost, words: readonly string[]): void {
  if (words[0] === "systemctl" && words[2] === "enable") {
    host.present.add(`/etc/systemd/system/multi-user.target.wants/${words[3]}`);
  }
  if (words[0] === "/bin/sh" && words[1] === names.scriptPath) {
    host.contents.set(`${device}/sriov_numvfs`, `${words[3]}\n`);
    host.contents.set(`${device}/sriov_drivers_autoprobe`, `${words[4]}\n`);
  }
}

function functionsOn(host: FakeHost) {
  return new SettingResource(virtualFunctions, new Hosts(() => host));
}

describe("virtual functions", () => {
  test("are made, told, seen to drift, mended, and restored to the very files of before", async () => {
    const host = debianHost(command);
    const before = new Map(host.contents);
    const resource = functionsOn(host);

    const { id, state } = await resource.create(wantedFunctions, context);
    expect(state).toMatchObject({ count: 2, hostDriver: "none", networkDeviceUp: true, persisted: true });
    expect(host.operations[0]).toMatchObject({ kind: "install", path: names.journalPath });
    const made = { id, inputs: wantedFunctions, state };
    expect(await resource.diff(made, wantedFunctions, context)).toEqual([]);

    host.contents.set(`${device}/sriov_numvfs`, "0\n");
    const refreshed = await resource.read(made);
    expect(refreshed).toEqual({ ...state, count: 0 });
    const drifted = { id, inputs: wantedFunctions, state: refreshed ?? {} };
    expect(await resource.diff(drifted, wantedFunctions, context)).toEqual([
      { property: "count", replace: false },
    ]);

    host.operations.length = 0;
    expect(await resource.update(drifted, wantedFunctions, context)).toEqual(state);
    expect(host.commands()).toEqual([`/bin/sh ${names.scriptPath} ${pciAddress} 2 0`]);

    await resource.delete(made, context);
    expect(Object.fromEntries(host.contents)).toEqual(Object.fromEntries(before));
  });

  test("keep the first journal: a second create restores to the state before both", async () => {
    const host = debianHost(command);
    const resource = functionsOn(host);
    await resource.create(wantedFunctions, context);
    await resource.create({ ...wantedFunctions, count: 4 }, context);
    expect(host.contents.get(`${device}/sriov_numvfs`)).toBe("4\n");
    await resource.delete({ id: "", inputs: wantedFunctions, state: {} }, context);
    expect(host.contents.get(`${device}/sriov_numvfs`)).toBe("0\n");
  });

  test("are restored after a crash at any operation", async () => {
    for (let crashAfter = 0; crashAfter < 5; crashAfter++) {
      const host = debianHost(command);
      const before = new Map(host.contents);
      host.crashAfter = crashAfter;
      const created = await functionsOn(host)
        .create(wantedFunctions, context)
        .catch((error: unknown) => error);
      if (crashAfter > 0 && crashAfter < 5) expect(created).toBeInstanceOf(PartialCreateError);
      // A restore that crashes half-way is done again.
      host.crashAfter = host.operations.length + 2;
      const resource = functionsOn(host);
      const made = { id: "", inputs: wantedFunctions, state: {} };
      await resource.delete(made, context).catch(() => undefined);
      host.crashAfter = Number.POSITIVE_INFINITY;
      await resource.delete(made, context);
      expect(Object.fromEntries(host.contents)).toEqual(Object.fromEntries(before));
    }
  });

  test.each([
    [8, "count", "0000:01:00.0 on n1 offers at most 7 virtual functions; 8 were asked for"],
    [0, "count", "count must be a whole number of at least 1; 0 was given"],
    [-1, "count", "count must be a whole number of at least 1; -1 was given"],
    [1.5, "count", "count must be a whole number of at least 1; 1.5 was given"],
    ["four", "count", 'count must be a whole number of at least 1; "four" was given'],
  ])("count %j is refused", async (count, property, reason) => {
    const failures = await functionsOn(debianHost()).check({ ...wantedFunctions, count }, null, context);
    expect(failures).toEqual([{ property, reason }]);
  });

  test("count is looked at even when other values are not known yet", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { ...wantedFunctions, pciAddress: unknown, count: 0 };
    expect(await functionsOn(debianHost()).check(inputs, null, context)).toHaveLength(1);
    expect(await functionsOn(debianHost()).check({ ...inputs, count: 1 }, null, context)).toEqual([]);
  });

  test("accepted before cost no question", async () => {
    const host = debianHost();
    host.unreachable = new Error("was asked");
    expect(await functionsOn(host).check(wantedFunctions, { ...wantedFunctions }, context)).toEqual([]);
  });

  test("another adapter replaces, another count updates", async () => {
    const resource = functionsOn(debianHost());
    const state = { ...wantedFunctions, networkDeviceUp: true, persisted: true };
    const made = { id: "", inputs: wantedFunctions, state };
    expect(await resource.diff(made, { ...wantedFunctions, count: 3 }, context)).toEqual([
      { property: "count", replace: false },
    ]);
    expect(await resource.diff(made, { ...wantedFunctions, pciAddress: "0000:02:00.0" }, context)).toEqual([
      { property: "pciAddress", replace: true },
    ]);
  });
});

describe("a host that does not answer", () => {
  const gone = new RemoteError("unreachable", "n1 (root@192.0.2.1) does not answer");
  const made = { id: "", inputs: wantedFunctions, state: {} };
  const emulated = { ...made, inputs: { ...wantedFunctions, source: "emulated" } };
  const host = debianHost();
  host.unreachable = gone;

  test("is an error at delete, and gone when it was emulated", async () => {
    await expect(functionsOn(host).delete(made, context)).rejects.toThrow(
      /does not answer; what was there before/,
    );
    await functionsOn(host).delete(emulated, context);
    expect(messages).toEqual(["info: n1 is gone, and the setting with it"]);
  });

  test("is an error at refresh, and gone when it was emulated", async () => {
    await expect(functionsOn(host).read(made)).rejects.toThrow(gone);
    expect(await functionsOn(host).read(emulated)).toBeNull();
  });

  test("or gives no root rights is refused at preview", async () => {
    expect(await functionsOn(host).check(wantedFunctions, null, context)).toEqual([
      { property: "", reason: gone.message },
    ]);
    const plain = debianHost();
    plain.rootLogin = { ...plain.rootLogin, userId: 1000 };
    const [failure] = await functionsOn(plain).check(wantedFunctions, null, context);
    expect(failure?.reason).toContain("gives no root rights");
  });
});

describe("kernel arguments", () => {
  const bootId = "/proc/sys/kernel/random/boot_id";
  const inputs = {
    ...common,
    arguments: ["intel_iommu=on", "iommu=pt"],
    expectIommu: { enabled: true, type: "identity" },
    rebootTimeoutSeconds: 30,
  };

  /** A host whose next boot has what GRUB was told, with IOMMU groups when that is the IOMMU. */
  function bootingHost(type: string | null): FakeHost {
    const host = debianHost((self, words) => {
      if (words[0] === "update-grub") {
        const isOurs = [...self.contents.keys()].some((path) => path.startsWith("/etc/default/grub.d/zz-"));
        const words_ = isOurs ? "ro intel_iommu=on iommu=pt" : "ro intel_iommu=off";
        self.contents.set("/boot/grub/grub.cfg", `\tlinux\t/boot/vmlinuz root=LABEL=root ${words_}\n`);
      }
      if (words[0] === "systemd-run") {
        self.contents.set(bootId, `${Number(self.contents.get(bootId)) + 1}\n`);
        self.contents.set("/proc/cmdline", "root=LABEL=root ro intel_iommu=on iommu=pt\n");
        if (type !== null) self.contents.set("/sys/kernel/iommu_groups/0/type", `${type}\n`);
      }
    });
    host.contents.set(bootId, "1\n");
    host.present.add("/sys/firmware/acpi/tables/DMAR");
    return host;
  }
  const resourceOn = (host: FakeHost) =>
    new SettingResource(kernelArguments, new Hosts(() => host), { intervalMs: 1 });
  const reboots = (host: FakeHost) => host.commands().filter((line) => line.startsWith("systemd-run"));

  test("tell of the reboot, reboot once, and are in effect", async () => {
    const host = bootingHost("identity");
    expect(await resourceOn(host).check(inputs, null, context)).toEqual([]);
    expect(messages).toEqual([
      "warning: n1 will be rebooted once, so that intel_iommu=on iommu=pt takes effect",
    ]);
    const { state } = await resourceOn(host).create(inputs, context);
    expect(state).toMatchObject({ arguments: inputs.arguments, iommuGroupType: "identity", persisted: true });
    expect(reboots(host)).toHaveLength(1);
    await resourceOn(host).create(inputs, context);
    expect(reboots(host)).toHaveLength(1);
  });

  test("without effect after the reboot are an error that says what was found, and no second reboot", async () => {
    const host = bootingHost(null);
    const found = 'iommuGroupType is "none" instead of "identity"';
    await expect(resourceOn(host).create(inputs, context)).rejects.toThrow(`after the reboot ${found}`);
    await expect(resourceOn(host).create(inputs, context)).rejects.toThrow(found);
    expect(reboots(host)).toHaveLength(1);
  });

  test("are restored in the boot loader's files", async () => {
    const host = bootingHost("identity");
    const { id, state } = await resourceOn(host).create(inputs, context);
    await resourceOn(host).delete({ id, inputs, state }, context);
    expect([...host.contents.keys()].filter((path) => /hpc-virt/.test(path))).toEqual([]);
    expect(host.contents.get("/boot/grub/grub.cfg")).toContain("intel_iommu=off");
  });

  test("for an IOMMU that the firmware does not describe are refused", async () => {
    const host = bootingHost(null);
    host.present.delete("/sys/firmware/acpi/tables/DMAR");
    const [failure] = await resourceOn(host).check(inputs, null, context);
    expect(failure?.reason).toContain("the firmware of n1 describes no IOMMU");
  });
});

describe("other refusals", () => {
  test.each([
    [hugepages, { sizeKib: 4, count: 1 }, "n1 has no huge pages of 4 KiB; its sizes are: "],
    [hugepages, { sizeKib: 2048, count: 5000 }, "5000 huge pages of 2048 KiB take 10000 MiB; n1 has "],
    [drivers, { driverStack: "mlnx-ofed" }, "vendor must be given for mlnx-ofed"],
    [kernelArguments, { arguments: ["a b"], rebootTimeoutSeconds: 60 }, "must be a kernel argument"],
  ])("%#", async (setting, inputs, sentence) => {
    // biome-ignore lint/suspicious/noExplicitAny: one table for settings of different types
    const resource = new SettingResource(setting as any, new Hosts(() => debianHost()));
    const failures = await resource.check({ ...common, ...inputs }, null, context);
    expect(failures[0]?.reason).toContain(sentence);
  });

  test("soft-RoCE names the missing package", async () => {
    const host = debianHost();
    host.present.delete("/etc/libibverbs.d/rxe.driver");
    const inputs = {
      ...common,
      driverStack: "inbox",
      softRoce: { rdmaDevice: "rxe0", networkDevice: "fab0" },
    };
    const [failure] = await new SettingResource(drivers, new Hosts(() => host)).check(inputs, null, context);
    expect(failure?.reason).toBe("n1 lacks what soft-RoCE needs; install ibverbs-providers");
  });
});
