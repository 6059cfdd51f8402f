/** From suite to launches, pure: which there are, and the order that statistics/design.ts gives them. */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Connection, Inventory, NodeSource } from "../../infra/inventory.ts";
import { environmentNameSchema, environmentTraits, type Ownership } from "../../infra/inventory.ts";
import { type Benchmark, defaultSizes } from "../catalogue/benchmark.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { mulberry32 } from "../random.ts";
import { randomisedBlocks } from "../statistics/design.ts";
import { makesSense, type Suite, suiteSchema } from "../suite.ts";

export const cellSchema = z.strictObject({
  benchmark: z.string(),
  environment: environmentNameSchema,
  sizeBytes: z.int().min(1).nullable().describe("null: the benchmark has no message size"),
});
/** One benchmark in one environment at one size. */
export type Cell = z.infer<typeof cellSchema>;

export const launchSchema = z.strictObject({
  benchmark: z.string(),
  environment: environmentNameSchema,
  sizesBytes: z.array(z.int().min(1)).describe("a cell each; none: the benchmark has no message size"),
  launch: z.int().min(1).describe("counted from 1 in the order of the plan"),
  block: z.int().min(1).describe("counted from 1, warm-up blocks first"),
  warmUp: z.boolean().describe("run and kept, but no part of the results"),
});
export type Launch = z.infer<typeof launchSchema>;

export const planSchema = z.strictObject({
  schemaVersion: z.literal(1),
  planDigest: z.string().regex(/^[0-9a-f]{64}$/),
  suite: suiteSchema.required({ environments: true, profile: true }),
  launches: z.array(launchSchema),
});
/** Everything that a run will do, in order. */
export type Plan = z.infer<typeof planSchema>;

/** A text that is the same for the same cell and differs for others. */
export function cellKey(cell: Cell): string {
  return `${cell.benchmark} ${cell.environment} ${cell.sizeBytes}`;
}

/** What one launch measures: one benchmark in one environment at the sizes that it takes together. */
export type LaunchContent = Pick<Launch, "benchmark" | "environment" | "sizesBytes">;

/** The cells that a launch gives numbers for. */
export function cellsOf({ benchmark, environment, sizesBytes }: LaunchContent): Cell[] {
  const sizes: readonly (number | null)[] = sizesBytes.length === 0 ? [null] : sizesBytes;
  return sizes.map((sizeBytes) => ({ benchmark, environment, sizeBytes }));
}

/** The launches that measure every cell of a suite once, in the suite's order. A benchmark has none where it makes no sense. */
export function suiteLaunches(suite: Suite): LaunchContent[] {
  return suite.benchmarks.flatMap((benchmark) =>
    launchSizes(suite, benchmarkNamed(benchmark)).flatMap((sizesBytes) =>
      suite.environments
        .filter((environment) => makesSense(benchmark, environment))
        .map((environment) => ({ benchmark, environment, sizesBytes })),
    ),
  );
}

/** The sizes of each launch of a benchmark. */
function launchSizes(suite: Suite, benchmark: Benchmark): number[][] {
  const own = defaultSizes(benchmark, suite.profile);
  const wanted = own.length === 0 ? [] : [...(suite.sizesBytes ?? own)].sort((a, b) => a - b);
  return benchmark.launcher === "mpi" ? [wanted] : wanted.map((sizeBytes) => [sizeBytes]);
}

/** Who holds the adapter while a cell is measured. */
export function ownershipOf({ environment }: Pick<LaunchContent, "environment">): Ownership {
  return environmentTraits[environment].ownership;
}

/**
 * The launches of a suite in the order of its seed. With a stopping rule all that there can be: an early stop leaves out whole blocks at
 * the end, and the others are where they would be anyway.
 */
export function scheduleLaunches(suite: Suite): Launch[] {
  const design = {
    wholePlotOf: ownershipOf,
    warmUpBlocks: suite.warmUpLaunches,
    blocks: suite.stop?.maximumLaunches ?? suite.launches,
  };
  return randomisedBlocks(suiteLaunches(suite), design, mulberry32(suite.seed)).map(
    ({ content, block, warmUp }, index) => ({ ...content, launch: index + 1, block, warmUp }),
  );
}

/** The plan of a suite on the machines of an inventory. Its digest tells which unfinished run may be continued. */
export function planRun(suite: Suite, inventory: Inventory): Plan {
  return {
    schemaVersion: 1,
    planDigest: digestOf({ suite, inventory: inventoryIdentity(inventory) }),
    suite,
    launches: scheduleLaunches(suite),
  };
}

/**
 * Leaves out what may change while the machines stay the same: where sockets and keys lie on this side, and until when they are leased.
 * Of leased nodes also which of their type they are: a run goes on with those of another lease.
 */
function inventoryIdentity(inventory: Inventory): unknown {
  return machinesOf(inventory, ({ source, connection: { address, hostKey, ...connection } }) =>
    source === "chameleon" ? connection : { ...connection, address, hostKey },
  );
}

/** A text that differs when any of the machines is another one. */
export function machinesDigest(inventory: Inventory): string {
  return digestOf(machinesOf(inventory, ({ connection }) => connection));
}

/** The machines of an inventory, with so much of how each is reached. */
function machinesOf(
  { socketDirectory: _, lease, nodes, ...rest }: Inventory,
  identify: (node: { source: NodeSource; connection: Omit<Connection, "privateKeyPath"> }) => unknown,
): unknown {
  const { endsAt: __, ...leased } = lease ?? {};
  return {
    ...rest,
    ...(lease === undefined ? {} : { lease: leased }),
    nodes: nodes.map(({ connection: { privateKeyPath: ___, ...connection }, ...node }) => ({
      ...node,
      connection: identify({ source: node.source, connection }),
    })),
  };
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** JSON with sorted keys: the same value gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
