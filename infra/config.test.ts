import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseConfiguration } from "./config.ts";
import { applianceSchema } from "./config-appliance.ts";
import { defaultGuest, guestSchema } from "./config-guest.ts";
import { describeProblems, nearest } from "./config-problems.ts";
import { checkoutDirectory, projectName } from "./paths.ts";

/** A stack file's values in the form in which Pulumi hands them to a program. */
function shipped(stack: string): Record<string, string> {
  const text = readFileSync(join(checkoutDirectory, `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(`${projectName}:`, ""), JSON.stringify(value)]),
  );
}

function configurationOf(raw: Record<string, unknown>) {
  const result = parseConfiguration(toRaw(raw));
  if ("problems" in result) throw new Error(describeProblems(result.problems, "test"));
  return result.configuration;
}

function problemsOf(raw: Record<string, unknown>): string[] {
  const result = parseConfiguration(toRaw(raw));
  return "problems" in result ? result.problems.map(({ key, message }) => `${key} ${message}`) : [];
}

function toRaw(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
}

const host = (name: string, number: number) => ({
  name,
  address: `${name}.example.org`,
  fabricAddress: `198.18.0.${number}`,
  rdmaDevice: "mlx5_0",
});
const emulated = { nodes: { source: "emulated" } };

describe("a right configuration", () => {
  test("the shipped stacks are right", () => {
    expect(configurationOf(mapJson(shipped("emulated"))).nodes).toMatchObject({
      source: "emulated",
      count: 2,
    });
    expect(configurationOf(mapJson(shipped("chameleon"))).nodes).toMatchObject({
      source: "chameleon",
      count: 8,
    });
  });

  test("defaults are filled in", () => {
    expect(configurationOf(emulated)).toMatchObject({
      nodes: { count: 2, memoryMib: 2000, managementPortBase: 24200 },
      appliance: { iommu: "passthrough", virtualFunctions: 2, hugepages: { sizeKib: 2048, count: 0 } },
      environments: ["native", "vm-passthrough", "vm-sriov", "container-passthrough"],
      guestsPerNode: 1,
      guest: { accelerator: "auto", ivshmem: { sizeMib: 1 }, drivers: { stack: "inbox" } },
      container: { privileged: true },
    });
  });

  test("hosts of one's own", () => {
    const { nodes } = configurationOf({ nodes: { source: "existing", hosts: [host("a", 1), host("b", 2)] } });
    expect(nodes).toMatchObject({ hosts: [{ name: "a", adapter: "auto" }, { name: "b" }] });
  });
});

describe("mistakes", () => {
  test.each([0, -1, 8, 1.5, "four"])(
    "a count of virtual functions of %j names key, value and range",
    (value) => {
      const [problem] = problemsOf({ ...emulated, appliance: { virtualFunctions: value } });
      expect(problem).toContain(`appliance.virtualFunctions is ${JSON.stringify(value)}; right would be`);
      expect(problem).toMatch(/from 1 to 127|1 or more|from 1 to 7|127 or less/);
    },
  );

  test("a misspelt key is answered with the nearest right one", () => {
    expect(problemsOf({ ...emulated, enviroments: ["native"] })).toEqual([
      "enviroments is not a key of this stack; did you mean environments?",
    ]);
    expect(problemsOf({ nodes: { source: "emulated", memorymib: 2000 } })).toEqual([
      "nodes.memorymib is not a key of this stack; did you mean nodes.memoryMib?",
    ]);
    expect(problemsOf({ ...emulated, appliance: { virtualFunction: 2 } })).toEqual([
      "appliance.virtualFunction is not a key of this stack; did you mean appliance.virtualFunctions?",
    ]);
  });

  test("a key like no other is answered with the known ones", () => {
    expect(problemsOf({ ...emulated, container: { xyzzyxyzzyx: true } })[0]).toContain(
      "known here: privileged",
    );
  });

  test("all mistakes are reported at once", () => {
    const problems = problemsOf({
      nodes: { source: "emulated", count: 1 },
      appliance: { iommu: "on", virtualFunctions: 0 },
      environments: ["native", "vm"],
    });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "nodes.count",
      "appliance.iommu",
      "appliance.virtualFunctions",
      "environments.1",
    ]);
  });

  test("an unknown source is answered with the sources", () => {
    expect(problemsOf({ nodes: { source: "cloud" } })).toEqual([
      expect.stringContaining(
        'nodes.source is "cloud"; right would be one of: emulated, existing, chameleon',
      ),
    ]);
  });

  test("one host only, and hosts that are the same", () => {
    expect(problemsOf({ nodes: { source: "existing", hosts: [host("a", 1)] } })[0]).toContain(
      "two hosts or more",
    );
    const twice = problemsOf({ nodes: { source: "existing", hosts: [host("a", 1), host("a", 1)] } });
    expect(twice).toEqual([
      'nodes.hosts.1.name is "a"; right would be another one: hosts.0 has the same name',
      'nodes.hosts.1.fabricAddress is "198.18.0.1"; right would be another one: hosts.0 has the same fabricAddress',
      'nodes.hosts.1.address is "a.example.org"; right would be another one: hosts.0 has the same address',
    ]);
  });

  test("ports that do not fit", () => {
    expect(problemsOf({ nodes: { source: "emulated", count: 4, managementPortBase: 65534 } })[0]).toContain(
      "65532 at most",
    );
  });

  test("adapters without a virtual function for every guest and container that needs one", () => {
    const all = { environments: ["vm-sriov", "container-sriov"], guestsPerNode: 2 };
    expect(problemsOf({ ...emulated, ...all })).toEqual([
      "appliance.virtualFunctions is missing; right would be 3 at least: one for each guest in vm-sriov, and one for container-sriov",
    ]);
    expect(problemsOf({ ...emulated, ...all, appliance: { virtualFunctions: 3 } })).toEqual([]);
  });

  const image = { source: "https://example.org/guest.qcow2", sha256: "a".repeat(64) };
  test.each([
    [{ pinnedCpus: [0, 1] }, "guest.pinnedCpus", "1 processors: one for each"],
    [{ virtualCpus: 2, pinnedCpus: [3, 3] }, "guest.pinnedCpus", "each processor once"],
    [{ hugepages: true }, "guest.hugepages", "for the 320 MiB that the guests of a node have"],
    [{ ivshmem: { sizeMib: 3 } }, "guest.ivshmem.sizeMib", "a power of two"],
    [{ ivshmem: { name: "a/b" } }, "guest.ivshmem.name", "without a slash"],
    [{ packages: ["fio"] }, "guest.packages", "a cloud image (guest.image)"],
    [
      { drivers: { stack: "ofed", source: "https://example.org/ofed.tgz", sha256: image.sha256 } },
      "guest.drivers",
      "a cloud image (guest.image)",
    ],
    [
      { image, drivers: { stack: "ofed", source: "/srv/ofed.tgz", sha256: image.sha256 } },
      "guest.drivers.source",
      "a URL that the guests can reach",
    ],
    [{ image: { source: image.source } }, "guest.image.sha256", "64 hexadecimal digits"],
  ])("a guest of %j is told what would be right", (guest, key, words) => {
    const problems = problemsOf({ ...emulated, guest });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${key.replaceAll(".", "\\.")} is `));
    expect(problems[0]).toContain(words);
  });

  const archive = { version: "4.9-7.1.0.0", source: "https://example.org/ofed.tgz", sha256: "a".repeat(64) };
  test.each([
    [{ drivers: "ofed" }, "drivers", "inbox, mlnx-ofed or doca-ofed"],
    [{ drivers: "mlnx-ofed" }, "driverArchive", "the version, source and sha256 of mlnx-ofed"],
    [{ driverArchive: archive }, "driverArchive", "left out with inbox drivers"],
    [
      { drivers: "doca-ofed", driverArchive: archive },
      "driverArchive.version",
      "a version 2.9.… or 3.… of DOCA-OFED",
    ],
    [
      { drivers: "mlnx-ofed", driverArchive: { ...archive, sha256: "abc" } },
      "driverArchive.sha256",
      "64 hexadecimal digits",
    ],
    [{ firewall: "off" }, "firewall", "unmanaged or open-fabric"],
    [{ adapterFirmware: true }, "adapterFirmware", "unmanaged or enable-sriov"],
  ])("an appliance of %j is told what would be right", (appliance, key, words) => {
    const problems = problemsOf({ ...emulated, appliance });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^appliance\\.${key.replaceAll(".", "\\.")} is `));
    expect(problems[0]).toContain(words);
  });

  test("NVIDIA's drivers and soft-RoCE do not go together", () => {
    const appliance = { drivers: "mlnx-ofed", driverArchive: archive, softRoce: true };
    expect(problemsOf({ ...emulated, appliance })).toEqual([
      "appliance.softRoce is true; right would be false or left out: the kernel's soft-RoCE needs inbox drivers",
    ]);
  });

  test("the ports of all guests of a node must fit", () => {
    const guests = { guestsPerNode: 4, appliance: { virtualFunctions: 4 } };
    expect(problemsOf({ ...emulated, ...guests, guest: { managementPortBase: 65533 } })[0]).toContain(
      "65532 at most",
    );
  });

  test("a guest of a cloud image may have packages and drivers", () => {
    const guest = { image, packages: ["fio"], hugepages: true };
    expect(problemsOf({ ...emulated, guest, appliance: { hugepages: { count: 160 } } })).toEqual([]);
  });

  test("no nodes at all", () => {
    expect(problemsOf({})[0]).toContain("nodes is missing");
  });
});

test("nearest gives nothing for a word that is like none", () => {
  expect(nearest("zzzzzz", ["nodes", "suite"])).toBeUndefined();
  expect(nearest("Suites", ["nodes", "suite"])).toBe("suite");
});

function mapJson(raw: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, JSON.parse(value)]));
}

describe("the README's configuration with the defaults filled in", () => {
  const readme = readFileSync(join(checkoutDirectory, "README.md"), "utf8");
  const block = /With the defaults filled in it is:\n\n```yaml\n(.*?)```/s.exec(readme)?.[1] ?? "";

  /** The lines of one of its parts, those that are comments too: `# key:` is a key that has no default. */
  function keysOf(part: string): string[] {
    const lines = new RegExp(`^  ${projectName}:${part}:\\n((?:    .*\\n)+)`, "m").exec(block)?.[1] ?? "";
    return [...lines.matchAll(/^ {4}(?:# )?(\w+):/gm)].map(([, key = ""]) => key);
  }

  test("is right, and is what the defaults are", () => {
    const { config } = parse(block) as { config: Record<string, unknown> };
    const written = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(`${projectName}:`, ""), value]),
    );
    const defaults = configurationOf(emulated);
    // Sizes of guests are filled in by the plan, as they depend on the nodes.
    const { virtualCpus, memoryMib } = defaultGuest("emulated");
    expect(configurationOf(written)).toMatchObject({
      ...defaults,
      guest: { ...defaults.guest, virtualCpus, memoryMib },
      suite: expect.anything(),
    });
  });

  test.each([
    ["appliance", applianceSchema],
    ["guest", guestSchema],
  ])("has every key of %s", (part, schema) => {
    expect(Object.keys(schema.shape).filter((key) => !keysOf(part).includes(key))).toEqual([]);
  });
});
