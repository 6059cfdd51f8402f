import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { neededVirtualFunctions, parseConfiguration } from "./config.ts";
import { expand, PlanError } from "./plan.ts";

function configurationOf(values: Record<string, unknown>) {
  const raw = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
  const result = parseConfiguration(raw);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

const emulated = (count: number) => configurationOf({ nodes: { source: "emulated", count } });
/** In the half of the benchmark network that is the activation's, and neither its first address nor its last. */
function isActivatedAddress(address: string): boolean {
  const [first, second, third = 0, fourth = 0] = address.split(".").map(Number);
  const number = third * 256 + fourth;
  return first === 198 && second === 19 && third < 256 && fourth < 256 && number > 0 && number < 65535;
}

const stackName = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);

describe("expand", () => {
  test("names, ports and addresses of emulated nodes are all different, and fit their limits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1024 }), stackName, (count, stack) => {
        const plan = expand(emulated(count), stack);
        const nodes = plan.nodes.filter((node) => node.source === "emulated");
        expect(nodes).toHaveLength(count);
        for (const key of ["name", "managementPort", "macAddress", "fabricAddress"] as const) {
          expect(new Set(nodes.map((node) => node[key])).size).toBe(count);
        }
        for (const node of nodes) {
          expect(node.fabricAddress).toMatch(/^198\.18\.\d{1,3}\.\d{1,3}$/);
          expect(node.fabricAddress.split(".").every((part) => Number(part) <= 255)).toBe(true);
          expect(node.managementPort).toBeLessThanOrEqual(65535);
        }
        expect(plan.fabric?.bridgeName.length).toBeLessThanOrEqual(15);
      }),
      { numRuns: 30 },
    );
  });

  test("the same input gives the same plan", () => {
    expect(expand(emulated(3), "a")).toEqual(expand(emulated(3), "a"));
  });

  test("two stacks share neither network nor hardware addresses", () => {
    const [a, b] = [expand(emulated(2), "a"), expand(emulated(2), "b")];
    expect(a.fabric?.bridgeName).not.toBe(b.fabric?.bridgeName);
    expect(a.nodes[0]).toHaveProperty("macAddress");
    expect(a.nodes[0]).not.toHaveProperty("macAddress", (b.nodes[0] as { macAddress: string }).macAddress);
  });

  test("only hosts with an RDMA adapter of their own count as hardware", () => {
    expect(expand(emulated(2), "a").fidelity).toBe("emulated");
    const hosts = ["a", "b"].map((name, index) => ({
      name,
      address: name,
      fabricAddress: `198.18.0.${index + 1}`,
      rdmaDevice: "mlx5_0",
    }));
    const plan = expand(configurationOf({ nodes: { source: "existing", hosts } }), "a");
    expect(plan).toMatchObject({ fidelity: "hardware", fabric: null, appliance: { softRoce: false } });
    const soft = configurationOf({ nodes: { source: "existing", hosts }, appliance: { softRoce: true } });
    expect(expand(soft, "a").fidelity).toBe("emulated");
  });

  const environments = [
    "native",
    "vm-passthrough",
    "vm-sriov",
    "container-passthrough",
    "container-sriov",
    "vm-virtio",
  ];
  const manyGuests = (count: number, guestsPerNode: number) =>
    configurationOf({
      nodes: {
        source: "existing",
        hosts: Array.from({ length: count }, (_, index) => ({
          name: `h${index}`,
          address: `h${index}`,
          fabricAddress: `10.0.${index >> 8}.${index & 0xff}`,
          rdmaDevice: "mlx5_0",
        })),
      },
      appliance: { virtualFunctions: guestsPerNode + 1 },
      environments,
      guestsPerNode,
    });
  const sizes = fc.tuple(fc.constantFrom(2, 3, 255, 256, 1023, 1024), fc.integer({ min: 1, max: 16 }));

  test("devices that an activation sets up have addresses of their own, in every environment", () => {
    fc.assert(
      fc.property(sizes, ([count, guestsPerNode]) => {
        const plan = expand(manyGuests(count, guestsPerNode), "a");
        for (const { placements, ownership } of plan.environments.filter(({ name }) => name !== "native")) {
          const whole = ownership === "host" || ownership === "guest-physical-function";
          expect(placements).toHaveLength(whole ? count : placements.length);
          expect(new Set(placements.map(({ fabricAddress }) => fabricAddress)).size).toBe(placements.length);
          const macs = placements.flatMap(({ macAddress }) => macAddress ?? []);
          expect(macs).toHaveLength(whole ? 0 : placements.length);
          expect(new Set(macs).size).toBe(macs.length);
          if (ownership === "host") continue;
          expect(placements.filter(({ fabricAddress }) => !isActivatedAddress(fabricAddress))).toEqual([]);
        }
      }),
      { numRuns: 12 },
    );
  });

  test("each guest and each container has a virtual function of its own, and all are there", () => {
    fc.assert(
      fc.property(sizes, ([count, guestsPerNode]) => {
        const configuration = manyGuests(count, guestsPerNode);
        const plan = expand(configuration, "a");
        const indices = plan.environments
          .flatMap(({ placements }) => placements)
          .filter(({ node }) => node === "h1")
          .flatMap(({ virtualFunction }) => virtualFunction ?? []);
        expect(indices).toHaveLength(guestsPerNode + 1);
        expect(new Set(indices).size).toBe(indices.length);
        expect(Math.max(...indices)).toBeLessThan(neededVirtualFunctions(configuration));
      }),
      { numRuns: 12 },
    );
  });

  test("the first two placements of an environment are on two nodes", () => {
    for (const { placements } of expand(manyGuests(3, 2), "a").environments) {
      expect(placements.slice(0, 2).map(({ node }) => node)).toEqual(["h0", "h1"]);
    }
  });

  test("guests have names, ports and processors of their own", () => {
    const guest = { virtualCpus: 2, pinnedCpus: [4, 5, 6, 7] };
    const nodes = { source: "emulated" };
    const plan = expand(configurationOf({ nodes, guest, guestsPerNode: 2 }), "a");
    expect(plan.guests?.guests).toEqual([
      { name: "g1", index: 0, domainName: "testbed-a-g1", managementPort: 24300, pinnedCpus: [4, 5] },
      { name: "g2", index: 1, domainName: "testbed-a-g2", managementPort: 24301, pinnedCpus: [6, 7] },
    ]);
    expect(plan.guests).toMatchObject({ memoryMib: 320, softRoce: true, image: null });
    const native = configurationOf({ nodes, environments: ["native"] });
    expect(expand(native, "a").guests).toBeNull();
  });

  test("a stack name that can't be part of names is refused", () => {
    expect(() => expand(emulated(2), "My Stack")).toThrow(PlanError);
  });

  test("leased nodes are planned like all others, on one lease", () => {
    const nodes = {
      source: "chameleon",
      site: "CHI@TACC",
      project: "CHI-123456",
      privateKeyPath: "~/.ssh/id_ed25519",
      leaseHours: 24,
      nodeType: "compute_haswell_ib",
      count: 8,
      image: "CC-Ubuntu24.04",
      rdmaDevice: "mlx4_0",
    };
    const plan = expand(configurationOf({ nodes }), "chameleon");
    expect(plan).toMatchObject({
      fidelity: "hardware",
      fabric: null,
      lease: { site: "CHI@TACC", count: 8, leaseHours: 24, leaseStart: "now", fabricPrefixLength: 16 },
    });
    expect(plan.nodes[7]).toEqual({
      source: "chameleon",
      name: "n8",
      fabricAddress: "198.18.0.8",
      rdmaDevice: "mlx4_0",
    });
  });
});
