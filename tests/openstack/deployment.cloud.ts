/**
 * A stack on leased nodes from its first preview to the last thing that it leaves: the steps follow each other and share one stack
 * on the small OpenStack.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Blazar } from "../../infra/openstack/blazar.ts";
import { Nova } from "../../infra/openstack/nova.ts";
import { Deployment, type Outputs } from "./deployment.ts";
import {
  behaviourDirectory,
  credentialSecrets,
  holdings,
  nodeType,
  nothing,
  project,
  region,
  sessionOf,
} from "./project.ts";

const stack = "cloud";
const folder = mkdtempSync(join(tmpdir(), "testbed-openstack-"));
const privateKeyPath = join(folder, "key");
const alice = sessionOf("alice");
const [nova, blazar] = [new Nova(alice), new Blazar(alice)];
const nodes = {
  source: "chameleon",
  cloud: "alice",
  site: region,
  project,
  privateKeyPath,
  leaseHours: 2,
  nodeType,
  count: 2,
  image: "CC-Ubuntu24.04",
  rdmaDevice: "mlx4_0",
};
const servers = ["n1", "n2"].map((node) => `testbed-${stack}-${node}`);
/** What the project has while the stack is up. */
const deployed = {
  leases: [`testbed-${stack} ACTIVE`],
  servers: servers.map((name) => `${name} ACTIVE`),
  ports: servers.map((name) => `${name} ACTIVE`),
  floatingIps: servers.map((name) => `${name} ACTIVE`),
  keyPairs: [`testbed-${stack}`],
};

let deployment: Deployment;
let first: Outputs;

async function held(): Promise<Record<string, string[]>> {
  const all = await holdings(alice);
  return Object.fromEntries(Object.entries(all).map(([kind, names]) => [kind, names.sort()]));
}

/** How long a lease is, in whole hours: it begins at a full minute. */
function hoursOf({ lease }: Outputs, startMs: number): number {
  return Math.round((Date.parse(lease.endsAt) - startMs) / 3_600_000);
}

beforeAll(async () => {
  expect(await holdings(alice)).toEqual(nothing);
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", privateKeyPath]);
  deployment = await Deployment.create(stack, nodes);
});
afterAll(async () => {
  await deployment.testbed("reap", "--owner", stack, "--cloud", "alice", "--yes");
  deployment.loseState();
  rmSync(folder, { recursive: true });
});

describe("before anything is made", () => {
  test("the preview says what the lease costs, when it ends, and that the suite fits", async () => {
    const { exitCode, text } = await deployment.pulumi("preview");
    expect(exitCode).toBe(0);
    expect(text).toMatch(
      /2 nodes of type compute_haswell_ib at RegionOne for 2 hours: 4 node-hours, from .* to .* UTC; the suite takes about .*, and fits/,
    );
    expect(await holdings(alice)).toEqual(nothing);
  });

  test("a lease that is too short for the suite is refused, with what would fit", async () => {
    deployment.configure("leaseHours", 0.5);
    const { exitCode, text } = await deployment.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/the suite takes about .*; right would be nodes\.leaseHours of 1 or more/);
    deployment.configure("leaseHours", nodes.leaseHours);
  });
});

describe("up", () => {
  test("that meets a server which goes wrong ends with Nova's own words", async () => {
    const behaviour = join(behaviourDirectory, servers[1] ?? "");
    writeFileSync(behaviour, "fail");
    const { exitCode, text } = await deployment.pulumi("up", "--yes");
    rmSync(behaviour);
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/The server testbed-cloud-n2 is in ERROR: .*provisioning failed/);
    expect((await held()).leases).toEqual(deployed.leases);
  });

  test("again makes that server anew: lease, servers, ports, floating IPs and key pair are there", async () => {
    expect((await deployment.pulumi("up", "--yes")).exitCode).toBe(0);
    expect(await held()).toEqual(deployed);
    first = await deployment.outputs();
  });

  test("gives the way to each node: its floating IP, and the host key that its console shows", async () => {
    expect(first.lease).toMatchObject({ site: region, nodeType });
    const addresses = new Set(first.nodes.map(({ connection }) => connection.address));
    expect(addresses.size).toBe(2);
    for (const [index, { connection, generation }] of first.nodes.entries()) {
      expect(connection).toMatchObject({ user: "cc", privateKeyPath });
      expect(connection.address).toMatch(/^192\.0\.2\.\d+$/);
      const console = await nova.consoleOutput(generation);
      expect(console).toContain(`${connection.hostKey} root@${servers[index]}`);
    }
  });

  test("once more changes nothing", async () => {
    const { exitCode, text } = await deployment.pulumi("up", "--yes", "--expect-no-changes");
    expect(exitCode, text).toBe(0);
    expect(await deployment.outputs()).toEqual(first);
  });

  test("with more hours extends the lease in place, under the same servers", async () => {
    const [lease] = await blazar.list();
    deployment.configure("leaseHours", 3);
    expect((await deployment.pulumi("up", "--yes")).exitCode).toBe(0);
    const extended = await deployment.outputs();
    expect(hoursOf(extended, lease?.startMs ?? 0)).toBe(3);
    expect((await blazar.list()).map(({ id }) => id)).toEqual([lease?.id]);
    expect(extended.nodes).toEqual(first.nodes);
  });
});

