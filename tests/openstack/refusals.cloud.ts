/**
 * What the real services refuse, through the resources that a stack is made of: each refusal becomes a sentence that says what is
 * wrong and what would be right, and none of them shows a secret.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Blazar } from "../../infra/openstack/blazar.ts";
import { chooseCredentials } from "../../infra/openstack/credentials.ts";
import { hourMs, toBlazarTime } from "../../infra/openstack/lease-time.ts";
import { Nova } from "../../infra/openstack/nova.ts";
import { CloudSession } from "../../infra/openstack/session.ts";
import { fetchTransport } from "../../infra/openstack/transport.ts";
import { Clouds } from "../../infra/provider/clouds.ts";
import { LeaseResource } from "../../infra/provider/lease-resource.ts";
import { LeasedServerResource } from "../../infra/provider/leased-server-resource.ts";
import type { CallContext } from "../../infra/provider/resource-type.ts";
import { SiteResource } from "../../infra/provider/site-resource.ts";
import type { Properties } from "../../infra/provider/values.ts";
import {
  cloudsFile,
  credentialSecrets,
  holdings,
  nodesOfType,
  nodeType,
  nothing,
  type Person,
  project,
  region,
  sessionOf,
} from "./project.ts";

const name = "testbed-refusals";
const folder = mkdtempSync(join(tmpdir(), "testbed-openstack-"));
const context: CallContext = { signal: new AbortController().signal, log: () => undefined };
const alice = sessionOf("alice");
const [nova, blazar] = [new Nova(alice), new Blazar(alice)];
/** Every sentence that was met. */
const sentences: string[] = [];

const siteInputs = {
  site: region,
  project,
  image: "CC-Ubuntu24.04",
  flavour: "baremetal",
  network: "sharednet1",
  floatingNetwork: "public",
  floatingIps: 2,
  keyPair: name,
  publicKey: "ssh-ed25519 AAAA mine",
};
const leaseInputs = { name, site: region, project, nodeType, count: 2, start: "now", hours: 2 };

const cloudsOf = (person: Person) => new Clouds(() => sessionOf(person));
const siteReasons = async (own: Properties, person: Person = "alice"): Promise<string[]> =>
  heard(await new SiteResource(cloudsOf(person)).check({ ...siteInputs, ...own }, null));
const leaseReasons = async (own: Properties, person: Person = "alice"): Promise<string[]> =>
  heard(await new LeaseResource(cloudsOf(person)).check({ ...leaseInputs, ...own }, null, context));
const leaseFailure = (own: Properties, person: Person = "alice"): Promise<string> =>
  failure(new LeaseResource(cloudsOf(person)).create({ ...leaseInputs, ...own }, context));

function heard(failures: readonly { readonly reason: string }[]): string[] {
  const reasons = failures.map(({ reason }) => reason);
  sentences.push(...reasons);
  return reasons;
}

/** What is said by a deed that does not succeed. */
async function failure(deed: Promise<unknown>): Promise<string> {
  const error: unknown = await deed.then(
    () => new Error("it went well"),
    (reason) => reason,
  );
  const { message } = error as Error;
  sentences.push(message);
  return message;
}

/** The reasons of a site whose clouds.yaml is another text. */
function siteReasonsWith(text: string | undefined, cloud?: string): Promise<string[]> {
  const path = join(folder, "clouds.yaml");
  if (text !== undefined) writeFileSync(path, text);
  const clouds = new Clouds((named) => {
    const file = text === undefined ? undefined : { path, text: readFileSync(path, "utf8") };
    return new CloudSession(chooseCredentials({}, file, named), fetchTransport);
  });
  const inputs = { ...siteInputs, ...(cloud === undefined ? {} : { cloud }) };
  return new SiteResource(clouds).check(inputs, null).then(heard);
}

beforeAll(async () => {
  expect(await holdings(alice)).toEqual(nothing);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  expect(await holdings(alice)).toEqual(nothing);
});

