/**
 * The stack configuration: one zod schema, read once. Every mistake is reported at once with the key, the value and what
 * would be right; a misspelt key is answered with the nearest right one.
 */
import * as z from "zod";
import { suiteSchema } from "../benchmarks/suite.ts";
import { type ConfigurationProblem, toProblems } from "./config-problems.ts";
import { environmentNameSchema } from "./inventory.ts";

/** Virtual functions that the emulated adapter (QEMU `igb`) offers: its `sriov_totalvfs`. */
export const emulatedAdapterVirtualFunctions = 7;

/** More guests than the largest nodes have NUMA nodes make no sense for HPC. */
const maximumGuestsPerNode = 16;
/** Nodes need a partner to be measured against. */
const minimumNodes = 2;
const maximumNodes = 1024;
/** First port that needs no privilege, and the last one there is. */
const firstUserPort = 1024;
const lastPort = 65535;

const count = (minimum: number, maximum: number, what: string) =>
  z.int(`a whole number from ${minimum} to ${maximum} (${what})`).min(minimum).max(maximum);

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

const applianceSchema = z.strictObject({
  iommu: z
    .enum(["passthrough", "translated"], "passthrough (as in the paper) or translated")
    .default("passthrough")
    .describe("passthrough: the host's own devices bypass translation (iommu=pt)"),
  kernelArguments: z
    .array(
      z
        .string()
        .regex(/^[\w.,:=/@+-]+$/, "one kernel argument as in mitigations=off, without blanks or quotes"),
    )
    .default([]),
  cpuFrequency: z.enum(["performance", "unmanaged"], "performance or unmanaged").default("performance"),
  drivers: z.literal("inbox", "inbox (OFED stacks come in a later version)").default("inbox"),
  softRoce: z.boolean("true or false").optional(),
  virtualFunctions: count(1, 127, "virtual functions on each adapter").default(2),
  hostDriverForVirtualFunctions: z.boolean("true or false").default(false),
  hugepages: z
    .strictObject({
      sizeKib: z.union([z.literal(2048), z.literal(1_048_576)], "2048 or 1048576").default(2048),
      count: count(0, 1_048_576, "huge pages on each node").default(0),
    })
    .prefault({}),
});

const containerSchema = z.strictObject({
  privileged: z.boolean("true (as in the paper) or false (only what RDMA needs)").default(true),
});

const powerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

/** Where a guest's programs and drivers come from that its image lacks; every archive has a checksum. */
const guestSourceSchema = z.strictObject({
  source: z.string().min(1, "a URL, or a path on this machine"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "the file's SHA-256, 64 hexadecimal digits"),
});

const guestSchema = z.strictObject({
  virtualCpus: count(1, 512, "processors a guest")
    .optional()
    .describe("emulated nodes: 1; else the paper's 24"),
  memoryMib: count(128, 16_777_216, "MiB a guest")
    .optional()
    .describe("emulated nodes: 320; else the paper's 32 GiB"),
  pinnedCpus: z
    .array(count(0, 4095, "a processor of the node"))
    .default([])
    .describe("processor i of a guest runs on the i-th of these; empty: wherever the node likes"),
  numaNode: count(0, 63, "a NUMA node of the node").optional().describe("absent: wherever the node likes"),
  hugepages: z.boolean("true or false").default(false).describe("guest memory in the node's huge pages"),
  accelerator: z.enum(["auto", "kvm", "tcg"], "auto, kvm or tcg").default("auto"),
  ivshmem: z
    .strictObject({
      sizeMib: z
        .int("a power of two, in MiB")
        .min(1)
        .max(65536)
        .refine(powerOfTwo, "a power of two, in MiB")
        .default(1),
      name: z
        .string()
        .regex(/^[\w.-]{1,64}$/, "letters, digits, '.', '_' and '-', without a slash")
        .optional()
        .describe("of the memory that the guests of one node share; absent: named after the stack"),
    })
    .prefault({}),
  image: guestSourceSchema
    .optional()
    .describe("a qcow2 cloud image with cloud-init; absent: the project's own guest"),
  drivers: z
    .discriminatedUnion("stack", [
      z.strictObject({ stack: z.literal("inbox") }),
      z.strictObject({ stack: z.literal("ofed"), ...guestSourceSchema.shape }),
    ])
    .prefault({ stack: "inbox" }),
  packages: z
    .array(z.string().regex(/^[\w.+-]+$/, "a package's name"))
    .default([])
    .describe("installed in guests of a cloud image; the project's own guest has all it needs"),
  managementPortBase: count(
    firstUserPort,
    lastPort,
    "first of the ports on 127.0.0.1 of each node that lead to its guests",
  ).default(24300),
  readyTimeoutSeconds: count(10, 86_400, "seconds for a guest to be ready").default(1200),
});

