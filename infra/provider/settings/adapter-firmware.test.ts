import { beforeEach, describe, expect, test } from "vitest";
import type { FakeHost } from "../fixtures/fake-host.ts";
import { debianHost, familyHost } from "../fixtures/recorded-hosts.ts";
import { HostResource } from "../host-resource.ts";
import { Hosts } from "../hosts.ts";
import type { CallContext } from "../resource-type.ts";
import { SettingResource } from "../setting-resource.ts";
import { adapterFirmware, firmwareMarkerPath } from "./adapter-firmware.ts";
import { kernelArguments } from "./kernel-arguments.ts";
import { virtualFunctions } from "./virtual-functions.ts";

const pciAddress = "0000:5e:00.0";
const common = {
  stack: "dev",
  host: "n1",
  source: "existing",
  connection: { address: "192.0.2.1", user: "root" },
  socketDirectory: "/nonexistent",
};
const inputs = { ...common, pciAddress, virtualFunctions: 8 };
const bootArguments = {
  ...common,
  arguments: ["intel_iommu=on"],
  rebootTimeoutSeconds: 30,
  adapterFirmware: { pciAddress, virtualFunctions: 8 },
};
const totalPath = `/sys/bus/pci/devices/${pciAddress}/sriov_totalvfs`;
const bootIdPath = "/proc/sys/kernel/random/boot_id";
const query = `mstconfig -d ${pciAddress} query SRIOV_EN NUM_OF_VFS`;
const marker = firmwareMarkerPath(pciAddress);

let messages: string[] = [];
const context: CallContext = {
  log: (_severity, message) => messages.push(message),
  signal: new AbortController().signal,
};
beforeEach(() => {
  messages = [];
});

/** As mstconfig prints it (NVIDIA MFT). */
function printed(enabled: boolean, functions: number): string {
  return `Configurations:                              Next Boot\n         SRIOV_EN            ${enabled ? "True(1)" : "False(0)"}\n         NUM_OF_VFS          ${functions}\n`;
}

/** A host whose ConnectX-7 has SR-IOV off, and whose next boot has what the firmware and the boot loader were told. */
function host(needsColdBoot = false): FakeHost {
  const on = familyHost("centos-stream-10", (self, words) => {
    if (words[0] === "mstconfig") {
      const [, enabled, functions] = /SRIOV_EN=(\d) NUM_OF_VFS=(\d+)/.exec(words.join(" ")) ?? [];
      self.contents.set(query, printed(enabled === "1", Number(functions)));
    }
    if (words[0] === "grubby") {
      for (const path of [...self.contents.keys()].filter((one) => one.startsWith("/boot/loader/entries/"))) {
        self.contents.set(path, "options root=/dev/sda1 ro intel_iommu=on\n");
      }
    }
    if (words[0] === "systemd-run") {
      self.contents.set(bootIdPath, `${Number(self.contents.get(bootIdPath)) + 1}\n`);
      self.contents.set("/proc/cmdline", "root=/dev/sda1 ro intel_iommu=on\n");
      self.contents.delete(marker);
      if (!needsColdBoot && self.contents.get(query) === printed(true, 8))
        self.contents.set(totalPath, "8\n");
    }
  });
  on.contents.set(bootIdPath, "1\n");
  on.contents.set(query, printed(false, 0));
  on.present.add("/usr/bin/mstconfig");
  return on;
}
const firmwareOn = (on: FakeHost) => new SettingResource(adapterFirmware, new Hosts(() => on));
const argumentsOn = (on: FakeHost) =>
  new SettingResource(kernelArguments, new Hosts(() => on), { intervalMs: 1 });
const reboots = (on: FakeHost) => on.commands().filter((line) => line.startsWith("systemd-run")).length;

