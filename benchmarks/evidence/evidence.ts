/** What an environment on one node is: recorded with the results, so that nobody compares what is not alike. */
import * as z from "zod";

const text = z.string().min(1).nullable();
const count = z.int().min(0).nullable();

export const programSchema = z.strictObject({
  name: z.string(),
  path: z.string(),
  source: z
    .string()
    .nullable()
    .describe(
      "as in package, tarball sha256:…, or kit with config/testbed.cfg; null: no source of the suite, as MPI's own programs",
    ),
  sha256: z.string(),
  version: z.string().nullable().describe("as it says by itself; null: it was not asked, or said nothing"),
  package: z.string().nullable().describe("name and version; null: no package manager there knows of it"),
});
export type Program = z.infer<typeof programSchema>;

/** How libvirt on the node runs the guest. */
export const guestEvidenceSchema = z.strictObject({
  accelerator: text.describe("the domain's type: kvm, qemu (no acceleration)"),
  machine: text,
  hypervisor: text.describe("as in QEMU 10.0.2"),
  cpuMode: text.describe("as in host-passthrough"),
  virtualCpuPins: z.array(z.string()).describe("VIRTUAL:PROCESSORS, as in 0:4-5; empty: none is pinned"),
  emulatorPin: text,
  memoryNodes: text.describe("mode and NUMA nodes, as in strict 0-1"),
  memoryBacking: z.array(z.string()).describe("as in hugepages 1 GiB, locked; empty: plain memory"),
});
export type GuestEvidence = z.infer<typeof guestEvidenceSchema>;

/** What the node knows of an environment on it. */
export const nodeEvidenceSchema = z.strictObject({
  kernelRelease: text,
  kernelCommandLine: text,
  governors: z.array(z.string()),
  iommuGroupType: text.describe("of the adapter, or of the virtual function in use: identity, DMA, DMA-FQ"),
  containerRuntime: text.describe("as in docker 28.1.1; environments of kind container only"),
  guest: guestEvidenceSchema.nullable().describe("environments of kind guest only"),
});
export type NodeEvidence = z.infer<typeof nodeEvidenceSchema>;

/** A fact that could not be read is null; nothing is guessed. */
export const evidenceSchema = z.strictObject({
  kernelRelease: text,
  kernelCommandLine: text,
  processor: z.strictObject({
    model: text,
    online: text.describe("processors, as in 0-3"),
    count,
    flags: z.array(z.string()).describe("sorted"),
    flagsSha256: text.describe("of the flags with a blank between them"),
    governors: z.array(z.string()).describe("frequency governors in use; empty: the kernel scales nothing"),
    vulnerabilities: z.record(z.string(), z.string()).describe("and what the kernel does about each"),
    numaNodes: text,
    allowed: text.describe("processors that the benchmark may run on"),
  }),
  memory: z.strictObject({
    totalKib: count,
    hugePages: z.array(z.strictObject({ sizeKib: z.int().min(1), total: z.int().min(0) })),
    transparentHugePages: text,
    lockedLimit: text.describe("bytes that a process may lock, or unlimited"),
  }),
  adapter: z.strictObject({
    vendorDevice: text.describe("as in 8086:10ca"),
    driver: text,
    driverVersion: text,
    firmware: text,
    networkDevice: text,
    networkMtuBytes: count,
    softRoce: z.boolean().nullable(),
    pathMtuBytes: count.describe("active MTU of the RDMA port"),
    linkLayer: text,
    linkState: text,
    rate: text,
    gidIndex: count.describe("null: there is none to choose"),
    gidType: text,
  }),
  capabilities: text.describe("CapEff of the benchmark's process"),
  clockSource: text,
  hypervisor: z.strictObject({
    guest: z.boolean().nullable().describe("whether the processor says that it is virtual"),
    product: text.describe("name of the machine in its DMI table"),
  }),
  programs: z.array(programSchema),
  node: nodeEvidenceSchema,
});
export type Evidence = z.infer<typeof evidenceSchema>;
