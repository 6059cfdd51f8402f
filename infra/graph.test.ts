/** The resources of a whole stack, as the engine would be told them: which there are, and what each is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inventorySchema } from "./inventory.ts";
import { nodeSummarySchema } from "./outputs.ts";
import { checkoutDirectory } from "./paths.ts";
import { withoutSecret } from "./provider/values.ts";
import { emulatedNodes, existingNodes, leasedNodes, planOf, settings } from "./testing/plans.ts";
import {
  ofType,
  privateKeyMark,
  type RecordedResource,
  recordTestbed,
  scriptOf,
  titles,
} from "./testing/recording-mock.ts";

const emulated = await recordTestbed(planOf({ nodes: emulatedNodes, ...settings }));
const existing = await recordTestbed(planOf({ nodes: existingNodes, ...settings }));
const leased = await recordTestbed(planOf({ nodes: leasedNodes, ...settings }));

/** What there is on each node of an emulated testbed. */
const onNode = (node: string): string[] => [
  `command:local:Command ${node}-adapter`,
  `command:local:Command ${node}-container-image`,
  `command:local:Command ${node}-g1-seed-file`,
  `command:local:Command ${node}-guest-g1-ready`,
  `command:local:Command ${node}-guests-access`,
  `command:local:Command ${node}-guests-reach`,
  `command:local:Command ${node}-seed-file`,
  `docker:index/container:Container ${node}-container`,
  `libvirt:index/domain:Domain ${node}-guest-g1`,
  `libvirt:index/domain:Domain testbed-mock-${node}`,
  `libvirt:index/pool:Pool ${node}-guests-pool`,
  `libvirt:index/volume:Volume ${node}-guest-g1-disk`,
  `libvirt:index/volume:Volume ${node}-guest-g1-seed`,
  `libvirt:index/volume:Volume ${node}-guests-base`,
  `libvirt:index/volume:Volume ${node}-guests-initrd`,
  `libvirt:index/volume:Volume ${node}-guests-kernel`,
  `libvirt:index/volume:Volume testbed-mock-${node}-disk`,
  `libvirt:index/volume:Volume testbed-mock-${node}-seed`,
  `pulumi:providers:docker ${node}-container-docker`,
  `pulumi:providers:libvirt ${node}-guests-libvirt`,
  `testbed:index:Appliance ${node}-appliance`,
  `testbed:index:ContainerEnvironment ${node}-container`,
  `testbed:index:CpuFrequency ${node}-appliance-cpu-frequency`,
  `testbed:index:Drivers ${node}-appliance-drivers`,
  `testbed:index:GuestEnvironment ${node}-guests`,
  `testbed:index:Host ${node}`,
  `testbed:index:Hugepages ${node}-appliance-hugepages`,
  `testbed:index:KernelArguments ${node}-appliance-kernel-arguments`,
  `testbed:index:SshKeyPair ${node}-g1-host-key`,
  `testbed:index:SshKeyPair ${node}-host-key`,
  `testbed:index:VirtualFunctions ${node}-appliance-virtual-functions`,
  `testbed:index:Virtualization ${node}-appliance-virtualization`,
];

test("an emulated testbed of two nodes with the paper's four environments is exactly these resources", () => {
  expect(titles(emulated.resources)).toEqual(
    [
      "command:local:Command accelerator",
      "command:local:Command images",
      "command:local:Command libvirt",
      "command:local:Command stack-folders",
      "command:local:Command suite-run",
      "libvirt:index/network:Network testbed-mock-fabric",
      "libvirt:index/pool:Pool testbed-mock-pool",
      "libvirt:index/volume:Volume testbed-mock-base",
      "pulumi:providers:libvirt testbed-mock-libvirt",
      "testbed:index:SshKeyPair guest-user-key",
      "testbed:index:SshKeyPair user-key",
      "testbed:index:SuiteRun suite",
      ...onNode("n1"),
      ...onNode("n2"),
    ].sort(),
  );
});

test("every action starts a program, and not a module that would only load and end well", () => {
  const scripts = new Set(
    ofType(emulated.resources, "command:local:Command").map(({ inputs }) => scriptOf(inputs)),
  );
  expect(scripts.size).toBeGreaterThan(5);
  for (const script of scripts) {
    expect(readFileSync(join(checkoutDirectory, script), "utf8"), script).toMatch(/process\.(argv|exitCode)/);
  }
});

