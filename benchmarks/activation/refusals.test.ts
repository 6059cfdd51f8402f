import { expect, test } from "vitest";
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { NodeState } from "./node-state.ts";
import { parseNodeState } from "./observe.ts";
import { type NodeTarget, targetsOf } from "./target.ts";
import { environmentNamed, testInventory } from "./testing/inventory.ts";
import { observationOf } from "./testing/observation.ts";
import { deployedNode, type NodeModel, pciAddressOf } from "./testing/simulated-node.ts";
import { planTransition } from "./transition.ts";

const inventory = testInventory();

function targetOf(name: EnvironmentName): NodeTarget {
  const [target] = targetsOf(inventory, environmentNamed(inventory, name));
  if (target === undefined) throw new Error("no target");
  return target;
}

function observed(model: NodeModel, extra: readonly string[] = []): NodeState {
  return parseNodeState(observationOf(model, extra), targetOf("native").node);
}

function refusalsOf(state: NodeState, name: EnvironmentName): string[] {
  const transition = planTransition(state, targetOf(name));
  return transition.kind === "refused" ? [...transition.refusals] : [];
}

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
