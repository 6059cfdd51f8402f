import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfiguration } from "./config.ts";
import { expand, PlanError } from "./plan.ts";

function configurationOf(values: Record<string, unknown>) {
  const raw = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));
  const result = parseConfiguration(raw);
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.configuration;
}

const emulated = (count: number) => configurationOf({ nodes: { source: "emulated", count } });
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

  test("a stack name that can't be part of names is refused", () => {
    expect(() => expand(emulated(2), "My Stack")).toThrow(PlanError);
  });

  test("Chameleon is refused with a sentence that says what to do", () => {
    const nodes = {
      source: "chameleon",
      site: "CHI@TACC",
      project: "CHI-1",
      keyPair: "k",
      leaseHours: 1,
      nodeType: "compute_haswell_ib",
      count: 8,
      image: "CC-Ubuntu24.04",
    };
    expect(() => expand(configurationOf({ nodes }), "chameleon")).toThrow(
      /8 nodes of type compute_haswell_ib at CHI@TACC, but this version can't lease nodes on Chameleon yet/,
    );
  });
});
