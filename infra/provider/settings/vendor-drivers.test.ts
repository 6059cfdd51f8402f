import { beforeEach, describe, expect, test } from "vitest";
import type { FakeHost } from "../fixtures/fake-host.ts";
import { type FamilyName, familyFiles, familyHost } from "../fixtures/recorded-hosts.ts";
import { type HostFacts, parseFacts } from "../host/facts.ts";
import { settingNames } from "../host/names.ts";
import { HostFiles } from "../host/snapshot.ts";
import { Hosts } from "../hosts.ts";
import type { CallContext } from "../resource-type.ts";
import { SettingResource } from "../setting-resource.ts";
import { driverSeries, misfits, seriesOf, type VendorStack } from "./driver-support.ts";
import { drivers } from "./drivers.ts";
import { installedStack, missingDriverSentence, vendorPaths } from "./vendor-drivers.ts";

const names = settingNames("dev", "drivers");
const factsOf = (family: FamilyName): HostFacts => parseFacts(familyFiles(family), ["eno1"]);
const connectX = { 3: "15b3:1003", 4: "15b3:1013", 5: "15b3:1017", 6: "15b3:101b", 7: "15b3:1021" };

function misfitsOf(
  family: FamilyName,
  stack: VendorStack,
  version: string,
  generation: keyof typeof connectX,
  changed: Partial<HostFacts> = {},
  buildModules = false,
): string[] {
  const wanted = { stack, version, buildModules, vendorDevice: connectX[generation] };
  return misfits("n1", wanted, { ...factsOf(family), ...changed });
}

describe("what fits together", () => {
  test.each([
    ["rocky-8.6", "mlnx-ofed", "4.9-6.0.6.0", 3],
    ["ubuntu-22.04", "mlnx-ofed", "4.9-7.1.0.0", 3],
    ["rocky-9.5", "mlnx-ofed", "24.10-1.1.4.0", 6],
    ["ubuntu-24.04", "mlnx-ofed", "24.10-1.1.4.0", 4],
    ["ubuntu-22.04", "doca-ofed", "2.9.2", 4],
    ["ubuntu-24.04", "doca-ofed", "3.2.1", 7],
  ] as const)("%s: %s %s for ConnectX-%i", (family, stack, version, generation) => {
    expect(misfitsOf(family, stack, version, generation)).toEqual([]);
  });

  test.each([
    [
      "rocky-8.6",
      "mlnx-ofed",
      "24.10-1.1.4.0",
      3,
      "is a ConnectX-3; MLNX_OFED 23.10 and 24.10 LTS drives ConnectX-4, ConnectX-5, ConnectX-6, ConnectX-7, BlueField, BlueField-2; fitting would be the inbox drivers, MLNX_OFED 4.9 LTS",
    ],
    [
      "rocky-9.5",
      "mlnx-ofed",
      "4.9-7.1.0.0",
      3,
      "n1 runs rocky 9.5; MLNX_OFED 4.9 LTS is for EL 8 up to 8.6, Ubuntu 22.04; fitting would be the inbox drivers",
    ],
    ["rocky-9.5", "doca-ofed", "3.2.1", 4, "is a ConnectX-4; DOCA-OFED 3.x drives ConnectX-5"],
    ["ubuntu-26.04", "doca-ofed", "3.2.1", 7, "n1 runs ubuntu 26.04; DOCA-OFED 3.x is for"],
    ["centos-stream-10", "doca-ofed", "3.2.1", 7, "n1 runs centos 10; DOCA-OFED 3.x is for"],
    ["rocky-9.5", "mlnx-ofed", "5.8-1.0.1.1", 6, "mlnx-ofed 5.8-1.0.1.1 is not known here; known are"],
  ] as const)("%s and %s %s for ConnectX-%i do not", (family, stack, version, generation, sentence) => {
    expect(misfitsOf(family, stack, version, generation).join("\n")).toContain(sentence);
  });

  test("a minor release after the last one is refused, one before it is not", () => {
    const el8 = (minor: number) => ({
      osVersion: `8.${minor}`,
      release: { family: "el", version: "8", minor } as const,
    });
    expect(misfitsOf("rocky-8.6", "mlnx-ofed", "4.9-6.0.6.0", 3, el8(0))).toEqual([]);
    expect(misfitsOf("rocky-8.6", "mlnx-ofed", "4.9-6.0.6.0", 3, el8(10))).toHaveLength(1);
  });

  test("another kernel needs modules that are built for it, which needs its headers, and 4.9 builds on no other", () => {
    const kernelRelease = "6.14.0-29-generic";
    const hwe = { kernelRelease, hasKernelHeaders: false };
    expect(misfitsOf("ubuntu-24.04", "mlnx-ofed", "24.10-1.1.4.0", 6, hwe)).toEqual([
      `n1 runs the kernel ${kernelRelease}; MLNX_OFED 23.10 and 24.10 LTS on Ubuntu 24.04 is for 6.8; boot that one, or let modules be built (buildModules: true)`,
    ]);
    expect(misfitsOf("ubuntu-24.04", "mlnx-ofed", "24.10-1.1.4.0", 6, hwe, true)).toEqual([
      `modules can't be built on n1 for its kernel; install linux-headers-${kernelRelease}`,
    ]);
    const ready = { ...hwe, hasKernelHeaders: true };
    expect(misfitsOf("ubuntu-24.04", "mlnx-ofed", "24.10-1.1.4.0", 6, ready, true)).toEqual([]);
    expect(misfitsOf("ubuntu-22.04", "mlnx-ofed", "4.9-7.1.0.0", 3, ready, true)[0]).toContain(
      "is for 5.15; boot that one: its sources build on no other",
    );
    // 6.80 is not 6.8.
    expect(
      misfitsOf("ubuntu-24.04", "doca-ofed", "3.2.1", 7, { kernelRelease: "6.80.0-1-generic" }),
    ).toHaveLength(1);
  });

  test("ConnectX-3 fits no series but 4.9, and every version belongs to one series", () => {
    expect(driverSeries.filter((one) => one.adapters.includes("ConnectX-3")).map((one) => one.name)).toEqual([
      "MLNX_OFED 4.9 LTS",
    ]);
    for (const series of driverSeries) {
      for (const version of series.versions) expect(seriesOf(series.stack, version)).toBe(series);
    }
    expect(seriesOf("doca-ofed", "24.10-1.1.4.0")).toBeUndefined();
  });
});