describe("credentials", () => {
  const good = () => readFileSync(cloudsFile, "utf8");

  test("that are not there", async () => {
    expect(await siteReasonsWith(undefined)).toEqual([
      expect.stringMatching(/^There are no credentials: .*clouds\.yaml/),
    ]);
  });

  test("of a cloud that the file does not have", async () => {
    expect(await siteReasonsWith(good(), "chi")).toEqual([
      expect.stringMatching(/has no cloud "chi", only alice, bob, dave$/),
    ]);
  });

  test("that are several, and none is named", async () => {
    expect(await siteReasonsWith(good())).toEqual([
      expect.stringMatching(/several clouds \(alice, bob, dave\); name one/),
    ]);
  });

  test("with a wrong secret", async () => {
    const wrong = good().replaceAll(/(_secret: )\S+/g, "$1not-the-secret-of-anybody");
    const reasons = await siteReasonsWith(wrong, "alice");
    expect(reasons).toEqual([
      expect.stringMatching(/^Keystone .* does not accept the application credential .* \(401\)/),
    ]);
    expect(reasons.join()).not.toContain("not-the-secret-of-anybody");
  });

  test("for an address where nobody answers", async () => {
    const wrong = good().replaceAll("127.0.0.1:5000", "127.0.0.1:5999");
    expect(await siteReasonsWith(wrong, "alice")).toEqual([
      expect.stringMatching(/^127\.0\.0\.1:5999 gives no answer: it refuses connections/),
    ]);
  });

  test("for an address where somebody else answers", async () => {
    const wrong = good().replaceAll("127.0.0.1:5000/v3", "127.0.0.1:9292/v3");
    expect(await siteReasonsWith(wrong, "alice")).toEqual([expect.stringMatching(/auth_url .*right\?/)]);
  });

  test("that may only read", async () => {
    expect(await siteReasons({}, "bob")).toEqual([]);
    expect(await leaseFailure({}, "bob")).toMatch(
      /^Blazar does not allow bob in the project CH-000001 to POST \/leases .*role member/,
    );
  });
});

