/** The configuration of nodes: one schema for each source. */
import * as z from "zod";
import { count, firstUserPort, lastPort } from "./config-fields.ts";

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

/** Nodes leased on Chameleon; the source itself comes in a later version and is refused until then. */
const chameleonNodesSchema = z.strictObject({
  source: z.literal("chameleon"),
  site: z.enum(["CHI@TACC", "CHI@UC"]),
  project: z.string().min(1),
  keyPair: z.string().min(1),
  leaseHours: z.number().positive().max(168, "168 hours (seven days) at most"),
  nodeType: z.string().min(1),
  count: count(minimumNodes, maximumNodes, "nodes"),
  image: z.string().min(1),
});

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
