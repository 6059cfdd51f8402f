/** What a site must have before a lease is asked for: each thing that is missing is a sentence, and names become ids once. */
import { describe, expect, test } from "vitest";
import { CloudError } from "../openstack/cloud-error.ts";
import { CredentialsError } from "../openstack/credentials.ts";
import { recordedAnswer } from "../openstack/testing/replay.ts";
import { answered, type Routes, routedSession } from "../openstack/testing/routes.ts";
import type { CloudResponse } from "../openstack/transport.ts";
import { Clouds } from "./clouds.ts";
import { SiteResource } from "./site-resource.ts";
import type { Properties } from "./values.ts";

const inputs = {
  site: "RegionOne",
  project: "CH-000001",
  image: "CC-Ubuntu24.04",
  flavour: "baremetal",
  network: "sharednet1",
  floatingNetwork: "public",
  floatingIps: 2,
  keyPair: "testbed-mock",
  publicKey: "ssh-ed25519 AAAA me@here",
};
const project = "15666340e5e04fc785e10109f0286fc5";

interface Networks {
  readonly networks: readonly { readonly id: string }[];
}
const networksIn = (step: string) => (recordedAnswer("lease_lifecycle", step).body as Networks).networks;
const [shared] = networksIn("network by name");
const images = (...list: readonly { id: string; name: string | null; created_at: string }[]): CloudResponse =>
  answered({ images: list });
const keyPairs = (...list: readonly { name: string; public_key: string }[]): CloudResponse =>
  answered({ keypairs: list.map((keypair) => ({ keypair })) });
const floatingIps = (limit: number, used: number): CloudResponse =>
  answered({ quota: { floatingip: { limit, used, reserved: 0 } } });

/** The recorded site, with answers of a test's own. */
function siteWith(own: Routes = {}) {
  const { session, requests } = routedSession({
    "GET :9292/v2/images": recordedAnswer("lease_lifecycle", "image by name"),
    "GET :8774/v2.1/flavors": recordedAnswer("lease_lifecycle", "flavors"),
    "GET :9696/v2.0/networks": answered({
      networks: [...networksIn("network by name"), ...networksIn("external network")],
    }),
    "GET :8774/v2.1/os-keypairs": keyPairs(),
    [`GET :9696/v2.0/quotas/${project}/details.json`]: floatingIps(5, 3),
    ...own,
  });
  return { site: new SiteResource(new Clouds(() => session)), requests };
}

const reasons = async (given: Properties, own: Routes = {}, former: Properties | null = null) =>
  (await siteWith(own).site.check({ ...inputs, ...given }, former)).map(
    ({ property, reason }) => `${property}: ${reason}`,
  );

describe("a site that has all", () => {
  test("is not refused", async () => {
    expect(await reasons({})).toEqual([]);
  });

  test("gives the ids behind the names", async () => {
    const { id, state } = await siteWith().site.create(inputs);
    expect(id).toBe("RegionOne/CH-000001");
    expect(state).toEqual({
      ...inputs,
      region: "RegionOne",
      projectId: project,
      imageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      flavourId: "27abd134-dbc2-42fa-ba7b-8cd1d3db0ec4",
      networkId: shared?.id,
    });
  });

  test("with quotas that are without limit, or that this user may not read, is not refused", async () => {
    const details = `GET :9696/v2.0/quotas/${project}/details.json`;
    expect(await reasons({ floatingIps: 64 }, { [details]: floatingIps(-1, 3) })).toEqual([]);
    expect(await reasons({ floatingIps: 64 }, { [details]: answered({}, 403) })).toEqual([]);
  });
});

