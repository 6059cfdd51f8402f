/** The configuration of nodes: one schema for each source. */
import * as z from "zod";
import { count, firstUserPort, lastPort } from "./config-fields.ts";
import { maximumLeaseHours } from "./openstack/chameleon.ts";

/** Nodes need a partner to be measured against. */
const minimumNodes = 2;
const maximumNodes = 1024;

const nameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "lower-case letters, digits and '-', starting with a letter, 31 at most");

const pciAddressSchema = z
  .string()
  .regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, "a PCI address as in 0000:05:00.0");

const ipv4Schema = z.ipv4("an IPv4 address as in 198.18.0.1");

/** QEMU machines on this computer. */
const emulatedNodesSchema = z.strictObject({
  source: z.literal("emulated"),
  count: count(minimumNodes, maximumNodes, "nodes; a measurement needs two").default(2),
  virtualCpus: count(1, 256, "processors a node").default(2),
  memoryMib: count(1024, 1_048_576, "MiB a node").default(2000),
  managementPortBase: count(
    firstUserPort,
    lastPort,
    "first of the ports on 127.0.0.1 that lead to the nodes",
  ).default(24200),
});

/** One host that is already there and is reached by ssh. */
const existingHostSchema = z.strictObject({
  name: nameSchema,
  address: z.string().min(1, "a host name, an address or an alias of ~/.ssh/config"),
  port: count(1, lastPort, "port of sshd").optional(),
  user: z.string().min(1).optional(),
  privateKeyPath: z.string().min(1).optional(),
  hostKey: z
    .string()
    .regex(
      /^(ssh|ecdsa)-\S+ [A-Za-z0-9+/=]+$/,
      "a public host key as in 'ssh-ed25519 AAAA…' (ssh-keyscan shows it)",
    )
    .optional(),
  adapter: z
    .union([z.literal("auto"), pciAddressSchema], "auto, or a PCI address as in 0000:05:00.0")
    .default("auto"),
  fabricAddress: ipv4Schema,
  rdmaDevice: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, "the name of an RDMA device as `rdma link` shows it, such as mlx5_0")
    .optional(),
});

const existingNodesSchema = z
  .strictObject({
    source: z.literal("existing"),
    hosts: z
      .array(existingHostSchema)
      .min(minimumNodes, "two hosts or more; a measurement needs two")
      .max(maximumNodes),
  })
  .superRefine(({ hosts }, context) => {
    for (const field of ["name", "fabricAddress"] as const) {
      reportDuplicates(hosts, (host) => host[field], field, context);
    }
    reportDuplicates(hosts, (host) => `${host.address}:${host.port ?? "default port"}`, "address", context);
  });

/** A shorter lease is over before its nodes have booted. */
const minimumLeaseHours = 0.05;
const leaseHoursWords = `hours, from ${minimumLeaseHours} to ${maximumLeaseHours} (what the sites give without asking)`;

/** Bare-metal nodes leased on Chameleon, or on another OpenStack with Blazar. */
const chameleonNodesSchema = z.strictObject({
  source: z.literal("chameleon"),
  site: z
    .string()
    .min(1, "a site's region name, as in CHI@TACC")
    .describe("region that the credentials are for"),
  project: z.string().min(1, "a project, as in CHI-123456"),
  cloud: z
    .string()
    .min(1)
    .optional()
    .describe("entry of clouds.yaml; absent: the OS_ variables, or the only entry"),
  privateKeyPath: z
    .string()
    .min(1, "path of your ssh key; its public half lies beside it, with .pub")
    .describe("of the user's own key: the nodes let it in"),
  user: z.string().min(1).default("cc").describe("of the image"),
  leaseStart: z
    .union(
      [z.literal("now"), z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/)],
      'now, or a time in UTC as in "2026-11-23 12:55"',
    )
    .default("now"),
  leaseHours: z
    .number(leaseHoursWords)
    .min(minimumLeaseHours, leaseHoursWords)
    .max(maximumLeaseHours, leaseHoursWords),
  nodeType: z.string().min(1, "a node type, as in compute_haswell_ib"),
  count: count(minimumNodes, maximumNodes, "nodes; a measurement needs two"),
  image: z.string().min(1, "an image, as in CC-Ubuntu24.04"),
  flavour: z.string().min(1).default("baremetal"),
  network: z.string().min(1).default("sharednet1").describe("that the nodes' management is on"),
  floatingNetwork: z.string().min(1).default("public").describe("that floating IPs are from"),
  rdmaDevice: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, "the name of an RDMA device as `rdma link` shows it, such as mlx4_0")
    .optional(),
});
export type ChameleonConfiguration = z.infer<typeof chameleonNodesSchema>;

/** Where nodes come from. */
export const nodesSchema = z.discriminatedUnion("source", [
  emulatedNodesSchema,
  existingNodesSchema,
  chameleonNodesSchema,
]);
export type NodesConfiguration = z.infer<typeof nodesSchema>;

function reportDuplicates<T>(
  items: readonly T[],
  key: (item: T) => string,
  field: string,
  context: z.RefinementCtx,
): void {
  const first = new Map<string, number>();
  items.forEach((item, index) => {
    const value = key(item);
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, index);
    else {
      context.addIssue({
        code: "custom",
        path: ["hosts", index, field],
        message: `another one: hosts.${earlier} has the same ${field}`,
      });
    }
  });
}
