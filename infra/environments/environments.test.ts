/** What is declared for environments: containers, guests, what the inventory tells of them, and that adapters come home. */
import { describe, expect, test } from "vitest";
import { environmentTraits, inventorySchema } from "../inventory.ts";
import { emulatedNodes, existingNodes, planOf, settings } from "../testing/plans.ts";
import { ofType, recordTestbed, scriptOf, titles } from "../testing/recording-mock.ts";

const environments = Object.keys(environmentTraits);
const everything = await recordTestbed(
  planOf({ nodes: emulatedNodes, environments, guestsPerNode: 2, appliance: { virtualFunctions: 3 } }),
);

describe("the inventory", () => {
  const { inventory } = everything.outputs;

  test("has every environment with its kind, and with who holds the adapter", () => {
    expect(() => inventorySchema.parse(inventory)).not.toThrow();
    expect(
      Object.fromEntries(
        inventory.environments.map(({ name, kind, ownership }) => [name, { kind, ownership }]),
      ),
    ).toEqual(environmentTraits);
  });

  test("tells how to run a command in each", () => {
    const prefixes = Object.fromEntries(
      inventory.environments.map(({ name, placements }) => [
        name,
        placements.filter(({ node }) => node === "n2").map(({ commandPrefix }) => commandPrefix.join(" ")),
      ]),
    );
    const inGuest = "/var/lib/hpc-virtualization-testbed/mock/guests/in-guest";
    expect(prefixes).toEqual({
      native: [""],
      "vm-passthrough": [`${inGuest} g1`],
      "vm-sriov": [`${inGuest} g1`, `${inGuest} g2`],
      "container-passthrough": ["docker exec -i testbed-mock"],
      "container-sriov": ["docker exec -i testbed-mock-sriov"],
      "vm-virtio": [`${inGuest} g1`, `${inGuest} g2`],
    });
  });

  test("has the guests of each node, and what the activation of an environment is to set up", () => {
    expect(
      inventory.nodes.map(({ guests }) => guests.map(({ name, domain }) => `${name} ${domain}`)),
    ).toEqual([
      ["g1 testbed-mock-g1", "g2 testbed-mock-g2"],
      ["g1 testbed-mock-g1", "g2 testbed-mock-g2"],
    ]);
    expect(inventory.nodes[0]?.guests[1]).toMatchObject({
      consolePath: "/var/log/libvirt/qemu/testbed-mock-g2.console",
      sharedMemory: { name: "testbed-mock", sizeMib: 1 },
    });
    const sriov = inventory.environments.find(({ name }) => name === "vm-sriov");
    expect(sriov?.placements[3]).toMatchObject({
      node: "n2",
      guest: "g2",
      virtualFunction: 1,
      fabricPrefixLength: 16,
      macAddress: expect.stringMatching(/^56:/),
    });
    expect(sriov?.imageDigest).toMatch(/^8{64}$/);
  });
});

describe("adapters", () => {
  const releases = (resources: typeof everything.resources) =>
    ofType(resources, "command:local:Command").filter(
      ({ inputs }) => scriptOf(inputs) === "benchmarks/activation/adapter-release.ts",
    );

  test("are given back by each node on its own, which is told of no other", () => {
    const declared = releases(everything.resources);
    expect(declared.map(({ name }) => name).sort()).toEqual(["n1-adapter", "n2-adapter"]);
    for (const { name, inputs } of declared) {
      expect(inputs).toMatchObject({ create: "create", delete: "release" });
      const environment = inputs.environment as { TESTBED_REQUEST: string };
      const { inventory } = JSON.parse(environment.TESTBED_REQUEST);
      const [node] = inventorySchema.parse(inventory).nodes;
      expect(`${node?.name}-adapter`).toBe(name);
      expect(inventory.nodes).toHaveLength(1);
      expect(environment.TESTBED_REQUEST).not.toContain(name === "n1-adapter" ? '"n2"' : '"n1"');
    }
  });

  test("need not be given back where they are never given away", async () => {
    const { resources } = await recordTestbed(
      planOf({ nodes: existingNodes, environments: ["native", "container-passthrough"], ...settings }),
    );
    expect(releases(resources)).toEqual([]);
  });
});

