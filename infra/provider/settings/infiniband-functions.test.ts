import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { FakeHost } from "../fixtures/fake-host.ts";
import { type FamilyName, familyFiles, familyHost } from "../fixtures/recorded-hosts.ts";
import { settingNames } from "../host/names.ts";
import { HostFiles } from "../host/snapshot.ts";
import { Hosts } from "../hosts.ts";
import type { CallContext } from "../resource-type.ts";
import { SettingResource } from "../setting-resource.ts";
import { functionGuids, haveIdentities, subnetManagerNotices } from "./infiniband-functions.ts";
import { virtualFunctions } from "./virtual-functions.ts";

const ubuntuAdapter = "0000:3b:00.0";
const guids = ["ba:3f:d2:00:01:45:ab:cd", "ba:3f:d2:00:02:45:ab:cd"];

describe("GUIDs of virtual functions", () => {
  test("are made of the adapter's", () => {
    expect(functionGuids("b83f:d203:0045:abcd", 2)).toEqual(guids);
    expect(functionGuids("(null)", 2)).toEqual([]);
  });

  test("are unlike on all adapters of a fabric, local, and nobody's group", () => {
    const own = fc.tuple(
      fc.constantFrom("b83f:d2", "e41d:2d", "248a:07"),
      fc.constantFrom("03:00", "ff:fe"),
      fc.integer({ min: 0, max: 0xffffff }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(own, { minLength: 2, maxLength: 6, selector: ([a, , c]) => `${a}${c}` }),
        (all) => {
          const made = all.flatMap(([first, filler, last]) => {
            const digits = `${first}${filler}${last.toString(16).padStart(6, "0")}`.replaceAll(":", "");
            return functionGuids((digits.match(/.{4}/g) ?? []).join(":"), 127);
          });
          expect(new Set(made).size).toBe(all.length * 127);
          for (const guid of made) expect(Number.parseInt(guid.slice(0, 2), 16) & 3).toBe(2);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("identities are read back", () => {
  const device = `/sys/bus/pci/devices/${ubuntuAdapter}`;
  const withFiles = (contents: Record<string, string>): HostFiles =>
    new HostFiles(
      new Map([
        [`${device}/infiniband/mlx5_0/node_guid`, "b83f:d203:0045:abcd\n"],
        [`${device}/net/ibp59s0/flags`, "0x1003\n"],
        ...Object.entries(contents),
      ]),
    );
  const inSysfs = (index: number, guid: string, policy: string) => ({
    [`${device}/sriov/${index}/node`]: `${guid}\n`,
    [`${device}/sriov/${index}/port`]: `${guid}\n`,
    [`${device}/sriov/${index}/policy`]: `${policy}\n`,
  });
  const ofLink = (state: string) => {
    const functions = guids.map((guid, vf) => ({
      vf,
      "node guid": guid,
      "port guid": guid,
      link_state: state,
    }));
    return JSON.stringify([{}, { ifname: "lo" }, { ifname: "ibp59s0", vfinfo_list: functions }]);
  };
  const first = guids[0] ?? "";
  const second = guids[1] ?? "";

  test.each([
    ["sysfs, all right", { ...inSysfs(0, first, "Follow"), ...inSysfs(1, second, "Follow") }, true],
    ["sysfs, one down", { ...inSysfs(0, first, "Follow"), ...inSysfs(1, second, "Down") }, false],
    [
      "sysfs, one zero",
      { ...inSysfs(0, first, "Follow"), ...inSysfs(1, "00:00:00:00:00:00:00:00", "Follow") },
      false,
    ],
    ["sysfs, one missing", inSysfs(0, first, "Follow"), false],
    ["ip link, all right", { "ip -j -d link show": ofLink("auto") }, true],
    ["ip link, ports down", { "ip -j -d link show": ofLink("disable") }, false],
    ["neither", {}, false],
    ["no JSON", { "ip -j -d link show": "RTNETLINK answers" }, false],
  ])("%s", (_case, contents, expected) => {
    expect(haveIdentities(withFiles(contents), ubuntuAdapter, 2)).toBe(expected);
  });
});

describe("the subnet manager", () => {
  const noticesOf = (family: FamilyName, pciAddress: string, more: [string, string][] = []): string[] => {
    const files = familyFiles(family);
    const contents = new Map(files.match(/^.*$/).map(([path]) => [path, files.text(path) ?? ""]));
    for (const [path, text] of more) contents.set(path, text);
    return subnetManagerNotices("n1", new HostFiles(contents), pciAddress);
  };

  test("that is not there is told", () => {
    expect(noticesOf("rocky-9.5", "0000:5e:00.0")).toEqual([
      expect.stringMatching(
        /^port 1 of mlx5_0 on n1 is in the state "2: INIT": no subnet manager has set it up/,
      ),
    ]);
  });

  test("elsewhere in the fabric is told, with what can't be known of it", () => {
    expect(noticesOf("ubuntu-24.04", ubuntuAdapter)).toEqual([
      expect.stringMatching(/is at LID 1, and what it can do can't be seen from n1: .* virt_enabled 2/),
    ]);
  });

  test("on the host itself is known by its configuration", () => {
    const path = "/etc/opensm/opensm.conf";
    expect(noticesOf("centos-stream-10", "0000:5e:00.0")[0]).toContain("runs on n1 itself");
    expect(noticesOf("centos-stream-10", "0000:5e:00.0", [[path, "virt_enabled 0\n"]])).toHaveLength(1);
    expect(noticesOf("centos-stream-10", "0000:5e:00.0", [[path, "# x\nvirt_enabled 2\n"]])).toEqual([]);
  });
});

describe("on a host", () => {
  const inputs = {
    stack: "dev",
    host: "n1",
    source: "existing",
    connection: { address: "192.0.2.1", user: "root" },
    socketDirectory: "/nonexistent",
    count: 2,
    hostDriver: "none",
  };
  let messages: string[] = [];
  const context: CallContext = {
    log: (_severity, message) => messages.push(message),
    signal: new AbortController().signal,
  };
  beforeEach(() => {
    messages = [];
  });
  const resourceOn = (on: FakeHost) => new SettingResource(virtualFunctions, new Hosts(() => on));

  test("functions get their GUIDs at every boot, are seen to lose them, and go", async () => {
    const wanted = { ...inputs, pciAddress: ubuntuAdapter, infiniband: true };
    const names = settingNames("dev", `virtual-functions-${ubuntuAdapter}`);
    const device = `/sys/bus/pci/devices/${ubuntuAdapter}`;
    const on = familyHost("ubuntu-24.04", (self, words) => {
      if (words[0] === "systemctl" && words[2] === "enable") {
        self.present.add(`/etc/systemd/system/multi-user.target.wants/${words[3]}`);
      }
      if (words[1] !== names.scriptPath) return;
      self.contents.set(`${device}/sriov_numvfs`, `${words[3]}\n`);
      self.contents.set(`${device}/sriov_drivers_autoprobe`, `${words[4]}\n`);
      words.slice(5).forEach((guid, index) => {
        for (const file of ["node", "port"])
          self.contents.set(`${device}/sriov/${index}/${file}`, `${guid}\n`);
        self.contents.set(`${device}/sriov/${index}/policy`, "Follow\n");
      });
    });
    const { id, state } = await resourceOn(on).create(wanted, context);
    expect(state).toMatchObject({ count: 2, haveGuids: true, persisted: true });
    expect(on.contents.get(names.unitPath)).toContain(`${ubuntuAdapter} 2 0 ${guids.join(" ")}\n`);
    const made = { id, inputs: wanted, state };
    expect(await resourceOn(on).diff(made, wanted, context)).toEqual([]);

    on.contents.set(`${device}/sriov/1/node`, "00:00:00:00:00:00:00:00\n");
    const drifted = { ...made, state: (await resourceOn(on).read(made)) ?? {} };
    expect(await resourceOn(on).diff(drifted, wanted, context)).toEqual([
      { property: "haveGuids", replace: false },
    ]);
    expect(await resourceOn(on).update(drifted, wanted, context)).toMatchObject({ haveGuids: true });
    await resourceOn(on).delete(made, context);
    expect(on.contents.get(`${device}/sriov_numvfs`)).toBe("0\n");
  });

  test("a ConnectX-3 is told to be loaded anew, and refused where the connection runs over one", async () => {
    const wanted = { ...inputs, pciAddress: "0000:03:00.0" };
    expect(await resourceOn(familyHost("rocky-8.6")).check(wanted, null, context)).toEqual([]);
    expect(messages).toEqual([
      expect.stringMatching(/will be loaded anew on n1, .* a reboot of n1 does the same/),
    ]);
    const over = familyHost("rocky-8.6");
    over.rootLogin = { ...over.rootLogin, connectedDevices: ["ib0"] };
    const [failure] = await resourceOn(over).check(wanted, null, context);
    expect(failure?.reason).toContain("carries the connection to n1");
  });

  test("firmware with SR-IOV off is found beforehand", async () => {
    for (const [family, pciAddress] of [
      ["ubuntu-22.04", ubuntuAdapter],
      ["centos-stream-10", "0000:5e:00.0"],
    ] as const) {
      const [failure] = await resourceOn(familyHost(family)).check({ ...inputs, pciAddress }, null, context);
      expect(failure?.reason).toContain(`${pciAddress} (15b3:10`);
      expect(failure?.reason).toContain("SR-IOV off");
    }
  });
});
