import { describe, expect, test } from "vitest";
import { type EnvironmentName, environmentTraits } from "../../infra/inventory.ts";
import { activateEnvironment, releaseAdapters } from "./activate.ts";
import { type Activation, ActivationError } from "./activation.ts";
import type { Clock } from "./site.ts";
import { adapterAddress, environmentNamed, testInventory } from "./testing/inventory.ts";
import { deployedNode, networkAtHome } from "./testing/simulated-node.ts";
import { BrokenOff, SimulatedRemote } from "./testing/simulated-remote.ts";

const names = Object.keys(environmentTraits) as EnvironmentName[];

/** Time passes only when somebody waits. */
function testClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

function testbed(nodeCount = 1) {
  const inventory = testInventory(nodeCount);
  const remotes = inventory.nodes.map(({ name }) => new SimulatedRemote(name, deployedNode()));
  const remoteOf = (name: string): SimulatedRemote => {
    const remote = remotes.find(({ description }) => description === name);
    if (remote === undefined) throw new Error(`no node ${name}`);
    return remote;
  };
  const clock = testClock();
  const activate = (name: EnvironmentName, signal?: AbortSignal): Promise<Activation> =>
    activateEnvironment(
      environmentNamed(inventory, name),
      { inventory, remoteOf, ...(signal === undefined ? {} : { signal }) },
      clock,
    );
  return { inventory, remotes, first: remoteOf("n1"), remoteOf, clock, activate };
}