/** Everything that a stack can say. */
export const configurationSchema = z
  .strictObject({
    nodes: z.discriminatedUnion("source", [emulatedNodesSchema, existingNodesSchema, chameleonNodesSchema]),
    appliance: applianceSchema.prefault({}),
    environments: z
      .array(environmentNameSchema)
      .min(1)
      .refine((names) => new Set(names).size === names.length, "each environment once")
      .default(["native", "vm-passthrough", "vm-sriov", "container-passthrough"]),
    guestsPerNode: count(1, maximumGuestsPerNode, "guests on each node; the paper has one").default(1),
    guest: guestSchema.prefault({}),
    container: containerSchema.prefault({}),
    suite: suiteSchema.omit({ environments: true }).prefault({}),
  })
  .superRefine((configuration, context) => {
    const { nodes, appliance } = configuration;
    const needed = neededVirtualFunctions(configuration);
    if (appliance.virtualFunctions < needed) {
      context.addIssue({
        code: "custom",
        path: ["appliance", "virtualFunctions"],
        message: `${needed} at least: one for each guest in vm-sriov, and one for container-sriov`,
      });
    }
    const virtualCpus = configuration.guest.virtualCpus ?? defaultGuest(nodes.source).virtualCpus;
    const { pinnedCpus } = configuration.guest;
    if (pinnedCpus.length > 0 && pinnedCpus.length !== virtualCpus * configuration.guestsPerNode) {
      context.addIssue({
        code: "custom",
        path: ["guest", "pinnedCpus"],
        message: `${virtualCpus * configuration.guestsPerNode} processors: one for each virtual processor of the guests of a node`,
      });
    }
    if (new Set(pinnedCpus).size !== pinnedCpus.length) {
      context.addIssue({ code: "custom", path: ["guest", "pinnedCpus"], message: "each processor once" });
    }
    if (nodes.source === "emulated") {
      if (appliance.virtualFunctions > emulatedAdapterVirtualFunctions) {
        context.addIssue({
          code: "custom",
          path: ["appliance", "virtualFunctions"],
          message: `from 1 to ${emulatedAdapterVirtualFunctions}: the adapter of emulated nodes offers no more`,
        });
      }
      if (nodes.managementPortBase + nodes.count - 1 > lastPort) {
        context.addIssue({
          code: "custom",
          path: ["nodes", "managementPortBase"],
          message: `${lastPort - nodes.count + 1} at most: ${nodes.count} nodes need as many ports from there on`,
        });
      }
      if (appliance.softRoce === false) {
        context.addIssue({
          code: "custom",
          path: ["appliance", "softRoce"],
          message: "true or left out: emulated nodes have no other RDMA device",
        });
      }
    }
    if (nodes.source === "existing" && appliance.softRoce !== true) {
      nodes.hosts.forEach((host, index) => {
        if (host.rdmaDevice !== undefined) return;
        context.addIssue({
          code: "custom",
          path: ["nodes", "hosts", index, "rdmaDevice"],
          message: "the RDMA device of the adapter, such as mlx5_0 (or set appliance.softRoce to true)",
        });
      });
    }
  });

/** The configuration of a stack with every default filled in. */
export type Configuration = z.infer<typeof configurationSchema>;
export type NodesConfiguration = Configuration["nodes"];

/** Virtual functions that the environments of a configuration take from an adapter at the same time or in turns. */
export function neededVirtualFunctions(configuration: {
  readonly environments: readonly string[];
  readonly guestsPerNode: number;
}): number {
  const forGuests = configuration.environments.includes("vm-sriov") ? configuration.guestsPerNode : 0;
  return forGuests + (configuration.environments.includes("container-sriov") ? 1 : 0);
}

/** Sizes of guests where the configuration says none: the paper's, or what fits in an emulated node. */
export function defaultGuest(source: NodesConfiguration["source"]): {
  virtualCpus: number;
  memoryMib: number;
} {
  return source === "emulated" ? { virtualCpus: 1, memoryMib: 320 } : { virtualCpus: 24, memoryMib: 32768 };
}

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

/**
 * Reads the raw configuration of a project's namespace (values as Pulumi hands them to a program: scalars as text,
 * everything else as JSON). Returns the configuration, or every problem that was found.
 */
export function parseConfiguration(
  raw: Readonly<Record<string, string>>,
): { readonly configuration: Configuration } | { readonly problems: readonly ConfigurationProblem[] } {
  const values = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, fromText(value)]));
  const result = configurationSchema.safeParse(values, { reportInput: true });
  if (result.success) return { configuration: result.data };
  return { problems: toProblems(result.error, values, configurationSchema) };
}

function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
