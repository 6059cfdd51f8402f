/**
 * The stack configuration: one zod schema, read once. Every mistake is reported at once with the key, the value and what
 * would be right; a misspelt key is answered with the nearest right one.
 */
import * as z from "zod";
import { findSuiteMistakes, suiteSchema } from "../benchmarks/suite.ts";
import { applianceSchema, findDriverMistakes } from "./config-appliance.ts";
import { count, lastPort } from "./config-fields.ts";
import { findGuestMistakes, guestSchema } from "./config-guest.ts";
import { nodesSchema } from "./config-nodes.ts";
import { type ConfigurationProblem, toProblems } from "./config-problems.ts";
import { environmentNameSchema } from "./inventory.ts";

export { defaultGuest } from "./config-guest.ts";
export type { NodesConfiguration } from "./config-nodes.ts";

/** Virtual functions that the emulated adapter (QEMU `igb`) offers: its `sriov_totalvfs`. */
export const emulatedAdapterVirtualFunctions = 7;

/** More guests than the largest nodes have NUMA nodes make no sense for HPC. */
const maximumGuestsPerNode = 16;

const containerSchema = z.strictObject({
  privileged: z.boolean("true (as in the paper) or false (only what RDMA needs)").default(true),
});

/** Everything that a stack can say. */
export const configurationSchema = z
  .strictObject({
    nodes: nodesSchema,
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
    for (const { key, message } of findDriverMistakes(appliance)) {
      context.addIssue({ code: "custom", path: ["appliance", ...key.split(".")], message });
    }
    for (const { path, message } of findGuestMistakes(configuration)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
    for (const { path, message } of findSuiteMistakes(configuration.suite)) {
      context.addIssue({ code: "custom", path: ["suite", ...path], message });
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
    if (nodes.source === "chameleon" && appliance.softRoce !== true && nodes.rdmaDevice === undefined) {
      context.addIssue({
        code: "custom",
        path: ["nodes", "rdmaDevice"],
        message: "the RDMA device of the adapter, such as mlx4_0 (or set appliance.softRoce to true)",
      });
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

/** Virtual functions that the environments of a configuration take from an adapter at the same time or in turns. */
export function neededVirtualFunctions(configuration: {
  readonly environments: readonly string[];
  readonly guestsPerNode: number;
}): number {
  const forGuests = configuration.environments.includes("vm-sriov") ? configuration.guestsPerNode : 0;
  return forGuests + (configuration.environments.includes("container-sriov") ? 1 : 0);
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
