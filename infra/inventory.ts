/**
 * The inventory: what was deployed and how to run a command in each environment. It is a stack output; the suite is its
 * first consumer, and `jq`, Ansible or a StackReference are others. It names key files and never holds a key.
 */
import * as z from "zod";

/** Whether speed was real. Numbers from emulated nodes carry `emulated` through the whole chain. */
export const fidelitySchema = z.enum(["emulated", "hardware"]);
export type Fidelity = z.infer<typeof fidelitySchema>;

/** Names of the environments that this version can deploy. */
export const environmentNameSchema = z.enum(["native", "container-passthrough"]);
export type EnvironmentName = z.infer<typeof environmentNameSchema>;

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

export const inventoryNodeSchema = z.strictObject({
  name: z.string().min(1),
  source: z.enum(["emulated", "existing"]),
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
  }),
});
export type InventoryNode = z.infer<typeof inventoryNodeSchema>;

/** One environment on one node: the words to put before a command so that it runs there. Empty for native. */
export const placementSchema = z.strictObject({
  node: z.string(),
  commandPrefix: z.array(z.string()).describe("as in [docker, exec, -i, NAME]"),
  fabricAddress: z.string(),
  rdmaDevice: z.string(),
  rdmaPort: z.int().min(1),
});
export type Placement = z.infer<typeof placementSchema>;

export const inventoryEnvironmentSchema = z.strictObject({
  name: environmentNameSchema,
  privileged: z.boolean().optional(),
  imageDigest: z.string().optional(),
  placements: z.array(placementSchema).min(1),
});

export type InventoryEnvironment = z.infer<typeof inventoryEnvironmentSchema>;

export const inventorySchema = z.strictObject({
  schemaVersion: z.literal(1),
  stack: z.string(),
  fidelity: fidelitySchema,
  socketDirectory: z.string().describe("folder for shared ssh control sockets on the deploying machine"),
  nodes: z.array(inventoryNodeSchema).min(1),
  environments: z.array(inventoryEnvironmentSchema).min(1),
});
export type Inventory = z.infer<typeof inventorySchema>;
