/** The facts of an evidence that environments are compared by, and which of them make a comparison unfair. */
import type { Evidence } from "./evidence.ts";

/**
 * `unfair`: must be the same, else the difference of two results says nothing of the environments. `declared`: what the
 * comparison is about, or its context; told beside the results.
 */
export type Fairness = "unfair" | "declared";

export interface Fact {
  readonly what: string;
  readonly fairness: Fairness;
  /** Null: not known. A list is compared by its items, and only those that differ are told. */
  readonly value: string | readonly string[] | null;
}

function numberText(value: number | null, unit: string): string | null {
  return value === null ? null : `${value} ${unit}`;
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join(" ");
}

function transport({ linkLayer, gidType }: Evidence["adapter"]): string | null {
  if (linkLayer === null) return null;
  return gidType === null ? linkLayer : `${linkLayer}, ${gidType}`;
}

/** All facts of an evidence in the order in which they are told: what is unfair first. */
export function factsOf(evidence: Evidence): Fact[] {
  const { processor, memory, adapter, node } = evidence;
  // Elsewhere the node's kernel is the environment's own.
  const under = node.guest === null ? null : node;
  const unfair: [string, Fact["value"]][] = [
    ["RDMA implementation", adapter.softRoce === null ? null : adapter.softRoce ? "soft-RoCE" : "adapter"],
    ["transport", transport(adapter)],
    ["network MTU", numberText(adapter.networkMtuBytes, "bytes")],
    ["path MTU", numberText(adapter.pathMtuBytes, "bytes")],
    ...evidence.programs.flatMap(({ name, sha256, version }): [string, Fact["value"]][] => [
      [`sha256 of ${name}`, sha256],
      [`version of ${name}`, version],
    ]),
  ];
  const declared: [string, Fact["value"]][] = [
    ["kernel", evidence.kernelRelease],
    ["kernel command line", evidence.kernelCommandLine?.split(" ") ?? null],
    ["processor", processor.model],
    ["processors", numberText(processor.count, "online")],
    ["processors allowed", processor.allowed],
    ["processor flags", processor.flagsSha256 === null ? null : processor.flags],
    ["frequency governor", listed(processor.governors)],
    [
      "vulnerabilities",
      Object.entries(processor.vulnerabilities).map(([name, state]) => `${name}: ${state};`),
    ],
    ["NUMA nodes", processor.numaNodes],
    ["memory", numberText(memory.totalKib, "KiB")],
    ["huge pages", listed(memory.hugePages.map(({ sizeKib, total }) => `${total}×${sizeKib} KiB`))],
    ["transparent huge pages", memory.transparentHugePages],
    ["memory lock limit", memory.lockedLimit],
    ["adapter", adapter.vendorDevice],
    ["adapter driver", adapter.driver],
    ["adapter driver version", adapter.driverVersion],
    ["adapter firmware", adapter.firmware],
    ["link state", adapter.linkState],
    ["link rate", adapter.rate],
    ["capabilities", evidence.capabilities],
    ["clock source", evidence.clockSource],
    [
      "machine",
      evidence.hypervisor.guest === null ? null : evidence.hypervisor.guest ? "virtual" : "bare metal",
    ],
    ["machine name", evidence.hypervisor.product],
    ["node's kernel", under?.kernelRelease ?? null],
    ["node's kernel command line", under?.kernelCommandLine?.split(" ") ?? null],
    ["node's frequency governor", under === null ? null : listed(under.governors)],
    ["IOMMU group", node.iommuGroupType],
    ["container runtime", node.containerRuntime],
    ["guest accelerator", node.guest?.accelerator ?? null],
    ["guest machine", node.guest?.machine ?? null],
    ["hypervisor", node.guest?.hypervisor ?? null],
    ["guest processor mode", node.guest?.cpuMode ?? null],
    ["guest processor pins", node.guest === null ? null : listed(node.guest.virtualCpuPins)],
    ["guest emulator pin", node.guest?.emulatorPin ?? null],
    ["guest memory nodes", node.guest?.memoryNodes ?? null],
    ["guest memory backing", node.guest === null ? null : listed(node.guest.memoryBacking)],
  ];
  return [
    ...unfair.map(([what, value]) => ({ what, fairness: "unfair" as const, value })),
    ...declared.map(([what, value]) => ({ what, fairness: "declared" as const, value })),
  ];
}
