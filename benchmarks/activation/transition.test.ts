import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { NodeState } from "./node-state.ts";
import { parseNodeState } from "./observe.ts";
import { describeStep } from "./steps.ts";
import { homeOf, type NodeTarget, targetsOf } from "./target.ts";
import { nodeArbitrary } from "./testing/arbitrary.ts";
import { adapterAddress, environmentNamed, testInventory } from "./testing/inventory.ts";
import { observationOf } from "./testing/observation.ts";
import { applyStep, deployedNode, type NodeModel, networkAtHome } from "./testing/simulated-node.ts";
import { planTransition } from "./transition.ts";

const inventory = testInventory();
const [node] = inventory.nodes;
if (node === undefined) throw new Error("the test inventory has no node");
const names = inventory.environments.map(({ name }) => name);

function targetOf(name: EnvironmentName): NodeTarget {
  const [target] = targetsOf(inventory, environmentNamed(inventory, name));
  if (target === undefined) throw new Error("no target");
  return target;
}

function observed(model: NodeModel, extra: readonly string[] = []): NodeState {
  return parseNodeState(observationOf(model, extra), node as NonNullable<typeof node>);
}

function stepsTo(model: NodeModel, target: NodeTarget) {
  const transition = planTransition(observed(model), target);
  if (transition.kind === "refused") throw new Error(transition.refusals.join("; "));
  return transition.steps;
}

function reach(model: NodeModel, target: NodeTarget): string[] {
  return stepsTo(model, target).map((step) => {
    applyStep(model, step);
    return describeStep(step, adapterAddress);
  });
}

/** What the target means, said apart from the planner. */
function expectReached(model: NodeModel, name: EnvironmentName): void {
  const [g1, g2] = model.guests;
  const held = [g1?.functions, g2?.functions];
  const macs = environmentNamed(inventory, name).placements.map(({ macAddress }) => macAddress);
  const interfaces = [g1?.interfaces, g2?.interfaces];
  const hostDrivers = model.virtualFunctions.map(({ network }) => network?.name ?? null);
  if (name !== "vm-passthrough") {
    expect(model.adapter).toEqual({ driver: "igb", network: networkAtHome() });
    expect(model.remembered).toBeNull();
    expect(model.virtualFunctions).toHaveLength(3);
    expect(model.autoprobe).toBe(false);
  }
  if (name !== "vm-virtio") expect(interfaces).toEqual([[], []]);
  if (name !== "container-sriov") expect(hostDrivers.filter((driver) => driver !== null)).toEqual([]);
  const states = [g1?.state, g2?.state];
  switch (name) {
    case "native":
    case "container-passthrough":
      expect(held).toEqual([[], []]);
      expect([...model.softRoce]).toEqual([["rxe0", "fab0"]]);
      expect(states).not.toContain("running");
      break;
    case "container-sriov":
      expect(held).toEqual([[], []]);
      expect(hostDrivers).toEqual([null, null, "fab0v2"]);
      expect(model.virtualFunctions[2]?.network).toEqual({
        name: "fab0v2",
        up: true,
        mtuBytes: 9000,
        macAddress: macs[0],
        addresses: ["198.19.2.1/16"],
      });
      expect([...model.softRoce]).toEqual([["rxe0", "fab0v2"]]);
      expect(states).not.toContain("running");
      break;
    case "vm-sriov":
      expect(held).toEqual([[0], [1]]);
      expect(model.virtualFunctions.slice(0, 2).map(({ macAddress }) => macAddress)).toEqual(macs);
      expect(states).toEqual(["running", "running"]);
      break;
    case "vm-passthrough":
      expect(held).toEqual([[-1], []]);
      expect(model.remembered).toEqual(networkAtHome());
      expect(model.virtualFunctions).toEqual([]);
      expect(states[0]).toBe("running");
      expect(states[1]).not.toBe("running");
      break;
    case "vm-virtio":
      expect(held).toEqual([[], []]);
      expect(interfaces).toEqual(macs.map((mac) => [mac]));
      expect(states).toEqual(["running", "running"]);
      break;
  }
}

describe("planTransition", () => {
  test.each(names)(
    "reaches %s from any state, by steps that are possible, and then has nothing to do",
    (name) => {
      fc.assert(
        fc.property(nodeArbitrary, (start) => {
          const model = structuredClone(start);
          reach(model, targetOf(name));
          expectReached(model, name);
          expect(stepsTo(model, targetOf(name))).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );

  test("broken off after any number of steps, it reaches another target", () => {
    fc.assert(
      fc.property(
        nodeArbitrary,
        fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(20)), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...names),
        (start, interrupted, name) => {
          const model = structuredClone(start);
          for (const [target, count] of interrupted) {
            for (const step of stepsTo(model, targetOf(target)).slice(0, count)) applyStep(model, step);
          }
          reach(model, targetOf(name));
          expectReached(model, name);
        },
      ),
      { numRuns: 250 },
    );
  });

  test("goes by the shortest way when all is well", () => {
    const model = deployedNode();
    expect(reach(model, targetOf("native"))).toEqual(["pause g1", "pause g2"]);
    expect(reach(model, homeOf(targetOf("native").node))).toEqual(["resume g1", "resume g2"]);
    expect(reach(model, targetOf("native"))).toEqual(["pause g1", "pause g2"]);
    expect(reach(model, targetOf("vm-sriov"))).toEqual([
      `give virtual function 0 of ${adapterAddress} the address 56:00:00:00:00:01`,
      `give virtual function 1 of ${adapterAddress} the address 56:00:00:00:01:01`,
      "resume g1",
      "wait until g1 answers",
      `attach virtual function 0 of ${adapterAddress} to g1`,
      "resume g2",
      "wait until g2 answers",
      `attach virtual function 1 of ${adapterAddress} to g2`,
    ]);
    expect(reach(model, targetOf("vm-passthrough"))).toEqual([
      "detach 0000:01:10.0 from g1",
      "detach 0000:01:10.2 from g2",
      "remove soft-RoCE device rxe0",
      `remember the network device of ${adapterAddress}`,
      `give ${adapterAddress} 0 virtual functions`,
      `attach ${adapterAddress} to g1`,
      "pause g2",
    ]);
    expect(reach(model, targetOf("native"))).toEqual([
      `detach ${adapterAddress} from g1`,
      `set the network device of ${adapterAddress} up as it was`,
      `give ${adapterAddress} 3 virtual functions`,
      `make soft-RoCE device rxe0 on ${adapterAddress}`,
      "pause g1",
    ]);
  });

  test("leaves devices alone that are none of the adapter's", () => {
    const state = observed(deployedNode());
    const foreign = {
      ...state,
      guests: state.guests.map((guest) => ({ ...guest, pciDevices: ["0000:3b:00.0"] })),
    };
    expect(planTransition(foreign, targetOf("native"))).toEqual({
      kind: "steps",
      steps: ["g1", "g2"].map((guest) => ({ kind: "pause-guest", guest })),
    });
  });
});
