/** Plans for tests of what is declared. */
import { parseConfiguration } from "../config.ts";
import { expand, type Plan } from "../plan.ts";

/** QEMU machines on the deploying machine. */
export const emulatedNodes = { source: "emulated", count: 2 };
/** Hosts that differ from the emulated nodes in nothing but their names and how they are reached. */
export const existingNodes = {
  source: "existing",
  hosts: [
    { name: "left", address: "left.example.org", user: "operator", fabricAddress: "198.18.0.1" },
    { name: "right", address: "192.0.2.7", port: 2222, fabricAddress: "198.18.0.2" },
  ],
};
/** Nodes leased on Chameleon that differ from the others in nothing but how they are had. */
export const leasedNodes = {
  source: "chameleon",
  site: "CHI@TACC",
  project: "CHI-123456",
  privateKeyPath: "/home/user/.ssh/id_ed25519",
  leaseHours: 24,
  nodeType: "compute_haswell_ib",
  count: 2,
  image: "CC-Ubuntu24.04",
};
/** What all have in common, so that nothing else tells them apart. */
export const settings = {
  appliance: { softRoce: true, virtualFunctions: 3, hugepages: { count: 16 } },
  guest: { virtualCpus: 1, memoryMib: 320 },
};

/** The plan of a configuration for the stack `mock`. */
export function planOf(values: Record<string, unknown>): Plan {
  const raw = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
  const result = parseConfiguration(raw);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return expand(result.configuration, "mock");
}
