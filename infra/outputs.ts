/** The stack outputs: what other tools consume. They stay small; data lies in a folder under results/. */
import * as z from "zod";
import { resultsSchema } from "../benchmarks/results.ts";
import { connectionSchema, environmentNameSchema, inventorySchema, nodeSourceSchema } from "./inventory.ts";

/** One node as a user wants to see it: how to get there and what it is. */
export const nodeSummarySchema = z.strictObject({
  name: z.string(),
  source: nodeSourceSchema,
  connection: connectionSchema,
  operatingSystem: z.string(),
  kernelRelease: z.string(),
  cpuModel: z.string(),
  cpus: z.int().min(1),
  memoryMib: z.int().min(1),
  accelerator: z
    .enum(["kvm", "tcg"])
    .optional()
    .describe("how the node's processor is emulated; emulated nodes only"),
});
export type NodeSummary = z.infer<typeof nodeSummarySchema>;

/** All outputs of a stack. */
export const outputsSchema = z.strictObject({
  nodes: z.array(nodeSummarySchema).min(1),
  inventory: inventorySchema,
  results: resultsSchema,
  activeEnvironment: environmentNameSchema
    .nullable()
    .describe("that has the adapters after the suite; null: none of the inventory's, or not known"),
});
export type Outputs = z.infer<typeof outputsSchema>;