describe("what is missing is a sentence", () => {
  test.each<[Properties, string]>([
    [
      { image: "CC-Ubuntu24.4" },
      'image: RegionOne has no image "CC-Ubuntu24.4" for this project; did you mean CC-Ubuntu24.04?',
    ],
    [{ flavour: "gpu" }, 'flavour: RegionOne has no flavour "gpu" for this project; there are: baremetal'],
    // The two kinds of networks are no substitute for each other.
    [
      { network: "public" },
      'network: RegionOne has no network "public" for this project; there are: sharednet1',
    ],
    [
      { floatingNetwork: "sharednet1" },
      'floatingNetwork: RegionOne has no floatingNetwork "sharednet1" for this project; there are: public',
    ],
    [
      { site: "CHI@UC" },
      "site: site is CHI@UC, but the credentials are for RegionOne: each site has credentials of its own",
    ],
    [
      { project: "CH-2" },
      "project: project is CH-2, but the credentials are for CH-000001; an application credential has one project",
    ],
    [
      { floatingIps: 3 },
      "floatingIps: 3 floating IPs are needed, one for each node, and the project's quota leaves 2; release some, or ask the site for more",
    ],
  ])("%j", async (given, sentence) => {
    expect(await reasons(given)).toEqual([sentence]);
  });

  test("a key pair of the stack's name is refused with another key only", async () => {
    const route = "GET :8774/v2.1/os-keypairs";
    const pair = (key: string) => keyPairs({ name: "testbed-mock", public_key: key });
    expect(await reasons({}, { [route]: pair("ssh-ed25519 AAAA another comment") })).toEqual([]);
    const [reason] = await reasons({}, { [route]: pair("ssh-ed25519 BBBB me@here") });
    expect(reason).toMatch(/^keyPair: there is a key pair "testbed-mock" with another key at RegionOne/);
    expect(reason).toContain("openstack keypair delete testbed-mock");
  });

  test("no credentials, and wrong ones, are told as such", async () => {
    const without = new SiteResource(
      new Clouds(() => {
        throw new CredentialsError("no clouds.yaml");
      }),
    );
    expect(await without.check(inputs, null)).toEqual([{ property: "", reason: "no clouds.yaml" }]);
    const refused = answered(
      { error: { message: "The request you have made requires authentication." } },
      401,
    );
    expect(await reasons({}, { "GET :8774/v2.1/flavors": refused })).toEqual([
      ": Nova does not accept the token that Keystone has given: The request you have made requires authentication.",
    ]);
  });
});

describe("a site that a stack has already", () => {
  const resource = async (own: Routes) => {
    const { site } = siteWith(own);
    return { site, former: { inputs, ...(await site.create(inputs)) } };
  };
  const older = { id: "older", name: "CC-Ubuntu24.04", created_at: "2026-01-01T00:00:00Z" };
  const newer = { id: "newer", name: "CC-Ubuntu24.04", created_at: "2026-02-01T00:00:00Z" };
  const route = "GET :9292/v2/images";

  test("is not asked for again while nothing changes: its own floating IPs and key pair are no obstacle", async () => {
    const { site, requests } = siteWith();
    expect(await site.check(inputs, inputs)).toEqual([]);
    expect(requests).toEqual([]);
    expect(await reasons({ flavour: "baremetal", floatingIps: 3 }, {}, inputs)).toEqual([]);
  });

  test("of several images of a name the newest is taken, and kept when a newer one appears", async () => {
    let published = images(older);
    const { site, former } = await resource({ [route]: () => published });
    expect(former.state.imageId).toBe("older");
    published = images(older, newer);
    expect((await site.read(former))?.imageId).toBe("older");
    expect((await site.update(former, { ...inputs, floatingIps: 1 })).imageId).toBe("older");
    expect((await site.create(inputs)).state.imageId).toBe("newer");
    published = images(newer);
    expect((await site.read(former))?.imageId).toBe("newer");
  });

  test("images on a further page are found", async () => {
    let page = 0;
    const paged = () => {
      page += 1;
      return page === 1
        ? answered({ images: [{ ...older, name: "another" }], next: "/v2/images?marker=older" })
        : images(newer);
    };
    expect((await siteWith({ [route]: paged }).site.create(inputs)).state.imageId).toBe("newer");
  });

  test("another site or project is another one", async () => {
    const { site, former } = await resource({});
    expect(await site.diff(former, { ...inputs, site: "CHI@UC", image: "x" })).toEqual([
      { property: "site", replace: true },
      { property: "image", replace: false },
    ]);
  });

  test("keeps its image when the site withdraws it: servers of it run; a new stack is told", async () => {
    const { site, former } = await resource({ [route]: images(older) });
    const withdrawn = siteWith({ [route]: images() }).site;
    expect((await withdrawn.read(former))?.imageId).toBe("older");
    await expect(withdrawn.create(inputs)).rejects.toThrow(
      new CloudError('The image "CC-Ubuntu24.04" is not there any more', 404),
    );
    expect(await site.delete()).toBeUndefined();
  });
});
