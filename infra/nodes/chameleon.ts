/**
 * The node source `chameleon`: bare-metal servers on a lease of Blazar's, reached by floating IPs. Lease, servers and host keys
 * are resources of the `testbed` provider, everything else of the OpenStack provider, which finds the credentials where we do:
 * none of them is in the stack's state.
 */
import { homedir } from "node:os";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, InventoryLease } from "../inventory.ts";
import { cloudName, stackMetadataKey, stackTag } from "../openstack/ownership.ts";
import type { Plan, PlannedLease, PlannedLeasedNode } from "../plan.ts";
import { Lease, LeasedServer, ServerIdentity, Site } from "./cloud-resources.ts";
import type { Machine } from "./nodes.ts";
import type { DeployingMachine } from "./preflight.ts";
import { suiteNeeds } from "./suite-needs.ts";
import { renderUserData } from "./user-data.ts";

/** What a lease gives: machines by the nodes' names, and what the inventory says of it. */
export interface LeasedNodes {
  readonly machines: Map<string, Machine>;
  readonly lease: pulumi.Output<InventoryLease>;
}

/** What every node of a stack is made with. */
interface Surroundings {
  readonly stack: string;
  readonly lease: PlannedLease;
  readonly site: Site;
  readonly reservation: Lease;
  readonly keyPair: openstack.ComputeKeypairV2;
  readonly privateKeyPath: string;
  readonly options: pulumi.CustomResourceOptions;
}

/**
 * Declares the lease and the servers on it.
 * @param folders the resource that keeps the stack's folders: it goes last
 * @param deployingMachine that has the user's key
 * @throws pulumi.RunError when the key is not there
 */
export function declareLeasedNodes(
  plan: Plan,
  lease: PlannedLease,
  folders: pulumi.Resource,
  deployingMachine: DeployingMachine,
): LeasedNodes {
  const { stack } = plan;
  const name = cloudName(stack);
  const privateKeyPath = lease.privateKeyPath.replace(/^~(?=\/)/, homedir());
  const publicKey = deployingMachine.readPublicKey(privateKeyPath);
  if (publicKey === undefined) {
    throw new pulumi.RunError(
      `nodes.privateKeyPath is ${lease.privateKeyPath}, but there is no ${privateKeyPath}.pub; right would be the path of your ` +
        "key, with its public half beside it (ssh-keygen -t ed25519 makes a pair)",
    );
  }
  const cloud = lease.cloud === undefined ? {} : { cloud: lease.cloud };
  const site = new Site(
    "site",
    {
      ...cloud,
      site: lease.site,
      project: lease.project,
      image: lease.image,
      flavour: lease.flavour,
      network: lease.network,
      floatingNetwork: lease.floatingNetwork,
      floatingIps: lease.count,
      keyPair: name,
      publicKey,
    },
    { dependsOn: [folders] },
  );
  const reservation = new Lease(
    "lease",
    {
      ...cloud,
      name,
      site: lease.site,
      project: lease.project,
      nodeType: lease.nodeType,
      count: lease.count,
      start: lease.leaseStart,
      hours: lease.leaseHours,
      suite: suiteNeeds(plan, deployingMachine),
    },
    { dependsOn: [site] },
  );
  // The region is the site's output: what is wrong with the credentials is said there first, in a sentence.
  const provider = new openstack.Provider(`${name}-cloud`, { ...cloud, region: site.region });
  const options: pulumi.CustomResourceOptions = { provider };
  const keyPair = new openstack.ComputeKeypairV2(
    `${name}-key-pair`,
    { name, publicKey },
    { ...options, deleteBeforeReplace: true },
  );
  const surroundings = { stack, lease, site, reservation, keyPair, privateKeyPath, options };
  const machines = new Map(
    plan.nodes.flatMap((node) =>
      node.source === "chameleon" ? [[node.name, declareServer(node, surroundings)]] : [],
    ),
  );
  return {
    machines,
    lease: reservation.endsAt.apply((endsAt) => ({ endsAt, site: lease.site, nodeType: lease.nodeType })),
  };
}

function declareServer(
  node: PlannedLeasedNode,
  { stack, lease, site, reservation, keyPair, privateKeyPath, options }: Surroundings,
): Machine {
  const name = `${cloudName(stack)}-${node.name}`;
  const tags = [stackTag(stack)];
  const port = new openstack.NetworkingPortV2(
    `${name}-port`,
    { name, networkId: site.networkId, adminStateUp: true, tags },
    options,
  );
  const floatingIp = new openstack.NetworkingFloatingipV2(
    `${name}-floating-ip`,
    { pool: lease.floatingNetwork, portId: port.id, description: name, tags },
    options,
  );
  const cloud = lease.cloud === undefined ? {} : { cloud: lease.cloud };
  const server = new LeasedServer(name, {
    name,
    ...cloud,
    imageId: site.imageId,
    flavourId: site.flavourId,
    keyPair: keyPair.name,
    portId: port.id,
    reservationId: reservation.reservationId,
    metadata: { [stackMetadataKey]: stack },
    userData: renderUserData(node.fabricAddress, lease.fabricPrefixLength),
  });
  const identity = new ServerIdentity(
    `${name}-identity`,
    {
      name: node.name,
      ...cloud,
      serverId: server.serverId,
    },
    { deletedWith: server },
  );
  const connection = pulumi
    .all([floatingIp.address, identity.hostKey])
    .apply(([address, hostKey]): Connection => ({ address, user: lease.user, privateKeyPath, hostKey }));
  return { connection, generation: server.serverId, resource: server };
}