describe("the same resource graph everywhere (design, decision 1)", () => {
  /** What an emulated or a leased node stands on; everything else is above the nodes. */
  const belowNodes = ({ name }: RecordedResource): boolean =>
    /^(testbed-mock-.*|n\d-(host-key|seed-file)|user-key|libvirt|accelerator|site|lease)$/.test(name);
  /** How a node is reached and where it is from: all that may differ above the nodes. */
  const ofTheSource = new Set(["connection", "generation", "source", "emulatedHost", "lease"]);
  /** Texts that have the node's name somewhere in them. */
  const ofTheName = new Set(["userData", "knownHostsPath", "hostKey"]);

  /** Emulated machines have an identity that what stands on them goes with: a trigger or a label. */
  const tellsMachine = (item: unknown): boolean =>
    JSON.stringify(item).includes("testbed-mock-n1-id") ||
    JSON.stringify(item).includes("testbed-mock-n2-id");

  /** A value without what is of the node's source, and with the node's place for its name. JSON in text is looked into. */
  function comparable(value: unknown, names: readonly string[]): unknown {
    if (typeof value === "string") {
      if (value.startsWith("{")) return comparable(JSON.parse(value), names);
      const place = names.findIndex((name) => value === name || value.startsWith(`${name}-`));
      return place < 0 ? value : `node ${place}${value.slice(names[place]?.length)}`;
    }
    if (Array.isArray(value)) {
      return value.filter((item) => !tellsMachine(item)).map((item) => comparable(item, names));
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !ofTheSource.has(key) && !ofTheName.has(key))
        .map(([key, item]) => [key, comparable(item, names)]),
    );
  }

  function aboveNodes(resources: readonly RecordedResource[], names: readonly string[]) {
    return resources
      .filter((resource) => !belowNodes(resource))
      .map(({ type, name, inputs }) => ({
        type,
        name: comparable(name, names),
        // A provider of Docker is told nothing but the connection.
        inputs: type === "pulumi:providers:docker" ? Object.keys(inputs) : comparable(inputs, names),
      }))
      .sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
  }

  test("above the nodes, emulated nodes and hosts of one's own give the same", () => {
    const hosts = aboveNodes(existing.resources, ["left", "right"]);
    expect(hosts.length).toBeGreaterThan(20);
    expect(aboveNodes(emulated.resources, ["n1", "n2"])).toEqual(hosts);
  });

  test("above the nodes, leased nodes give the same as well", () => {
    const nodes = ["n1", "n2"];
    expect(aboveNodes(leased.resources, nodes)).toEqual(aboveNodes(emulated.resources, nodes));
  });

  test("hosts of one's own stand on nothing of this machine", () => {
    expect(existing.resources.filter(belowNodes)).toEqual([]);
  });

  test("each node is reached as its source says", () => {
    const connections = ofType(existing.resources, "testbed:index:Host").map(
      ({ inputs }) => inputs.connection,
    );
    expect(connections).toEqual([
      { address: "left.example.org", user: "operator" },
      { address: "192.0.2.7", port: 2222 },
    ]);
    for (const { inputs } of ofType(emulated.resources, "testbed:index:Host")) {
      expect(inputs.connection).toMatchObject({
        address: "127.0.0.1",
        hostKey: expect.stringMatching(/^ssh-ed25519 \S+$/),
      });
    }
  });
});

describe("leased nodes", () => {
  const cloudResources = leased.resources.filter(({ name }) => /^(testbed-mock-.*|site|lease)$/.test(name));

  test("stand on a lease, and each has a server, a port, a floating IP and the host key of its console", () => {
    const onCloud = (node: string): string[] => [
      `openstack:index/networkingFloatingipV2:NetworkingFloatingipV2 testbed-mock-${node}-floating-ip`,
      `openstack:index/networkingPortV2:NetworkingPortV2 testbed-mock-${node}-port`,
      `testbed:index:LeasedServer testbed-mock-${node}`,
      `testbed:index:ServerIdentity testbed-mock-${node}-identity`,
    ];
    expect(titles(cloudResources)).toEqual(
      [
        "openstack:index/computeKeypairV2:ComputeKeypairV2 testbed-mock-key-pair",
        "pulumi:providers:openstack testbed-mock-cloud",
        "testbed:index:Lease lease",
        "testbed:index:Site site",
        ...onCloud("n1"),
        ...onCloud("n2"),
      ].sort(),
    );
  });

  test("are booted on the reservation, and carry the stack's mark", () => {
    for (const { inputs } of ofType(leased.resources, "testbed:index:LeasedServer")) {
      expect(inputs).toMatchObject({
        imageId: "image-1",
        flavourId: "flavour-1",
        keyPair: "testbed-mock",
        reservationId: "reservation-1",
        metadata: { "testbed-stack": "mock" },
      });
    }
    const tagged = leased.resources.filter(({ type }) => /Networking(Port|Floatingip)V2$/.test(type));
    expect(tagged.map(({ inputs }) => inputs.tags)).toEqual(Array(4).fill(["testbed-stack=mock"]));
  });

  test("are reached by their floating IPs, with the host key of their console", () => {
    const [host] = ofType(leased.resources, "testbed:index:Host").filter(({ name }) => name === "n1");
    expect(host?.inputs.connection).toEqual({
      address: "192.0.2.1",
      user: "cc",
      privateKeyPath: "/home/user/.ssh/id_ed25519",
      hostKey: "ssh-ed25519 AAAAmockn1",
    });
  });

  test("the credentials are in no resource: the providers find them themselves", () => {
    const [provider] = ofType(leased.resources, "pulumi:providers:openstack");
    expect(Object.keys(provider?.inputs ?? {}).filter((key) => key !== "version")).toEqual(["region"]);
  });
});

