/**
 * The inventory: what was deployed and how to run a command in each environment. It is a stack output; the suite is its
 * first consumer, and `jq`, Ansible or a StackReference are others. It names key files and never holds a key.
 */
import * as z from "zod";

/** Whether speed was real. Numbers from emulated nodes carry `emulated` through the whole chain. */
export const fidelitySchema = z.enum(["emulated", "hardware"]);
export type Fidelity = z.infer<typeof fidelitySchema>;

/** Names of the environments that this version can deploy. The first four are the paper's. */
export const environmentNameSchema = z.enum([
  "native",
  "vm-passthrough",
  "vm-sriov",
  "container-passthrough",
  "container-sriov",
  "vm-virtio",
]);
export type EnvironmentName = z.infer<typeof environmentNameSchema>;

/** Where an environment's commands run: on the node itself, in a container on it, or in a guest on it. */
export const environmentKindSchema = z.enum(["host", "container", "guest"]);
export type EnvironmentKind = z.infer<typeof environmentKindSchema>;

/**
 * Who holds a node's adapter while an environment is active. `host`: the node has the whole adapter, guests have nothing of it;
 * `host-virtual-function`: the node uses one virtual function instead; `guest-physical-function`: the first guest has the whole
 * adapter; `guest-virtual-functions`: each guest has one virtual function; `guest-virtio`: each guest has a virtio device on the
 * node's own network device.
 */
export const ownershipSchema = z.enum([
  "host",
  "host-virtual-function",
  "guest-physical-function",
  "guest-virtual-functions",
  "guest-virtio",
]);
export type Ownership = z.infer<typeof ownershipSchema>;

/** What every environment is, by its name. */
export const environmentTraits: Readonly<
  Record<EnvironmentName, { readonly kind: EnvironmentKind; readonly ownership: Ownership }>
> = {
  native: { kind: "host", ownership: "host" },
  "vm-passthrough": { kind: "guest", ownership: "guest-physical-function" },
  "vm-sriov": { kind: "guest", ownership: "guest-virtual-functions" },
  "container-passthrough": { kind: "container", ownership: "host" },
  "container-sriov": { kind: "container", ownership: "host-virtual-function" },
  "vm-virtio": { kind: "guest", ownership: "guest-virtio" },
};

/** Where a node comes from: a QEMU machine here, a host that is already there, or one leased on Chameleon. */
export const nodeSourceSchema = z.enum(["emulated", "existing", "chameleon"]);
export type NodeSource = z.infer<typeof nodeSourceSchema>;

/** How a host is reached by OpenSSH. Options that are absent come from the user's ssh configuration. */
export const connectionSchema = z.strictObject({
  address: z.string().min(1).describe("host name, address or alias of ~/.ssh/config"),
  port: z.int().min(1).max(65535).optional(),
  user: z.string().min(1).optional(),
  privateKeyPath: z.string().optional().describe("path of the private key on the deploying machine"),
  hostKey: z
    .string()
    .optional()
    .describe("pinned public host key, 'ssh-ed25519 AAAA…'; absent: the user's known_hosts decides"),
});
export type Connection = z.infer<typeof connectionSchema>;

/** A guest on a node's own libvirt. It runs from the deployment on; the runner gives it the adapter and takes it away. */
export const inventoryGuestSchema = z.strictObject({
  name: z.string().describe("as in g1"),
  domain: z.string().describe("its name in the node's libvirt"),
  commandPrefix: z.array(z.string()).describe("words on the node before a command in the guest"),
  consolePath: z.string().describe("file on the node that its serial console is written to"),
  sharedMemory: z
    .strictObject({ name: z.string(), sizeMib: z.int().min(1) })
    .nullable()
    .describe("the IVSHMEM device: its file on the node is /dev/shm/NAME"),
});
export type InventoryGuest = z.infer<typeof inventoryGuestSchema>;

export const inventoryNodeSchema = z.strictObject({
  name: z.string().min(1),
  source: nodeSourceSchema,
  connection: connectionSchema,
  adapter: z.strictObject({
    pciAddress: z.string().describe("of the physical function, as in 0000:01:00.0"),
    model: z.string(),
    driver: z.string(),
    virtualFunctions: z.int().min(0),
  }),
  fabric: z.strictObject({
    networkDevice: z.string(),
    rdmaDevice: z.string(),
    rdmaPort: z.int().min(1),
    address: z.string().describe("address on the fabric that benchmarks connect to"),
    softRoce: z.boolean().describe("whether the RDMA device is soft-RoCE on the network device"),
  }),
  guests: z.array(inventoryGuestSchema),
});
export type InventoryNode = z.infer<typeof inventoryNodeSchema>;

/** One environment on one node: the words to put before a command so that it runs there. Empty for native. */
export const placementSchema = z.strictObject({
  node: z.string(),
  commandPrefix: z.array(z.string()).describe("as in [docker, exec, -i, NAME]"),
  guest: z.string().optional().describe("name of the guest; environments of kind guest only"),
  fabricAddress: z.string(),
  fabricPrefixLength: z
    .int()
    .min(1)
    .max(32)
    .optional()
    .describe("where the activation gives the device its address; absent: the node's own address"),
  virtualFunction: z.int().min(0).optional().describe("index of the virtual function that it gets"),
  macAddress: z.string().optional().describe("that its fabric device gets; absent: the adapter's own"),
  rdmaDevice: z.string().describe("auto: the one on its fabric device, found out when it is active"),
  rdmaPort: z.int().min(1),
});
export type Placement = z.infer<typeof placementSchema>;

export const inventoryEnvironmentSchema = z.strictObject({
  name: environmentNameSchema,
  kind: environmentKindSchema,
  ownership: ownershipSchema,
  privileged: z.boolean().optional(),
  imageDigest: z.string().optional(),
  placements: z.array(placementSchema).min(1),
});

export type InventoryEnvironment = z.infer<typeof inventoryEnvironmentSchema>;

export const inventoryLeaseSchema = z
  .strictObject({
    endsAt: z.iso.datetime().describe("by the clock of the cloud; the suite stops before it"),
    site: z.string(),
    nodeType: z.string(),
  })
  .describe("that the nodes are on; absent: they are not leased");
export type InventoryLease = z.infer<typeof inventoryLeaseSchema>;

export const inventorySchema = z.strictObject({
  schemaVersion: z.literal(1),
  stack: z.string(),
  fidelity: fidelitySchema,
  socketDirectory: z.string().describe("folder for shared ssh control sockets on the deploying machine"),
  lease: inventoryLeaseSchema.optional(),
  nodes: z.array(inventoryNodeSchema).min(1),
  environments: z.array(inventoryEnvironmentSchema).min(1),
});
export type Inventory = z.infer<typeof inventorySchema>;