describe("what is lost behind the stack's back", () => {
  test("a server that was deleted by hand is made anew, and no other", async () => {
    const [one, other] = first.nodes;
    await nova.deleteServer(one?.generation ?? "");
    expect((await deployment.pulumi("up", "--yes")).exitCode).toBe(0);
    expect(await held()).toEqual(deployed);
    const now = (await deployment.outputs()).nodes;
    expect(now[0]?.generation).not.toBe(one?.generation);
    expect(now[1]).toEqual(other);
  });

  test("a lease that was deleted by hand is said at preview, and leased again by up with new servers", async () => {
    const [lease] = await blazar.list();
    await blazar.delete(lease?.id ?? "");
    const preview = await deployment.pulumi("preview");
    expect(preview.text).toMatch(
      /the lease "testbed-cloud" is not there any more: somebody has deleted it; a new one is needed/,
    );
    const before = (await deployment.outputs()).nodes.map(({ generation }) => generation);
    expect((await deployment.pulumi("up", "--yes")).exitCode).toBe(0);
    expect(await held()).toEqual(deployed);
    const after = (await deployment.outputs()).nodes.map(({ generation }) => generation);
    for (const generation of after) expect(before).not.toContain(generation);
  });
});

test("no secret is in the state, in the outputs, or in anything that was printed", async () => {
  const everything = [await deployment.state(), ...deployment.transcript].join("\n");
  expect(everything).toContain(nodeType);
  for (const secret of credentialSecrets()) expect(everything).not.toContain(secret);
  // A token of Keystone's (Fernet) opens as much as a secret for its hour.
  expect(everything).not.toMatch(/gAAAAA[\w-]{50}/);
  expect(everything).not.toContain("PRIVATE KEY");
});

test("destroy leaves no lease, server, port, floating IP or key pair", async () => {
  expect((await deployment.pulumi("destroy", "--yes")).exitCode).toBe(0);
  expect(await holdings(alice)).toEqual(nothing);
});

describe("an up that is killed", () => {
  test("is taken up by the next one, which finds the lease that it has asked for", async () => {
    await deployment.killedUp(() => blazar.list().then((leases) => leases.length > 0));
    const [lease] = await blazar.list();
    expect((await deployment.pulumi("up", "--yes")).exitCode).toBe(0);
    expect(await held()).toEqual(deployed);
    expect((await blazar.list())[0]?.id).toBe(lease?.id);
  });

  test("with its state lost leaves things that reap lists, and deletes when asked", async () => {
    deployment.loseState();
    const listed = await deployment.testbed("reap", "--owner", stack, "--cloud", "alice");
    expect(listed.exitCode).toBe(0);
    for (const name of servers) expect(listed.text).toContain(name);
    expect(listed.text).toContain("nothing was deleted");
    expect(await held()).toEqual(deployed);
    expect((await deployment.testbed("reap", "--owner", "clou", "--cloud", "alice")).text).toContain(
      "nothing of the stack clou",
    );

    const reaped = await deployment.testbed("reap", "--owner", stack, "--cloud", "alice", "--yes");
    expect(reaped.exitCode).toBe(0);
    expect(await holdings(alice)).toEqual(nothing);
  });
});