describe("what libvirt is given", () => {
  const objects = emulated.resources.filter(({ type }) => type.startsWith("libvirt:"));

  test("every object is named after the stack; volumes by the pool that they lie in", () => {
    expect(objects.length).toBeGreaterThan(0);
    for (const { inputs } of objects) {
      expect(inputs.pool ?? inputs.name).toMatch(/^testbed-mock(-|$)/);
    }
  });

  test("addresses nothing but loopback: the fabric has no address of this machine, management is a port on 127.0.0.1", () => {
    const networks = ofType(objects, "libvirt:index/network:Network");
    expect(networks.map(({ inputs }) => inputs.addresses)).toEqual([undefined]);
    for (const { inputs } of ofType(objects, "libvirt:index/domain:Domain")) {
      const { xslt } = inputs.xml as { xslt: string };
      expect(xslt.match(/hostfwd=[^"]*/g)).toEqual([
        expect.stringMatching(/^hostfwd=tcp:127\.0\.0\.1:\d+-:22$/),
      ]);
    }
  });
});

describe("private keys", () => {
  const inBase64 = Buffer.from(privateKeyMark).toString("base64").slice(0, -4);
  /** The value as it would be seen: without what is marked secret. */
  const seen = (value: unknown): string =>
    JSON.stringify(value, (_, item: unknown) => (withoutSecret(item) === item ? item : "[secret]"));
  const holdsKey = (text: string): boolean => text.includes(privateKeyMark) || text.includes(inBase64);

  test("reach a node to let it into its guests, and are secret there", () => {
    const access = ofType(emulated.resources, "command:local:Command").filter(
      ({ inputs }) => scriptOf(inputs) === "infra/environments/guest-access.ts",
    );
    expect(access).toHaveLength(2);
    for (const { inputs } of access) {
      expect(holdsKey(JSON.stringify(inputs))).toBe(true);
      expect(holdsKey(seen(inputs))).toBe(false);
    }
  });

  test("reach nodes and guests in their seeds, and are secret there", () => {
    const seeds = ofType(emulated.resources, "command:local:Command").filter(
      ({ inputs }) => scriptOf(inputs) === "infra/nodes/make-seed.ts",
    );
    expect(seeds.map(({ name }) => name).sort()).toEqual([
      "n1-g1-seed-file",
      "n1-seed-file",
      "n2-g1-seed-file",
      "n2-seed-file",
    ]);
    for (const { inputs } of seeds) {
      expect(holdsKey(JSON.stringify(inputs))).toBe(true);
      expect(holdsKey(seen(inputs))).toBe(false);
    }
  });

  test("stand in no plain input, in no other resource, and in no output", () => {
    expect(emulated.resources.filter(({ inputs }) => holdsKey(seen(inputs)))).toEqual([]);
    const others = emulated.resources.filter(({ name }) => !/-(seed-file|guests-access)$/.test(name));
    expect(others.filter(({ inputs }) => holdsKey(JSON.stringify(inputs)))).toEqual([]);
    expect(holdsKey(JSON.stringify(emulated.outputs))).toBe(false);
    expect(emulated.secretOutputs).toEqual([]);
  });
});

describe("the suite", () => {
  test("is handed the inventory that is also a stack output", () => {
    for (const { resources, outputs } of [emulated, existing]) {
      const suite = resources.find(
        ({ inputs }) => "interpreter" in inputs && scriptOf(inputs) === "benchmarks/cli.ts",
      );
      expect(inventorySchema.parse(JSON.parse(String(suite?.inputs.stdin)))).toEqual(outputs.inventory);
      expect(outputs.nodes.map((node) => nodeSummarySchema.parse(node).name)).toEqual(
        outputs.inventory.nodes.map(({ name }) => name),
      );
    }
  });

  test("a testbed without containers makes no image for hosts of one's own", async () => {
    const { resources } = await recordTestbed(
      planOf({ nodes: existingNodes, environments: ["native"], ...settings }),
    );
    expect(titles(resources).filter((title) => /image|docker|container/i.test(title))).toEqual([]);
  });
});
