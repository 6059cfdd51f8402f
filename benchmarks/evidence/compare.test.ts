import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { EnvironmentName } from "../../infra/inventory.ts";
import { compareEnvironments, findDifferences, type PlacedEvidence } from "./compare.ts";
import type { Evidence } from "./evidence.ts";
import { factsOf } from "./facts.ts";
import { parseEnvironment, parseNode } from "./parse.ts";

const place = { rdmaDevice: "rxe0", rdmaPort: 1, fabricAddress: "10.0.9.1" };
const text = readFileSync(new URL("testdata/guest.txt", import.meta.url), "utf8");

function placed(
  environment: EnvironmentName,
  { node = "n1", guest, changed = text }: { node?: string; guest?: string; changed?: string } = {},
): PlacedEvidence {
  const { evidence } = parseEnvironment(changed, place);
  return {
    environment,
    node,
    ...(guest === undefined ? {} : { guest }),
    evidence: { ...evidence, node: parseNode("") },
  };
}

test("what is the same is no difference and may be compared", () => {
  const evidences = [placed("native"), placed("native", { node: "n2" }), placed("vm-sriov", { guest: "g1" })];
  expect(findDifferences(evidences)).toEqual([]);
  expect(compareEnvironments(["native", "vm-sriov"], evidences)).toEqual([
    { environments: ["native", "vm-sriov"], comparable: true, reasons: [] },
  ]);
});

test.each([
  ["soft-roce yes", "soft-roce no", "RDMA implementation: soft-RoCE in native, adapter in vm-sriov"],
  ["path-mtu \t\t4096", "path-mtu 1024", "path MTU: 4096 bytes in native, 1024 bytes in vm-sriov"],
  ["path-mtu \t\t4096", "other", "path MTU: 4096 bytes in native, not known in vm-sriov"],
  [
    "network-mtu eth1 9000",
    "network-mtu eth1 1500",
    "network MTU: 9000 bytes in native, 1500 bytes in vm-sriov",
  ],
  [
    "version ib_send_lat 6.24",
    "version ib_send_lat 6.25",
    "version of ib_send_lat: 6.24 in native, 6.25 in vm-sriov",
  ],
  ["4".repeat(64), "5".repeat(64), "sha256 of ib_send_lat: 444444444444 in native, 555555555555 in vm-sriov"],
  [
    "link-layer Ethernet",
    "link-layer InfiniBand",
    "transport: Ethernet, RoCE v2 in native, InfiniBand in vm-sriov",
  ],
])("unfair: %s against %s", (from, to, reason) => {
  expect(text).toContain(from);
  const evidences = [placed("native"), placed("vm-sriov", { changed: text.replace(from, to) })];
  const [comparison] = compareEnvironments(["native", "vm-sriov"], evidences);
  expect(comparison?.comparable).toBe(false);
  expect(comparison?.reasons).toContain(reason);
  expect(findDifferences(evidences)[0]).toMatchObject({ fairness: "unfair", what: reason.split(":")[0] });
});

test("declared: told and no hindrance; of lists only what not all have", () => {
  const changed = text
    .replace("kernel 6.12.117+deb13-amd64", "kernel 6.1.0")
    .replace("cpu-flags fpu de sse2 hypervisor", "cpu-flags fpu de avx2")
    .replace("locked-limit unlimited", "locked-limit 8388608");
  const evidences = [placed("vm-sriov", { guest: "g1" }), placed("native", { changed })];
  const differences = findDifferences(evidences);
  expect(differences.map(({ what, values }) => [what, ...values.map(({ value }) => value)])).toEqual([
    ["kernel", "6.12.117+deb13-amd64", "6.1.0"],
    ["processor flags", "hypervisor sse2", "avx2"],
    ["memory lock limit", "unlimited", "8388608"],
    ["machine", "virtual", "bare metal"],
  ]);
  expect(differences.every(({ fairness }) => fairness === "declared")).toBe(true);
  expect(differences[0]?.values[0]).toEqual({
    environment: "vm-sriov",
    value: "6.12.117+deb13-amd64",
  });
  expect(compareEnvironments(["native", "vm-sriov"], evidences)[0]?.comparable).toBe(true);
});

test("long lists become their length and a digest, so that results stay small", () => {
  const flags = Array.from({ length: 200 }, (_, index) => `flag${index}`).join(" ");
  const evidences = [
    placed("native", { changed: text.replace("cpu-flags fpu", `cpu-flags fpu ${flags}`) }),
    placed("vm-sriov"),
  ];
  const [difference] = findDifferences(evidences);
  expect(difference?.values.map(({ value }) => value)).toEqual([
    expect.stringMatching(/^200 that not all have \(sha256 [0-9a-f]{12}\)$/),
    "only what all have",
  ]);
  const long = placed("native", { changed: text.replace("Q35", "Q".repeat(300)) });
  const [name] = findDifferences([long, placed("vm-sriov")]);
  expect(name?.values[0]?.value).toMatch(/^.{60}… \(sha256 [0-9a-f]{12}\)$/);
});

test("an environment that was another one for a while can't be compared, and both states are told", () => {
  const evidences = [
    placed("native"),
    placed("vm-sriov"),
    placed("vm-sriov", { changed: text.replace("path-mtu \t\t4096", "path-mtu 1024") }),
  ];
  expect(compareEnvironments(["native", "vm-sriov"], evidences)[0]?.reasons).toEqual([
    "path MTU: 4096 bytes in native, 1024 bytes and 4096 bytes in vm-sriov",
  ]);
  expect(findDifferences(evidences)[0]?.values).toEqual([
    { environment: "native", value: "4096 bytes" },
    { environment: "vm-sriov", node: "n1", value: "4096 bytes" },
    { environment: "vm-sriov", node: "n1", value: "1024 bytes" },
  ]);
});

test("of an environment that was never active nothing is claimed", () => {
  expect(compareEnvironments(["native", "vm-sriov"], [placed("native")])).toEqual([
    {
      environments: ["native", "vm-sriov"],
      comparable: false,
      reasons: ["nothing is known of vm-sriov"],
    },
  ]);
});

test("a program that one environment lacks, and a fact that only one kind has, are no difference", () => {
  const container = placed("container-passthrough", { changed: text.replace(/^program .*$/m, "") });
  const evidence: Evidence = {
    ...container.evidence,
    node: parseNode("container-runtime docker 28.1.1\n"),
  };
  const evidences = [placed("native"), { ...container, evidence }];
  expect(findDifferences(evidences)).toEqual([]);
  expect(compareEnvironments(["native", "container-passthrough"], evidences)[0]?.comparable).toBe(true);
});

test("every fact has a name of its own", () => {
  const names = factsOf(placed("native").evidence).map(({ what }) => what);
  expect(new Set(names).size).toBe(names.length);
});