describe("what is installed", () => {
  const printed = (line: string, ...present: string[]) =>
    installedStack(new HostFiles(new Map([["ofed_info -s", `${line}\n`]]), new Map(), new Set(present)));
  test.each([
    ["MLNX_OFED_LINUX-24.10-1.1.4.0:", [], { stack: "mlnx-ofed", version: "24.10-1.1.4.0" }],
    [
      "OFED-internal-25.10-1.7.1:",
      ["/usr/share/doca-host-3.2.1-044000-25.10-ubuntu2404"],
      { stack: "doca-ofed", version: "3.2.1" },
    ],
    ["OFED-internal-25.10-1.7.1:", ["/usr/share/doca-host-3.2.1"], { stack: "doca-ofed", version: "3.2.1" }],
    ["OFED-internal-25.10-1.7.1:", [], null],
    ["", ["/usr/share/doca-host-3.2.1"], null],
  ])("is told by %j and %j", (line, present, expected) => {
    expect(printed(line, ...present)).toEqual(expected);
  });
});

test("an adapter without a driver is told of a kernel that lacks it", () => {
  const facts = factsOf("centos-stream-10");
  expect(missingDriverSentence("n1", connectX[3], facts)).toContain(
    "the kernel 6.12.0-55.el10.x86_64 of n1 has no mlx4_core, which a ConnectX-3 needs",
  );
  expect(
    missingDriverSentence("n1", connectX[3], { ...facts, inboxAdapterDrivers: ["mlx4_core"] }),
  ).toBeNull();
  expect(missingDriverSentence("n1", "8086:10c9", facts)).toBeNull();
});

