import { readFileSync } from "node:fs";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { ActivationError } from "./activation.ts";
import { activeEnvironments, describeNodeState } from "./describe.ts";
import { memoryFile, observeNode, parseNodeState } from "./observe.ts";
import { testInventory } from "./testing/inventory.ts";
import { observationOf } from "./testing/observation.ts";
import { bareNetwork, deployedNode, networkAtHome, virtualNetwork } from "./testing/simulated-node.ts";
import { SimulatedRemote } from "./testing/simulated-remote.ts";

const inventory = testInventory();
const [node] = inventory.nodes;
if (node === undefined) throw new Error("the test inventory has no node");

describe("parseNodeState", () => {
  test("reads everything of a node", () => {
    const model = deployedNode();
    Object.assign(model.guests[0] ?? {}, { functions: [0], interfaces: ["56:00:00:00:00:09"] });
    Object.assign(model.guests[1] ?? {}, { state: "shut-off", functions: [1] });
    Object.assign(model.virtualFunctions[2] ?? {}, {
      driver: "igbvf",
      network: virtualNetwork(2, "56:00:00:00:02:01"),
    });
    model.remembered = bareNetwork();
    const state = parseNodeState(observationOf(model), node);
    expect(state.adapter).toMatchObject({
      pciAddress: "0000:01:00.0",
      driver: "igb",
      networkDevices: [{ ...networkAtHome(), linkLayer: "ethernet" }],
      iommuGroup: { number: 19, type: "identity", others: [] },
      virtualFunctionCount: 3,
      virtualFunctionTotal: 7,
      autoprobe: false,
    });
    expect(state.adapter?.virtualFunctions.map(({ pciAddress, driver }) => [pciAddress, driver])).toEqual([
      ["0000:01:10.0", null],
      ["0000:01:10.2", null],
      ["0000:01:10.4", "igbvf"],
    ]);
    expect(state.softRoceLinks).toEqual([{ rdmaDevice: "rxe0", networkDevice: "fab0" }]);
    expect(state.managementDevices).toEqual(["mgmt0"]);
    expect(state.remembered).toEqual({
      networkDevice: "eth1",
      macAddress: "52:54:00:00:00:01",
      mtuBytes: 1500,
      up: false,
      addresses: [],
    });
    expect(state.guests).toEqual([
      {
        name: "g1",
        domain: "testbed-test-g1",
        state: "running",
        pciDevices: ["0000:01:10.0"],
        interfaces: [{ macAddress: "56:00:00:00:00:09", networkDevice: "fab0" }],
      },
      // What a guest that is shut off would get at its next start is not held by it now.
      { name: "g2", domain: "testbed-test-g2", state: "shut-off", pciDevices: [], interfaces: [] },
    ]);
    expect(state.libvirtFailure).toBeNull();
  });

  test("reads the addresses of virtual functions as iproute2 of CentOS 7 prints them", () => {
    const text = observationOf(deployedNode()).replace(
      "link vf 1     link/ether 00:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff,",
      "link vf 1 MAC 56:00:00:00:01:0A,",
    );
    const macs = parseNodeState(text, node).adapter?.virtualFunctions.map(({ macAddress }) => macAddress);
    expect(macs).toEqual(["00:00:00:00:00:00", "56:00:00:00:01:0a", "00:00:00:00:00:00"]);
  });

  test("does not ask for libvirt where there are no guests", () => {
    const text = observationOf(deployedNode()).split("libvirt\n")[0] ?? "";
    const state = parseNodeState(text, { ...node, guests: [] });
    expect(state.libvirtFailure).toBeNull();
    expect(state.guests).toEqual([]);
  });
});

test("observe.sh runs on this machine, which has no such adapter", async () => {
  const script = readFileSync(new URL("./observe.sh", import.meta.url), "utf8");
  const { stdout, stderr } = await execa("sh", ["-s", "--", "ffff:ff:1f.7", "/nonexistent"], {
    input: script,
    env: { SSH_CONNECTION: "192.0.2.9 50000 127.0.0.1 22" },
    stripFinalNewline: false,
  });
  expect(stderr).toBe("");
  const state = parseNodeState(stdout, { ...node, guests: [] });
  expect(state.adapter).toBeNull();
  expect(state.managementDevices).toEqual(["lo"]);
});

describe("observeNode", () => {
  test("refuses a domain's name that virsh could take for something else", async () => {
    const [guest] = node.guests;
    if (guest === undefined) throw new Error("no guest");
    const strange = { ...node, guests: [{ ...guest, domain: "g1; destroy g2" }] };
    const remote = new SimulatedRemote("n1", deployedNode());
    await expect(observeNode(remote, strange, inventory)).rejects.toThrow(ActivationError);
    expect((await observeNode(remote, node, inventory)).guests).toHaveLength(2);
  });

  test("keeps the memory of each stack apart", () => {
    expect(memoryFile("test")).toBe("/run/hpc-virtualization-testbed/test/adapter-network");
  });
});

describe("describeNodeState", () => {
  test("of a node at home, whose guests are paused", () => {
    const model = deployedNode();
    for (const guest of model.guests) guest.state = "paused";
    expect(describeNodeState(parseNodeState(observationOf(model), node), node, inventory)).toEqual({
      node: "n1",
      adapter: "0000:01:00.0 (igb)",
      virtualFunctions: "3 of 7",
      holders: ["n1: fab0 rxe0"],
      guests: ["g1 paused", "g2 paused"],
      environments: ["native", "container-passthrough"],
    });
  });

  test("of guests that have a virtual function, a virtio device, and of a program", () => {
    const model = deployedNode();
    Object.assign(model.guests[0] ?? {}, { functions: [0] });
    Object.assign(model.guests[1] ?? {}, { interfaces: ["56:00:00:00:01:01"], state: "paused" });
    const state = parseNodeState(observationOf(model, ["open 7 /dev/infiniband/uverbs0 ib_send_bw"]), node);
    expect(describeNodeState(state, node, inventory)).toMatchObject({
      holders: ["n1: fab0 rxe0", "g1: VF 0", "g2: virtio on fab0", "ib_send_bw (process 7)"],
      environments: [],
    });
  });

  test("of a guest that has the whole adapter", () => {
    const model = deployedNode();
    Object.assign(model, {
      adapter: { driver: "vfio-pci", network: null },
      virtualFunctions: [],
      remembered: networkAtHome(),
    });
    model.softRoce.clear();
    Object.assign(model.guests[0] ?? {}, { functions: [-1] });
    Object.assign(model.guests[1] ?? {}, { state: "paused" });
    expect(describeNodeState(parseNodeState(observationOf(model), node), node, inventory)).toMatchObject({
      adapter: "0000:01:00.0 (vfio-pci)",
      holders: ["g1: the adapter"],
      environments: ["vm-passthrough"],
    });
  });

  test("of an adapter that is gone", () => {
    const state = { ...parseNodeState(observationOf(deployedNode()), node), adapter: null };
    expect(describeNodeState(state, node, inventory)).toMatchObject({
      adapter: "0000:01:00.0 (missing)",
      virtualFunctions: "-",
      holders: [],
      environments: [],
    });
  });
});

test("an environment is active when it is so on every node", () => {
  const model = deployedNode();
  for (const guest of model.guests) guest.state = "paused";
  const described = describeNodeState(parseNodeState(observationOf(model), node), node, inventory);
  expect(activeEnvironments([described, described])).toEqual(["native", "container-passthrough"]);
  expect(activeEnvironments([described, { ...described, environments: ["vm-sriov", "native"] }])).toEqual([
    "native",
  ]);
  expect(activeEnvironments([])).toEqual([]);
});