describe("activateEnvironment", () => {
  test.each(names)("makes %s active, finds its RDMA devices, and then has nothing to do", async (name) => {
    const { activate, remotes } = testbed(2);
    const activation = await activate(name);
    expect(activation).toMatchObject({ environment: name, ownership: environmentTraits[name].ownership });
    expect(activation.placements.map(({ rdmaDevice }) => rdmaDevice)).not.toContain("auto");
    const changes = remotes.map((remote) => remote.changes.length);
    expect(Math.min(...changes)).toBeGreaterThan(0);
    const again = await activate(name);
    expect(again.steps).toEqual([]);
    expect(again.placements).toEqual(activation.placements);
    expect(remotes.map((remote) => remote.changes.length)).toEqual(changes);
  });

  test("tells each step as it is done", async () => {
    const { inventory, remoteOf, clock } = testbed();
    const told: string[] = [];
    const { steps } = await activateEnvironment(
      environmentNamed(inventory, "vm-virtio"),
      { inventory, remoteOf, onStep: ({ node, step }) => told.push(`${node}: ${step}`) },
      clock,
    );
    expect(told).toEqual(steps.map(({ node, step }) => `${node}: ${step}`));
    expect(told).toContain(`n1: attach virtio device 56:00:00:00:00:01 on ${adapterAddress} to g1`);
    expect(told.at(-1)).toBe("n1: set eth1 up in g2 as 198.19.1.1");
  });

  test("gives the whole adapter with its own address to the guest, and the network device comes back as it was", async () => {
    const { activate, first } = testbed();
    await activate("vm-passthrough");
    expect(first.node.guests[0]?.fabric).toEqual(new Map([["52:54:00:00:00:01", "198.19.0.1/16"]]));
    await activate("native");
    expect(first.node.adapter.network).toEqual(networkAtHome());
  });

  const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));
  test.each(pairs)(
    "from %s to %s: broken off after any step it is finished by the next",
    async (from, to) => {
      for (let count = 0; ; count++) {
        const { activate, first, inventory, remoteOf, clock } = testbed();
        await activate(from);
        first.changesLeft = count;
        const outcome = await activate(to).catch((error: unknown) => error);
        first.changesLeft = Number.POSITIVE_INFINITY;
        if (!(outcome instanceof BrokenOff)) {
          expect(outcome).toMatchObject({ environment: to });
          return;
        }
        await activate(to);
        expect((await activate(to)).steps).toEqual([]);
        // Its way home is as good from there.
        await releaseAdapters({ inventory, remoteOf }, clock);
        expect(first.node.adapter.network).toEqual(networkAtHome());
        expect(first.node.virtualFunctions.map(({ driver }) => driver)).toEqual([null, null, null]);
        expect(first.node.guests.map(({ functions, interfaces }) => [functions, interfaces])).toEqual([
          [[], []],
          [[], []],
        ]);
      }
    },
  );

  test("the signal ends it between two steps", async () => {
    const { activate, first } = testbed();
    const abort = new AbortController();
    first.onChange = (verb) => {
      if (verb === "attach-device") abort.abort(new Error("Ctrl-C"));
    };
    await expect(activate("vm-sriov", abort.signal)).rejects.toThrow("Ctrl-C");
    expect(first.changes.filter((verb) => verb === "attach-device")).toHaveLength(1);
    expect(first.node.guests.map(({ functions }) => functions)).toEqual([[0], []]);
  });

  test("a node that refuses lets nothing begin there and names itself; the others end after their step", async () => {
    const { activate, remotes, first } = testbed(2);
    first.observationLines = ["open 4711 /dev/infiniband/uverbs0 ib_send_lat"];
    await expect(activate("vm-sriov")).rejects.toThrow(
      new ActivationError(
        "n1 has its adapter in use by ib_send_lat (process 4711, /dev/infiniband/uverbs0); end it and try again",
      ),
    );
    expect(first.changes).toEqual([]);
    expect(remotes[1]?.changes.length).toBeLessThanOrEqual(1);
  });

  test("a step that fails is named with its reason", async () => {
    const { activate, first } = testbed();
    // The guest goes away between the look at it and the step.
    first.onChange = (verb) => {
      const [guest] = first.node.guests;
      if (verb === "attach-device" && guest !== undefined) guest.state = "paused";
    };
    await expect(activate("vm-sriov")).rejects.toThrow(
      `n1 could not attach virtual function 0 of ${adapterAddress} to g1: g1 does not answer`,
    );
  });

  test("a state that does not last is told", async () => {
    const { activate, first } = testbed();
    first.onChange = () => {
      for (const guest of first.node.guests) guest.state = "paused";
      first.node.softRoce.clear();
      first.onChange = () => undefined;
    };
    await expect(activate("native")).rejects.toThrow(ActivationError);
  });

  test("a guest that is shut off is started", async () => {
    const { activate, first } = testbed();
    Object.assign(first.node.guests[0] ?? {}, { state: "shut-off", answers: false });
    await activate("vm-sriov");
    expect(first.changes.filter((verb) => verb === "start")).toHaveLength(1);
    expect(first.node.guests.map(({ state }) => state)).toEqual(["running", "running"]);
  });

  test("a guest that does not hear that its device is to go is waited for, and asked again", async () => {
    const { activate, first } = testbed();
    await activate("vm-sriov");
    const guest = first.node.guests[0];
    Object.assign(guest ?? {}, { answers: false });
    await activate("vm-passthrough");
    expect(guest?.functions).toEqual([-1]);
    Object.assign(guest ?? {}, { answers: false });
    first.deadGuests.add("g1");
    await expect(activate("native")).rejects.toThrow("g1 on n1 does not answer after 20 minutes");
  });

  test.each([
    [1, "is started again"],
    [2, "is given up the second time"],
  ])("a guest that shuts itself off %i times while it is waited for %s", async (times) => {
    const { inventory, first, remoteOf } = testbed();
    first.deadGuests.add("g1");
    let timesLeft = times;
    const clock: Clock = {
      now: () => 0,
      sleep: async () => {
        if (timesLeft === 0) first.deadGuests.delete("g1");
        else Object.assign(first.node.guests[0] ?? {}, { state: "shut-off" });
        timesLeft = Math.max(0, timesLeft - 1);
      },
    };
    const activation = activateEnvironment(
      environmentNamed(inventory, "vm-passthrough"),
      { inventory, remoteOf },
      clock,
    );
    if (times === 1) {
      await activation;
      expect(first.node.guests[0]?.functions).toEqual([-1]);
    } else {
      await expect(activation).rejects.toThrow(
        /^g1 on n1 shuts itself off again and again; its console ends/,
      );
    }
    expect(first.changes.filter((verb) => verb === "start")).toHaveLength(1);
  });

  test("a guest that never answers is given up after 20 minutes, with its console", async () => {
    const { activate, first, clock } = testbed();
    first.deadGuests.add("g1");
    await expect(activate("vm-passthrough")).rejects.toThrow(
      "g1 on n1 does not answer after 20 minutes (ssh: connect to host 127.0.0.1 port 2222: Connection refused); " +
        "its console ends with: [  OK  ] booting | Kernel panic",
    );
    expect(clock.now()).toBeGreaterThanOrEqual(20 * 60_000);
    expect(first.node.guests[0]?.functions).toEqual([]);
  });
});

test("releaseAdapters tells what it did, and nothing the second time", async () => {
  const { activate, inventory, remoteOf, clock } = testbed(2);
  await activate("vm-passthrough");
  const steps = await releaseAdapters({ inventory, remoteOf }, clock);
  for (const node of ["n1", "n2"]) {
    expect(steps.filter((step) => step.node === node).map(({ step }) => step)).toContain(
      `detach ${adapterAddress} from g1`,
    );
  }
  expect(await releaseAdapters({ inventory, remoteOf }, clock)).toEqual([]);
});
