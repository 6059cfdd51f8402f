/** What on a cloud carries a stack's name or mark, and taking it away without the stack's state. */
import { Blazar } from "./blazar.ts";
import { isNotFound } from "./cloud-error.ts";
import { toBlazarTime } from "./lease-time.ts";
import { Neutron } from "./neutron.ts";
import { Nova } from "./nova.ts";
import { cloudName, serverPattern, stackMetadataKey, stackTag } from "./ownership.ts";
import type { CloudSession } from "./session.ts";

/** In the order in which they can be taken away. */
export const leftoverKinds = ["server", "lease", "floating IP", "port", "key pair"] as const;

/** One thing that a stack has made on a cloud. */
export interface Leftover {
  readonly kind: (typeof leftoverKinds)[number];
  readonly id: string;
  readonly name: string;
  /** For people: its state, or until when it lasts. */
  readonly detail: string;
}

/**
 * Everything of a stack's in the project, in the order in which it can be taken away. Servers are known by their metadata or
 * by standing on the stack's lease, ports and floating IPs by their tag, and by the name of one of the stack's servers where an
 * interrupted `up` had not yet set it; lease and key pair by their exact name.
 */
export async function findLeftovers(session: CloudSession, stack: string): Promise<Leftover[]> {
  const name = cloudName(stack);
  const [blazar, nova, neutron] = [new Blazar(session), new Nova(session), new Neutron(session)];
  const leases = (await blazar.list()).filter((lease) => lease.name === name);
  const zones = new Set(
    leases.flatMap(({ reservation }) => (reservation ? [`blazar_${reservation.id}`] : [])),
  );
  const [servers, floatingIps, ports, keyPairs] = await Promise.all([
    nova.servers(),
    neutron.floatingIps(),
    neutron.ports(),
    nova.keyPairs(),
  ]);
  return [
    ...servers
      .filter(
        ({ metadata, availabilityZone }) =>
          metadata[stackMetadataKey] === stack ||
          (availabilityZone !== undefined && zones.has(availabilityZone)),
      )
      .map((server) => ({
        kind: "server" as const,
        id: server.id,
        name: server.name,
        detail: server.status,
      })),
    ...leases.map((lease) => ({
      kind: "lease" as const,
      id: lease.id,
      name: lease.name,
      detail: `${lease.status}, until ${toBlazarTime(lease.endMs)} UTC`,
    })),
    ...floatingIps
      .filter(({ tags, description }) => isOf(stack, tags, description))
      .map(({ id, address }) => ({ kind: "floating IP" as const, id, name: address, detail: "" })),
    ...ports
      .filter(({ tags, name: port }) => isOf(stack, tags, port))
      .map(({ id, name: port }) => ({ kind: "port" as const, id, name: port, detail: "" })),
    ...keyPairs
      .filter((pair) => pair.name === name)
      .map((pair) => ({ kind: "key pair" as const, id: pair.name, name: pair.name, detail: "" })),
  ];
}

/** Whether the tag is the stack's, or there is none yet and the name is that of one of its servers. */
function isOf(stack: string, tags: readonly string[], name: string): boolean {
  return tags.includes(stackTag(stack)) || (tags.length === 0 && serverPattern(stack).test(name));
}

/** Takes one thing away; what has gone meanwhile is no error. */
export async function removeLeftover(session: CloudSession, { kind, id }: Leftover): Promise<void> {
  try {
    switch (kind) {
      case "server":
        return await new Nova(session).deleteServer(id);
      case "lease":
        return await new Blazar(session).delete(id);
      case "floating IP":
        return await new Neutron(session).deleteFloatingIp(id);
      case "port":
        return await new Neutron(session).deletePort(id);
      case "key pair":
        return await new Nova(session).deleteKeyPair(id);
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