describe("guests", () => {
  const domains = ofType(everything.resources, "libvirt:index/domain:Domain").filter(({ name }) =>
    name.includes("-guest-"),
  );

  test("of a node have names, ports and disks of their own", () => {
    expect(domains.map(({ name }) => name).sort()).toEqual([
      "n1-guest-g1",
      "n1-guest-g2",
      "n2-guest-g1",
      "n2-guest-g2",
    ]);
    const ports = domains.map(
      ({ inputs }) => /hostfwd=[^"]*/.exec((inputs.xml as { xslt: string }).xslt)?.[0],
    );
    expect([...new Set(ports)].sort()).toEqual([
      "hostfwd=tcp:127.0.0.1:24300-:22",
      "hostfwd=tcp:127.0.0.1:24301-:22",
    ]);
    const disks = domains.flatMap(({ inputs }) => inputs.disks as { volumeId: string }[]);
    expect(new Set(disks.map(({ volumeId }) => volumeId)).size).toBe(8);
  });

  test("run from the deployment on, and not from a boot of the node that nobody asked for", () => {
    for (const { inputs } of domains) {
      expect(inputs).toMatchObject({ running: true, autostart: false, machine: "q35", type: "qemu" });
      expect(inputs).not.toHaveProperty("networkInterfaces");
    }
  });

  test("of a cloud image boot by themselves, from an image whose checksum was asked for", async () => {
    const image = { source: "https://example.org/guest.qcow2", sha256: "c".repeat(64) };
    const { resources, outputs } = await recordTestbed(
      planOf({
        nodes: existingNodes,
        environments: ["vm-sriov"],
        ...settings,
        guest: { ...settings.guest, image, packages: ["perftest"] },
      }),
    );
    const all = titles(resources).join("\n");
    expect(all).not.toMatch(/Command images|-kernel$|-initrd$/m);
    const fetched = resources.find(({ name }) => name === "guest-image");
    expect(fetched?.inputs.environment).toMatchObject({ TESTBED_REQUEST: JSON.stringify(image) });
    const [domain] = ofType(resources, "libvirt:index/domain:Domain");
    expect(domain?.inputs).not.toHaveProperty("kernel");
    expect(domain?.inputs).not.toHaveProperty("cmdlines");
    const disk = resources.find(({ name }) => name === "left-guest-g1-disk");
    expect(disk?.inputs.size).toBe(20 * 2 ** 30);
    const seed = resources.find(({ name }) => name === "left-g1-seed-file");
    expect(JSON.stringify(seed?.inputs.environment)).toContain("#cloud-config");
    expect(outputs.inventory.environments[0]?.imageDigest).toBe(image.sha256);
  });
});

describe("the container", () => {
  const containersOf = async (container: object) => {
    const { resources } = await recordTestbed(planOf({ nodes: emulatedNodes, container }));
    return ofType(resources, "docker:index/container:Container").map(({ inputs }) => inputs);
  };
  const always = {
    name: "testbed-mock",
    networkMode: "host",
    devices: [{ hostPath: "/dev/infiniband", containerPath: "/dev/infiniband", permissions: "rwm" }],
    ulimits: [{ name: "memlock", soft: -1, hard: -1 }],
  };

  test("is privileged by default, as in the paper", async () => {
    const containers = await containersOf({});
    expect(containers).toHaveLength(2);
    for (const container of containers) {
      expect(container).toMatchObject({ ...always, privileged: true });
      expect(container).not.toHaveProperty("capabilities");
    }
  });

  test("has what RDMA needs and nothing more by a switch", async () => {
    const containers = await containersOf({ privileged: false });
    expect(containers).toHaveLength(2);
    for (const container of containers) {
      expect(container).toMatchObject({
        ...always,
        privileged: false,
        capabilities: { adds: ["CAP_IPC_LOCK"], drops: ["ALL"] },
      });
    }
  });

  test("sees the devices of an adapter come and go in the node's own folder", async () => {
    const hosts = existingNodes.hosts.map((host) => ({ ...host, rdmaDevice: "mlx5_0" }));
    const { resources } = await recordTestbed(
      planOf({
        nodes: { source: "existing", hosts },
        environments: ["container-passthrough", "container-sriov"],
      }),
    );
    const containers = ofType(resources, "docker:index/container:Container");
    expect(containers.map(({ name }) => name).sort()).toEqual([
      "left-container",
      "left-container-sriov",
      "right-container",
      "right-container-sriov",
    ]);
    for (const { inputs } of containers) {
      expect(inputs).not.toHaveProperty("devices");
      expect(inputs).toMatchObject({
        volumes: [{ hostPath: "/dev/infiniband", containerPath: "/dev/infiniband" }],
        deviceCgroupRules: ["c 231:* rw", "c 10:* rw"],
      });
    }
    const images = resources.filter(
      ({ inputs }) => "interpreter" in inputs && scriptOf(inputs) === "infra/environments/load-image.ts",
    );
    expect(images).toHaveLength(2);
  });
});
