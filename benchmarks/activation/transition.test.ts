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
import {
  applyStep,
  deployedNode,
  type NodeModel,
  networkAtHome,
  pciAddressOf,
} from "./testing/simulated-node.ts";
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

function refusalsOf(state: NodeState, name: EnvironmentName): string[] {
  const transition = planTransition(state, targetOf(name));
  return transition.kind === "refused" ? [...transition.refusals] : [];
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
        { numRuns: 300 },
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
      { numRuns: 500 },
    );
  });

  test("goes by the shortest way when all is well", () => {
    const model = deployedNode();
    expect(reach(model, homeOf(targetOf("native").node))).toEqual(["pause g1", "pause g2"]);
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
      "wait until g1 answers",
      "detach 0000:01:10.0 from g1",
      "wait until g2 answers",
      "detach 0000:01:10.2 from g2",
      "remove soft-RoCE device rxe0",
      `remember the network device of ${adapterAddress}`,
      `give ${adapterAddress} 0 virtual functions`,
      `attach ${adapterAddress} to g1`,
      "pause g2",
    ]);
    expect(reach(model, targetOf("native"))).toEqual([
      "wait until g1 answers",
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

describe("refusals", () => {
  const state = observed(deployedNode());
  const adapter = state.adapter as NonNullable<NodeState["adapter"]>;

  test("an adapter that is not there", () => {
    expect(refusalsOf({ ...state, adapter: null }, "native")).toEqual([
      "n1 has no PCI device 0000:01:00.0; if the adapter was moved, deploy again so that the inventory names it",
    ]);
  });

  test("a driver that nobody here gave it", () => {
    expect(refusalsOf({ ...state, adapter: { ...adapter, driver: "uio_pci_generic" } }, "native")).toEqual([
      "n1 has its adapter 0000:01:00.0 bound to the driver uio_pci_generic, which is neither igb nor vfio-pci; " +
        "bind it to igb again or deploy again",
    ]);
  });

  test("no IOMMU, which virtio can do without", () => {
    const off = {
      ...state,
      adapter: {
        ...adapter,
        iommuGroup: null,
        virtualFunctions: adapter.virtualFunctions.map((vf) => ({ ...vf, iommuGroup: null })),
      },
    };
    for (const name of ["vm-passthrough", "vm-sriov"] as const) {
      expect(refusalsOf(off, name)[0]).toMatch(/^n1 has no IOMMU group for 0000:01:00\.0.*turn the IOMMU on/);
    }
    expect(refusalsOf(off, "vm-virtio")).toEqual([]);
  });

  test("a group with other devices, which are named; own virtual functions are none of them", () => {
    const others = [pciAddressOf(0), "0000:01:00.1"].map((pciAddress) => ({
      pciAddress,
      pciClass: "0x020000",
    }));
    const shared = { ...state, adapter: { ...adapter, iommuGroup: { number: 7, type: "DMA", others } } };
    expect(refusalsOf(shared, "vm-passthrough")).toEqual([
      "n1 has 0000:01:00.0 in IOMMU group 7 together with 0000:01:00.1 (class 0x020000), which would have to go to the guest too; " +
        "put the adapter into another slot or turn access control services (ACS) on in the firmware",
    ]);
    const onlyOwn = { number: 7, type: "DMA", others: others.slice(0, 1) };
    expect(refusalsOf({ ...state, adapter: { ...adapter, iommuGroup: onlyOwn } }, "vm-passthrough")).toEqual(
      [],
    );
    const virtualFunctions = adapter.virtualFunctions.map((vf) => ({ ...vf, iommuGroup: onlyOwn }));
    expect(refusalsOf({ ...state, adapter: { ...adapter, virtualFunctions } }, "vm-sriov")).toHaveLength(2);
  });

  test("the adapter that carries our own connection, also below a bridge", () => {
    const lines = [
      "address 9: br0    inet 192.0.2.7/24 scope global br0",
      "lower br0 bond0",
      "lower bond0 fab0",
    ];
    const text = observationOf(deployedNode(), lines).replace("management 10.0.2.15", "management 192.0.2.7");
    const carried = parseNodeState(text, targetOf("native").node);
    expect(carried.managementDevices).toEqual(["br0", "bond0", "fab0"]);
    expect(refusalsOf(carried, "vm-passthrough")[0]).toMatch(
      /^n1 is reached over its adapter's own network device fab0/,
    );
    expect(refusalsOf(carried, "vm-sriov")).toEqual([]);
  });

  test("another program that holds the adapter, but only when the adapter is touched", () => {
    const model = deployedNode();
    for (const guest of model.guests) guest.state = "paused";
    const held = observed(model, [
      "open 4711 /dev/infiniband/uverbs0 ib_send_lat",
      "open 4711 /dev/infiniband/uverbs0 ib_send_lat",
      "open 4712 /dev/infiniband/uverbs7 other",
      "open 4713 /dev/vfio/20 qemu-system-x86",
      "open 4714 /dev/vfio/99 qemu-system-x86",
      "open 4715 /dev/vfio/vfio qemu-system-x86",
      "guest-process 4713",
    ]);
    expect(refusalsOf(held, "vm-sriov")).toEqual([
      "n1 has its adapter in use by ib_send_lat (process 4711, /dev/infiniband/uverbs0); end it and try again",
    ]);
    expect(refusalsOf(held, "native")).toEqual([]);
  });

  test("a guest that libvirt does not know, or a libvirt that does not answer", () => {
    const model = deployedNode();
    const [, g2] = model.guests;
    if (g2 !== undefined) g2.state = "missing";
    expect(refusalsOf(observed(model), "vm-sriov")).toEqual([
      "n1 has no guest g2: its libvirt knows no domain testbed-test-g2; deploy again with a refresh",
    ]);
    expect(refusalsOf(observed(model), "vm-passthrough")).toEqual([]);
    expect(refusalsOf(observed(model), "native")).toEqual([]);
    const silent = parseNodeState(
      `${observationOf(model).split("libvirt\n")[0]}libvirt\nsh: virsh: not found\n`,
      targetOf("native").node,
    );
    expect(refusalsOf(silent, "native")).toEqual([
      "n1 does not say what its guests are like (sh: virsh: not found); see that libvirt runs there",
    ]);
  });

  test("more virtual functions than there are, and an InfiniBand link", () => {
    expect(refusalsOf({ ...state, adapter: { ...adapter, virtualFunctionTotal: 2 } }, "native")).toHaveLength(
      1,
    );
    const target = targetOf("vm-sriov");
    const few = {
      ...target,
      node: { ...target.node, adapter: { ...target.node.adapter, virtualFunctions: 1 } },
    };
    const transition = planTransition(state, few);
    expect(transition).toMatchObject({
      kind: "refused",
      refusals: [expect.stringMatching(/gets 1 virtual functions, too few for one of index 1/)],
    });
    const networkDevices = adapter.networkDevices.map((network) => ({
      ...network,
      linkLayer: "infiniband" as const,
    }));
    expect(refusalsOf({ ...state, adapter: { ...adapter, networkDevices } }, "vm-sriov")).toHaveLength(1);
  });
});