describe("a site", () => {
  test("that the credentials are not for", async () => {
    expect(await siteReasons({ site: "CHI@TACC" })).toEqual([
      "site is CHI@TACC, but the credentials are for RegionOne: each site has credentials of its own",
    ]);
  });

  test("with another project than the credentials'", async () => {
    expect(await siteReasons({}, "dave")).toEqual([
      "project is CH-000001, but the credentials are for CH-000002; an application credential has one project",
    ]);
  });

  test.each([
    [
      "image",
      "CC-Ubuntu24.4",
      /has no image "CC-Ubuntu24\.4" for this project; did you mean CC-Ubuntu24\.04\?/,
    ],
    ["flavour", "metal-of-another-kind", /has no flavour ".*there are: baremetal$/],
    ["network", "sharednet2", /did you mean sharednet1\?/],
    ["floatingNetwork", "publik", /did you mean public\?/],
  ])("without the %s %s", async (property, value, sentence) => {
    expect(await siteReasons({ [property]: value })).toEqual([expect.stringMatching(sentence)]);
  });

  test("with too few floating IPs for the project", async () => {
    expect(await siteReasons({ floatingIps: 1000 })).toEqual([
      expect.stringMatching(/^1000 floating IPs are needed, .*quota leaves \d+; release some/),
    ]);
  });

  test("with a key pair of the stack's name and another key", async () => {
    const other =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGd4fXjWmZ0m1n9wRr3wYt3kX0yq1k8m0l0m3m5u7w9x other@example.org";
    const body = { keypair: { name, public_key: other } };
    await alice.request({ service: "compute", method: "POST", path: "/os-keypairs", body });
    try {
      expect(await siteReasons({})).toEqual([
        expect.stringMatching(/^there is a key pair "testbed-refusals" with another key at RegionOne/),
      ]);
      expect(await siteReasons({ publicKey: other.replace("other@", "mine@") })).toEqual([]);
    } finally {
      await nova.deleteKeyPair(name);
    }
  });
});

describe("a lease", () => {
  const past = toBlazarTime(Date.now() - hourMs);

  test("with a start that is past, before it is asked for and by Blazar itself", async () => {
    expect(await leaseReasons({ start: past })).toEqual([
      expect.stringMatching(
        /^start is .*, and at RegionOne it is .* UTC; right would be a later time, or "now"$/,
      ),
    ]);
    expect(await leaseFailure({ start: past })).toMatch(
      /^The lease would start at .*, which is past; right would be/,
    );
  });

  test("of seconds", async () => {
    expect(await leaseReasons({ hours: 0.01 })).toEqual([
      expect.stringMatching(/a lease of seconds ends before/),
    ]);
  });

  test("that is longer than the site gives", async () => {
    expect(await leaseFailure({ hours: 200 })).toMatch(
      /^RegionOne does not give leases that long: .*604800 seconds/,
    );
  });

  test("of more nodes than there are", async () => {
    expect(await leaseFailure({ count: nodesOfType + 1 })).toMatch(
      /^4 nodes of type compute_haswell_ib are not free from .* to .* UTC: Not enough hosts available\. Right would be fewer nodes/,
    );
  });

  test("of a type that the site does not have", async () => {
    expect(await leaseFailure({ nodeType: "compute_haswel_ib" })).toMatch(
      /^2 nodes of type compute_haswel_ib are not free .* or a type that the site has/,
    );
  });

  test("that another project has", async () => {
    const request = { name, nodeType, count: 1, start: "now", endMs: Date.now() + hourMs } as const;
    const dave = new Blazar(sessionOf("dave"));
    const foreign = await dave.create(request);
    try {
      expect(await failure(blazar.show(foreign.id))).toMatch(
        /^Blazar does not allow alice in the project CH-000001 to GET/,
      );
    } finally {
      await retried(() => dave.delete(foreign.id));
    }
  });
});

describe("a server", () => {
  const server = {
    name: `${name}-n1`,
    keyPair: name,
    reservationId: "6f0f4a51-6d44-4b9e-8ed4-8e6b6d0e2a11",
    metadata: { "testbed-stack": "refusals" },
    userData: "#cloud-config\n",
  };
  let surroundings: { imageId: string; flavourId: string; networkId: string };
  let portId = "";

  beforeAll(async () => {
    const site = new SiteResource(cloudsOf("alice"));
    const { state } = await site.create(siteInputs);
    surroundings = state as typeof surroundings;
    const body = { keypair: { name } };
    await alice.request({ service: "compute", method: "POST", path: "/os-keypairs", body });
    const port = await alice.request({
      service: "network",
      method: "POST",
      path: "/ports",
      body: { port: { name, network_id: surroundings.networkId } },
    });
    portId = (port as { port: { id: string } }).port.id;
  });
  afterAll(async () => {
    await nova.deleteKeyPair(name);
    await alice.request({ service: "network", method: "DELETE", path: `/ports/${portId}` });
  });

  const wanted = () => {
    const { imageId, flavourId } = surroundings;
    return { ...server, imageId, flavourId, portId };
  };

  test("with a reservation that is none ends in Nova's own words, and can be taken away", async () => {
    const resource = new LeasedServerResource(cloudsOf("alice"));
    const error = await resource.create(wanted(), context).catch((reason) => reason);
    sentences.push(error.message);
    expect(error.message).toMatch(
      /^The server testbed-refusals-n1 is in ERROR: No valid host was found\. .*\(reservation 6f0f4a51.*Run up again/,
    );
    await resource.delete({ id: error.id, inputs: wanted(), state: error.state }, context);
    expect((await holdings(alice)).servers).toEqual([]);
  });

  test("that is over the project's quota", async () => {
    const ids: string[] = [];
    const refusal = await failure(
      (async () => {
        for (let count = 0; count < 10; count += 1) ids.push(await nova.createServer(wanted()));
      })(),
    );
    for (const id of ids) await nova.deleteServer(id);
    await retried(async () => expect((await holdings(alice)).servers).toEqual([]));
    expect(refusal).toMatch(
      /^Nova gives the project CH-000001 no more: Quota exceeded for instances.*larger quota$/,
    );
  });
});

test("no sentence holds a secret", () => {
  expect(sentences.length).toBeGreaterThan(20);
  for (const secret of credentialSecrets()) expect(sentences.join("\n")).not.toContain(secret);
});

/** Does what the cloud refuses for a moment: a lease that starts, servers that are being deleted. */
async function retried(deed: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await deed();
      return;
    } catch (error) {
      if (tries === 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
