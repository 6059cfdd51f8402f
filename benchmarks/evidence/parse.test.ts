import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evidenceSchema } from "./evidence.ts";
import { countProcessors, parseEnvironment, parseNode } from "./parse.ts";

const place = { rdmaDevice: "rxe0", rdmaPort: 1, fabricAddress: "10.0.9.1" };
const testdata = (name: string): string => readFileSync(new URL(`testdata/${name}`, import.meta.url), "utf8");

describe("an environment's report", () => {
  const { evidence, ...lacks } = parseEnvironment(testdata("guest.txt"), place);

  test("gives every fact", () => {
    expect(evidenceSchema.omit({ node: true }).parse(evidence)).toMatchObject({
      kernelRelease: "6.12.117+deb13-amd64",
      kernelCommandLine: "BOOT_IMAGE=/boot/vmlinuz root=LABEL=guest ro",
      processor: {
        model: "QEMU Virtual CPU version 2.5+",
        online: "0-1",
        count: 2,
        flags: ["de", "fpu", "hypervisor", "sse2"],
        governors: [],
        vulnerabilities: {
          meltdown: "Mitigation: PTI",
          spectre_v2: "Mitigation: Retpolines; BHI: Not affected",
        },
        numaNodes: "0",
        allowed: "0-1",
      },
      memory: {
        totalKib: 484216,
        hugePages: [
          { sizeKib: 2048, total: 16 },
          { sizeKib: 1048576, total: 0 },
        ],
        transparentHugePages: "madvise",
        lockedLimit: "unlimited",
      },
      adapter: {
        vendorDevice: "8086:10ca",
        driver: "igbvf",
        driverVersion: null,
        firmware: null,
        networkDevice: "eth1",
        networkMtuBytes: 9000,
        softRoce: true,
        pathMtuBytes: 4096,
        linkLayer: "Ethernet",
        linkState: "4: ACTIVE",
        rate: "2.5 Gb/sec (1X SDR)",
        gidIndex: 1,
        gidType: "RoCE v2",
      },
      capabilities: "000001ffffffffff",
      clockSource: "kvm-clock",
      hypervisor: { guest: true, product: "Standard PC (Q35 + ICH9, 2009)" },
      programs: [
        { name: "ib_send_lat", path: "/usr/bin/ib_send_lat", sha256: "4".repeat(64), version: "6.24" },
      ],
    });
    expect(evidence.processor.flagsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(lacks).toEqual({ rdmaProblem: null, missingPrograms: ["ib_read_bw"], missingTools: [] });
  });

  test("the device with its own hardware is the adapter, whatever the network device is made of", () => {
    const text = testdata("guest.txt")
      .replace(
        "soft-roce yes",
        "soft-roce no\nrdma-vendor rxe0 0x15b3\nrdma-device rxe0 0x101c\nrdma-driver rxe0 mlx5_core",
      )
      .replace("path-mtu", "firmware 20.31.1014\npath-mtu");
    expect(parseEnvironment(text, place).evidence.adapter).toMatchObject({
      vendorDevice: "15b3:101c",
      driver: "mlx5_core",
      firmware: "20.31.1014",
      softRoce: false,
      networkMtuBytes: 9000,
    });
  });

  test("what is not said is null and never guessed; what a verbs test lacks is told", () => {
    const bare = parseEnvironment("kernel 6.12\nno-tool timeout\nno-program ib_send_lat\n", place);
    expect(bare.evidence.adapter).toEqual({
      vendorDevice: null,
      driver: null,
      driverVersion: null,
      firmware: null,
      networkDevice: null,
      networkMtuBytes: null,
      softRoce: null,
      pathMtuBytes: null,
      linkLayer: null,
      linkState: null,
      rate: null,
      gidIndex: null,
      gidType: null,
    });
    expect(bare.evidence.hypervisor.guest).toBeNull();
    expect(bare).toMatchObject({
      rdmaProblem: "no RDMA device rxe0 with port 1",
      missingTools: ["timeout"],
      missingPrograms: ["ib_send_lat"],
    });
    const noGid = parseEnvironment(testdata("guest.txt"), { ...place, fabricAddress: "10.0.9.9" });
    expect(noGid.rdmaProblem).toBe("no RoCE v2 GID for 10.0.9.9 on rxe0");
    expect(() => parseEnvironment("", place)).toThrow(/no report/);
  });
});

describe("a node's report", () => {
  const corpusDomain = testdata("domain.xml");
  const versionText =
    "Compiled against library: libvirt 11.3.0\nUsing library: libvirt 11.3.0\nUsing API: QEMU 11.3.0\nRunning hypervisor: QEMU 10.0.2\n";

  test("tells how libvirt runs the guest", () => {
    const node = parseNode(
      `kernel 6.12.0\ncommand-line intel_iommu=on\niommu-group-type identity\nlibvirt\n${versionText}\n${corpusDomain}`,
    );
    expect(node).toEqual({
      kernelRelease: "6.12.0",
      kernelCommandLine: "intel_iommu=on",
      governors: [],
      iommuGroupType: "identity",
      containerRuntime: null,
      guest: {
        accelerator: "kvm",
        machine: "q35",
        hypervisor: "QEMU 10.0.2",
        cpuMode: "host-passthrough",
        virtualCpuPins: ["0:0", "1:1"],
        emulatorPin: "0-23",
        memoryNodes: "strict 0-1",
        memoryBacking: ["hugepages 1 GiB", "locked", "nosharepages"],
      },
    });
  });

  test("a running domain's own attributes don't disturb, and what is absent is null", () => {
    const node = parseNode(
      "libvirt\n<domain type='qemu' id='3'>\n<name>a</name><memoryBacking><source type='memfd'/></memoryBacking>\n<cpu><model>x</model></cpu></domain>\n",
    );
    expect(node.guest).toEqual({
      accelerator: "qemu",
      machine: null,
      hypervisor: null,
      cpuMode: null,
      virtualCpuPins: [],
      emulatorPin: null,
      memoryNodes: null,
      memoryBacking: ["source memfd"],
    });
  });

  test("a node that says nothing gives nothing", () => {
    expect(parseNode("")).toEqual({
      kernelRelease: null,
      kernelCommandLine: null,
      governors: [],
      iommuGroupType: null,
      containerRuntime: null,
      guest: null,
    });
    expect(parseNode("container-runtime docker 28.1.1\n").containerRuntime).toBe("docker 28.1.1");
  });
});

test("lists of processors are counted", () => {
  expect(countProcessors("0-3,8")).toBe(5);
  expect(countProcessors("0")).toBe(1);
  expect(countProcessors("none")).toBeNull();
});

test("the version of a kit's runspec is that of the kit", () => {
  const kit = mkdtempSync(join(tmpdir(), "testbed-kit-"));
  try {
    const runspec = join(kit, "bin/runspec");
    mkdirSync(join(kit, "bin"));
    writeFileSync(runspec, "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(kit, "version.txt"), "2.0.1\n");
    const input = readFileSync(new URL("environment.sh", import.meta.url), "utf8");
    const { stdout } = spawnSync("sh", ["-s", "--", "nothing0", "1", runspec], { input, encoding: "utf8" });
    expect(parseEnvironment(stdout, place).evidence.programs).toMatchObject([
      {
        name: "runspec",
        path: runspec,
        version: "2.0.1",
        sha256: createHash("sha256").update("#!/bin/sh\n").digest("hex"),
      },
    ]);
  } finally {
    rmSync(kit, { recursive: true });
  }
});

test("the scripts run to their end on this machine, whatever it lacks", () => {
  const run = (script: string, words: readonly string[]) =>
    spawnSync("sh", ["-s", "--", ...words], {
      input: readFileSync(new URL(script, import.meta.url), "utf8"),
      encoding: "utf8",
    });
  const inside = run("environment.sh", ["nothing0", "1", "cat", "no-such-program"]);
  expect(inside).toMatchObject({ status: 0, stderr: "" });
  const report = parseEnvironment(inside.stdout, place);
  evidenceSchema.omit({ node: true }).parse(report.evidence);
  expect(report.evidence.kernelRelease).toBe(readFileSync("/proc/sys/kernel/osrelease", "utf8").trim());
  expect(report.evidence.processor.count).toBeGreaterThan(0);
  expect(report.evidence.programs).toMatchObject([
    { name: "cat", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(report.missingPrograms).toEqual(["no-such-program"]);
  const outside = run("node.sh", ["0000:ff:1f.7", "-", "no-such-runtime", "no-such-domain"]);
  expect(outside).toMatchObject({ status: 0, stderr: "" });
  expect(parseNode(outside.stdout)).toMatchObject({ containerRuntime: null, guest: null });
});