describe("firmware with SR-IOV off", () => {
  test("is announced, set, in effect after the one reboot, and set back", async () => {
    const on = host();
    const before = on.contents.get(query);
    expect(await firmwareOn(on).check(inputs, null, context)).toEqual([]);
    expect(messages).toEqual([
      `the firmware of ${pciAddress} on n1 will be set to SRIOV_EN=1 NUM_OF_VFS=8, and n1 rebooted once for it; some hosts need to be switched off and on instead`,
    ]);
    const { id, state } = await firmwareOn(on).create(inputs, context);
    expect(state).toMatchObject({ sriov: "on after a reboot" });
    expect(on.commands()).toEqual([`mstconfig -d ${pciAddress} -y set SRIOV_EN=1 NUM_OF_VFS=8`]);
    const made = { id, inputs, state };
    expect(await firmwareOn(on).diff(made, inputs, context)).toEqual([]);

    const booted = await argumentsOn(on).create(bootArguments, context);
    expect(booted.state).toMatchObject({ virtualFunctionsOffered: 8 });
    expect(reboots(on)).toBe(1);
    expect(await firmwareOn(on).read(made)).toMatchObject({ sriov: "on" });
    await argumentsOn(on).create(bootArguments, context);
    expect(reboots(on)).toBe(1);

    await firmwareOn(on).delete(made, context);
    expect(on.contents.get(query)).toBe(before);
    expect(on.contents.has(marker)).toBe(false);
  });

  test("is rebooted for even where the kernel arguments are in effect", async () => {
    const on = host();
    await firmwareOn(on).create(inputs, context);
    on.contents.set("/proc/cmdline", "root=/dev/sda1 ro intel_iommu=on\n");
    await argumentsOn(on).create(bootArguments, context);
    expect(reboots(on)).toBe(1);
  });

  test("that a reboot does not turn on is an error that says so, and no second reboot", async () => {
    const on = host(true);
    await firmwareOn(on).create(inputs, context);
    const found = "virtualFunctionsOffered is 0 instead of 8";
    await expect(argumentsOn(on).create(bootArguments, context)).rejects.toThrow(`after the reboot ${found}`);
    await expect(argumentsOn(on).create(bootArguments, context)).rejects.toThrow(found);
    expect(reboots(on)).toBe(1);
  });

  test("that can't be read is not changed", async () => {
    const on = host();
    on.contents.delete(query);
    await expect(firmwareOn(on).create(inputs, context)).rejects.toThrow("nothing was changed");
    expect(on.operations).toEqual([]);
  });

  test("is in nobody's way where it is asked to be changed", async () => {
    const wanted = { ...common, pciAddress, count: 8, hostDriver: "none" };
    const functions = new SettingResource(virtualFunctions, new Hosts(() => host()));
    expect(await functions.check(wanted, null, context)).toHaveLength(1);
    expect(await functions.check({ ...wanted, changesFirmware: true }, null, context)).toEqual([]);
    const { stack: _stack, host: name, ...rest } = common;
    const node = new HostResource(new Hosts(() => host()));
    const [refusal] = await node.check({ ...rest, name }, null);
    expect(refusal?.reason).toContain("or let it be done by appliance.adapterFirmware: enable-sriov");
    expect(await node.check({ ...rest, name, changesFirmware: true }, null)).toEqual([]);
    expect(await node.preview({ ...rest, name, changesFirmware: true })).toMatchObject({
      adapter: { pciAddress, totalVirtualFunctions: 0, isInfiniband: true },
    });
  });
});

test("firmware that offers enough is left alone, whatever it says of the next boot", async () => {
  const on = host();
  on.contents.set(totalPath, "16\n");
  const { state } = await firmwareOn(on).create(inputs, context);
  expect(state).toMatchObject({ sriov: "on" });
  expect(on.commands()).toEqual([]);
});

test.each([
  ["no tool", (on: FakeHost) => on.present.delete("/usr/bin/mstconfig"), pciAddress, "install mstflint"],
  ["no adapter", () => undefined, "0000:99:00.0", "n1 has no SR-IOV network adapter 0000:99:00.0"],
])("is refused: %s", async (_case, change, address, sentence) => {
  const on = host();
  change(on);
  const [failure] = await firmwareOn(on).check({ ...inputs, pciAddress: address }, null, context);
  expect(failure?.reason).toContain(sentence);
});

test("an adapter that is none of NVIDIA's is refused where it offers too few", async () => {
  const wanted = { ...inputs, pciAddress: "0000:01:00.0" };
  expect(await firmwareOn(debianHost()).check({ ...wanted, virtualFunctions: 7 }, null, context)).toEqual([]);
  const [failure] = await firmwareOn(debianHost()).check(wanted, null, context);
  expect(failure?.reason).toContain("offers 7 virtual functions, and only the firmware of NVIDIA's adapters");
});
