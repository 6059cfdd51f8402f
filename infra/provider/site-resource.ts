/**
 * What a cloud has for a stack before anything is leased there: the ids behind the names that the stack gives, found once and
 * kept, so that an image published anew under the same name does not replace servers that run.
 */
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { nearest } from "../config-problems.ts";
import { CloudError } from "../openstack/cloud-error.ts";
import { CredentialsError } from "../openstack/credentials.ts";
import { Glance } from "../openstack/glance.ts";
import { Neutron } from "../openstack/neutron.ts";
import { Nova } from "../openstack/nova.ts";
import type { CloudSession } from "../openstack/session.ts";
import { withoutComment } from "../remote/public-key.ts";
import { schemaFailures } from "./check-inputs.ts";
import type { Clouds } from "./clouds.ts";
import { checkPlace } from "./lease/checks.ts";
import type { CheckFailure, PropertyChange, ResourceState, ResourceType } from "./resource-type.ts";
import { containsUnknown, type Properties } from "./values.ts";

const inputsSchema = z.strictObject({
  cloud: z.string().min(1).optional(),
  site: z.string().min(1),
  project: z.string().min(1),
  image: z.string().min(1),
  flavour: z.string().min(1),
  network: z.string().min(1),
  floatingNetwork: z.string().min(1),
  floatingIps: z.int().min(0),
  keyPair: z.string().min(1),
  publicKey: z.string().min(1),
});
type SiteInputs = z.infer<typeof inputsSchema>;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What the cloud has of the kinds that a stack names. */
interface Offer {
  readonly images: readonly Named[];
  readonly flavours: readonly Named[];
  readonly networks: readonly Named[];
  readonly floatingNetworks: readonly Named[];
}

/** Names that a message lists at most. */
const longestList = 12;

export class SiteResource implements ResourceType {
  readonly token = "testbed:index:Site";
  readonly deleteBeforeReplace = false;
  readonly #clouds: Clouds;

  constructor(clouds: Clouds) {
    this.#clouds = clouds;
  }

  async check(inputs: Properties, former: Properties | null): Promise<CheckFailure[]> {
    const failures = schemaFailures(inputsSchema, inputs);
    if (failures.length > 0 || containsUnknown(inputs) || isDeepStrictEqual(inputs, former)) return failures;
    const site = inputsSchema.parse(inputs);
    try {
      const session = this.#clouds.session(site.cloud);
      const places = await checkPlace(site, session);
      if (places.length > 0) return places;
      return [
        ...missing(site, await readOffer(session)),
        ...(former === null ? await refusedByQuota(site, session) : []),
      ];
    } catch (error) {
      if (error instanceof CloudError || error instanceof CredentialsError) {
        return [{ property: "", reason: error.message }];
      }
      throw error;
    }
  }

  diff(resource: ResourceState, inputs: Properties): Promise<PropertyChange[]> {
    const changes = Object.keys(inputsSchema.shape)
      .filter((property) => !isDeepStrictEqual(inputs[property], resource.inputs[property]))
      .map((property) => ({ property, replace: property === "site" || property === "project" }));
    return Promise.resolve(changes);
  }

  preview(inputs: Properties): Promise<Properties> {
    return containsUnknown(inputs) ? Promise.resolve(inputs) : this.#outputs(inputs, {});
  }

  async create(inputs: Properties): Promise<{ id: string; state: Properties }> {
    const site = inputsSchema.parse(inputs);
    return { id: `${site.site}/${site.project}`, state: await this.#outputs(inputs, {}) };
  }

  read(resource: ResourceState): Promise<Properties | null> {
    return this.#outputs(resource.inputs, resource.state);
  }

  update(resource: ResourceState, inputs: Properties): Promise<Properties> {
    const isSameImage = resource.inputs.image === inputs.image;
    return this.#outputs(inputs, isSameImage ? resource.state : {});
  }

  async delete(): Promise<void> {
    // Nothing of the site is ours.
  }

  /** @param former whose image is kept as long as the site has it */
  async #outputs(inputs: Properties, former: Properties): Promise<Properties> {
    const site = inputsSchema.parse(inputs);
    const session = this.#clouds.session(site.cloud);
    const { images, flavours, networks } = await readOffer(session);
    const kept = images.find(({ id }) => id === former.imageId);
    // An image that the site has withdrawn since is still what the servers were made of.
    const isWithdrawn = typeof former.imageId === "string" && !images.some(({ name }) => name === site.image);
    return {
      ...inputs,
      region: await session.region(),
      projectId: (await session.project()).id,
      imageId: isWithdrawn ? former.imageId : (kept?.id ?? find(images, site.image, "image").id),
      flavourId: find(flavours, site.flavour, "flavour").id,
      networkId: find(networks, site.network, "network").id,
    };
  }
}

async function readOffer(session: CloudSession): Promise<Offer> {
  const [images, flavours, all] = await Promise.all([
    new Glance(session).images(),
    new Nova(session).flavours(),
    new Neutron(session).networks(),
  ]);
  return {
    images,
    flavours,
    networks: all.filter(({ external }) => !external),
    floatingNetworks: all.filter(({ external }) => external),
  };
}

function missing(site: SiteInputs, offer: Offer): CheckFailure[] {
  const wanted: readonly [property: "image" | "flavour" | "network" | "floatingNetwork", readonly Named[]][] =
    [
      ["image", offer.images],
      ["flavour", offer.flavours],
      ["network", offer.networks],
      ["floatingNetwork", offer.floatingNetworks],
    ];
  return wanted.flatMap(([property, there]) => {
    if (there.some(({ name }) => name === site[property])) return [];
    return [{ property, reason: notThere(site.site, property, site[property], there) }];
  });
}

function notThere(site: string, what: string, wanted: string, there: readonly Named[]): string {
  const names = [...new Set(there.map(({ name }) => name))].sort();
  const near = nearest(wanted, names);
  const list = names.slice(0, longestList).join(", ") || "none";
  const hint = near === undefined ? `there are: ${list}` : `did you mean ${near}?`;
  return `${site} has no ${what} "${wanted}" for this project; ${hint}`;
}

function find(there: readonly Named[], name: string, what: string): Named {
  const found = there.find((one) => one.name === name);
  if (found === undefined) throw new CloudError(`The ${what} "${name}" is not there any more`, 404);
  return found;
}

async function refusedByQuota(site: SiteInputs, session: CloudSession): Promise<CheckFailure[]> {
  const failures: CheckFailure[] = [];
  const pairs = await new Nova(session).keyPairs();
  const same = pairs.find(({ name }) => name === site.keyPair);
  if (same !== undefined && withoutComment(same.publicKey) !== withoutComment(site.publicKey)) {
    failures.push({
      property: "keyPair",
      reason:
        `there is a key pair "${site.keyPair}" with another key at ${site.site}, which is not this stack's; ` +
        `right would be the key that it has, or: openstack keypair delete ${site.keyPair}`,
    });
  }
  const left = await new Neutron(session).floatingIpsLeft();
  if (left !== null && left < site.floatingIps) {
    failures.push({
      property: "floatingIps",
      reason: `${site.floatingIps} floating IPs are needed, one for each node, and the project's quota leaves ${left}; release some, or ask the site for more`,
    });
  }
  return failures;
}
