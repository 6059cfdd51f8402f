/** The small OpenStack as its user sees it: credentials, names, and what the project has there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { chooseCredentials } from "../../infra/openstack/credentials.ts";
import { CloudSession, type ServiceType } from "../../infra/openstack/session.ts";
import { fetchTransport, retryingTransport } from "../../infra/openstack/transport.ts";
import { cacheDirectory } from "../../infra/paths.ts";

/** What the cloud keeps (tests/openstack/cloud/environment). */
export const cloudDirectory = join(cacheDirectory(), "openstack", "var");
export const cloudsFile = join(cloudDirectory, "clouds.yaml");
/** Where a file named as a server tells how it goes (tests/openstack/cloud/labfake.py). */
export const behaviourDirectory = join(cloudDirectory, "behaviour");

/** As bootstrap_cloud.py and bootstrap_identity.py make them. */
export const region = "RegionOne";
export const project = "CH-000001";
export const nodeType = "compute_haswell_ib";
export const nodesOfType = 3;

/** Of clouds.yaml: alice is a member of the project, bob may only read there, dave is of another one. */
export type Person = "alice" | "bob" | "dave";

/** A session of one of the cloud's users. */
export function sessionOf(person: Person): CloudSession {
  const file = { path: cloudsFile, text: readFileSync(cloudsFile, "utf8") };
  return new CloudSession(chooseCredentials({}, file, person), retryingTransport(fetchTransport));
}

/** The secrets of all application credentials. */
export function credentialSecrets(): string[] {
  const auth = z.looseObject({ application_credential_secret: z.string().min(20) });
  const schema = z.object({ clouds: z.record(z.string(), z.looseObject({ auth })) });
  const { clouds } = schema.parse(parse(readFileSync(cloudsFile, "utf8")));
  return Object.values(clouds).map((cloud) => cloud.auth.application_credential_secret);
}

/** Everything that the project has, by kind: asked of the services for the whole project, whoever made it. */
export async function holdings(session: CloudSession): Promise<Record<string, string[]>> {
  const { id } = await session.project();
  const list = async (service: ServiceType, path: string, key: string) => {
    const things = z.array(z.record(z.string(), z.unknown()));
    return (
      z.looseObject({ [key]: things }).parse(await session.request({ service, method: "GET", path }))[key] ??
      []
    );
  };
  const [leases, servers, ports, floatingIps, keyPairs] = await Promise.all([
    list("reservation", "/leases", "leases"),
    list("compute", "/servers/detail", "servers"),
    list("network", `/ports?project_id=${id}`, "ports"),
    list("network", `/floatingips?project_id=${id}`, "floatingips"),
    list("compute", "/os-keypairs", "keypairs"),
  ]);
  return {
    leases: leases.map(({ name, status }) => `${name} ${status}`),
    servers: servers.map(({ name, status }) => `${name} ${status}`),
    ports: ports.map(({ name, status }) => `${name} ${status}`),
    floatingIps: floatingIps.map(({ description, status }) => `${description} ${status}`),
    keyPairs: keyPairs.map(({ keypair }) => z.looseObject({ name: z.string() }).parse(keypair).name),
  };
}

/** What `holdings` says of a project with nothing in it. */
export const nothing = { leases: [], servers: [], ports: [], floatingIps: [], keyPairs: [] };