describe("on a host", () => {
  const sha256 = "a".repeat(64);
  const source = "https://example.org/MLNX_OFED_LINUX-4.9-6.0.6.0-rhel8.6-x86_64.tgz";
  const vendor = {
    version: "4.9-6.0.6.0",
    source,
    sha256,
    buildModules: false,
    pciAddress: "0000:03:00.0",
  };
  const inputs = {
    stack: "dev",
    host: "n1",
    source: "existing",
    connection: { address: "192.0.2.1", user: "root" },
    socketDirectory: "/nonexistent",
    driverStack: "mlnx-ofed",
    vendor,
  };
  const { script, packages } = vendorPaths(names);
  let messages: string[] = [];
  const context: CallContext = {
    log: (_severity, message) => messages.push(message),
    signal: new AbortController().signal,
  };
  beforeEach(() => {
    messages = [];
  });

  /** A host on which the script does what it does. */
  function host(): FakeHost {
    return familyHost("rocky-8.6", (self, words) => {
      if (words[1] !== script) return;
      if (words[2] === "install") {
        self.contents.set(packages, "rdma-core\n");
        self.contents.set("ofed_info -s", "MLNX_OFED_LINUX-4.9-6.0.6.0:\n");
      } else {
        self.contents.delete("ofed_info -s");
      }
    });
  }
  const resourceOn = (on: FakeHost) => new SettingResource(drivers, new Hosts(() => on));

  test("are announced, installed, seen to drift, and taken away without a trace", async () => {
    const on = host();
    const before = new Map(on.contents);
    const resource = resourceOn(on);
    expect(await resource.check(inputs, null, context)).toEqual([]);
    expect(messages).toEqual([
      "MLNX_OFED 4.9 LTS (4.9-6.0.6.0) will be installed on n1, which may take an hour: it replaces the distribution's RDMA packages and loads the adapters' drivers anew; destroying takes it away again",
    ]);
    const { id, state } = await resource.create(inputs, context);
    expect(on.commands()).toEqual([`/bin/sh ${script} install mlnx-ofed ${source} ${sha256} no ${packages}`]);
    expect(state).toMatchObject({ driverStack: "mlnx-ofed", version: "4.9-6.0.6.0", persisted: true });
    const made = { id, inputs, state };
    expect(await resource.diff(made, inputs, context)).toEqual([]);
    await resource.create(inputs, context);
    expect(on.commands()).toHaveLength(1);

    on.contents.set("ofed_info -s", "MLNX_OFED_LINUX-4.9-7.1.0.0:\n");
    const drifted = { ...made, state: (await resource.read(made)) ?? {} };
    expect(await resource.diff(drifted, inputs, context)).toEqual([{ property: "version", replace: false }]);

    await resource.delete(made, context);
    expect(on.commands().at(-1)).toBe(`/bin/sh ${script} remove mlnx-ofed ${packages}`);
    expect(Object.fromEntries(on.contents)).toEqual(Object.fromEntries(before));
  });

  test("another version is installed after the former one is taken away", async () => {
    const state = { ...inputs, version: vendor.version, persisted: true };
    const changed = { ...inputs, vendor: { ...vendor, version: "4.9-5.1.0.0" } };
    const changes = await resourceOn(host()).diff({ id: "", inputs, state }, changed, context);
    expect(changes).toContainEqual({ property: "vendor", replace: true });
  });

  test("one that somebody else installed is used, and never taken away or replaced", async () => {
    const on = host();
    on.contents.set("ofed_info -s", "MLNX_OFED_LINUX-4.9-6.0.6.0:\n");
    const { id, state } = await resourceOn(on).create(inputs, context);
    await resourceOn(on).delete({ id, inputs, state }, context);
    expect(on.commands()).toEqual([]);

    on.contents.set("ofed_info -s", "MLNX_OFED_LINUX-4.9-0.1.7.0:\n");
    await expect(resourceOn(on).create(inputs, context)).rejects.toThrow(
      "mlnx-ofed 4.9-0.1.7.0 is installed already, and could not be put back",
    );
    expect(
      on.operations.filter((one) => one.kind === "install" && one.path === names.journalPath),
    ).toHaveLength(1);
  });

  test("are refused where the connection runs over a driver that is loaded anew", async () => {
    const on = host();
    on.rootLogin = { ...on.rootLogin, connectedDevices: ["ib0"] };
    const [failure] = await resourceOn(on).check(inputs, null, context);
    expect(failure?.reason).toContain(
      "n1 is reached over an adapter of mlx4_core, which the installation loads anew",
    );
  });

  test.each([
    [{ vendor: undefined }, "vendor must be given for mlnx-ofed and doca-ofed"],
    [{ driverStack: "inbox" }, "vendor must be given for mlnx-ofed and doca-ofed, and for them alone"],
    [{ driverStack: "ofed" }, "driverStack must be inbox, mlnx-ofed or doca-ofed"],
    [{ vendor: { ...vendor, sha256: "abc" } }, "must be the archive's SHA-256"],
    [{ vendor: { ...vendor, source: "ofed.tgz" } }, "must be a URL that the host can reach"],
    [{ vendor: { ...vendor, pciAddress: "0000:99:00.0" } }, "n1 has no adapter 0000:99:00.0"],
    [{ softRoce: { rdmaDevice: "rxe0", networkDevice: "ib0" } }, "softRoce must be left out"],
  ])("%j is refused", async (changed, sentence) => {
    const failures = await resourceOn(host()).check({ ...inputs, ...changed }, null, context);
    expect(failures.map((one) => one.reason).join("\n")).toContain(sentence);
  });

  test("an OFED that is there beside inbox drivers is told", async () => {
    const on = host();
    on.present.add("/usr/bin/ofed_info");
    const { vendor: _vendor, ...rest } = inputs;
    expect(await resourceOn(on).check({ ...rest, driverStack: "inbox" }, null, context)).toEqual([]);
    expect(messages.join()).toContain("n1 has an OFED installed");
  });
});
