/** The suite: what is to be measured, how often, and for how long at most. The plan follows from it alone. */
import * as z from "zod";
import {
  type EnvironmentName,
  environmentNameSchema,
  environmentTraits,
  type Inventory,
} from "../infra/inventory.ts";
import { type ProfileName, profileNames } from "./catalogue/benchmark.ts";
import { benchmarkNamed, catalogue, findBenchmark } from "./catalogue/catalogue.ts";
import { folderSchema, sourcesSchema } from "./catalogue/sources.ts";
import { UserError } from "./input.ts";
import { launcherAdvice, launcherNames } from "./launchers/launchers.ts";
import { fewestForInterval } from "./statistics/design.ts";

const benchmarkNames = catalogue.map((benchmark) => benchmark.name);

const benchmarkNameSchema = z.string().refine((name) => findBenchmark(name) !== undefined, {
  error: (issue) => `no benchmark is called "${String(issue.input)}"; there are ${benchmarkNames.join(", ")}`,
});

function distinct<Item>(items: readonly Item[]): boolean {
  return new Set(items).size === items.length;
}

/** When a run has launches enough. It is looked at after each block, so that every cell has as many. */
const stopSchema = z.strictObject({
  relativeWidth: z
    .number()
    .min(0.001)
    .max(1)
    .describe("the 95 % interval of each cell's median is to be no wider, as a fraction of the median"),
  maximumLaunches: z
    .int()
    .min(fewestForInterval, `${fewestForInterval} or more: a median of fewer launches has no interval`)
    .max(1000)
    .describe("measured launches a cell at most, however wide the intervals are"),
  budgetMinutes: z
    .number()
    .min(1)
    .max(525_600)
    .optional()
    .describe("no block is begun that would end later, by the mean length of those before; absent: no limit"),
});

// The default limits suit guests on emulated nodes, where a test needs 20 s to start: a limit costs time only where a launch hangs.
export const suiteSchema = z.strictObject({
  benchmarks: z
    .array(benchmarkNameSchema)
    .min(1)
    .refine(distinct, "a benchmark is listed twice")
    .default(catalogue.filter(({ family }) => family === "verbs").map(({ name }) => name))
    .describe("absent: the verbs tests; others are named by those who want them"),
  environments: z
    .array(environmentNameSchema)
    .min(1)
    .refine(distinct, "an environment is listed twice")
    .optional()
    .describe("absent: every environment of the inventory"),
  sizesBytes: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 23),
    )
    .min(1)
    .refine(distinct, "a size is listed twice")
    .optional()
    .describe("absent: those of the catalogue for each benchmark"),
  profile: z
    .enum(profileNames)
    .optional()
    .describe("sizes and problems; absent: emulated on emulated nodes, paper on hardware"),
  mpi: z
    .strictObject({
      launcher: z
        .enum(launcherNames, {
          error: ({ input }) => launcherAdvice(input) ?? launcherNames.join(" or "),
        })
        .default("openmpi"),
      folder: folderSchema
        .optional()
        .describe("of the MPI's programs; absent: they are on the PATH, or where packages put them"),
      variables: z
        .record(
          z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name has letters, digits and _"),
          z.string(),
        )
        .default({})
        .describe("environment variables of every rank; they win over the launcher's own"),
    })
    .prefault({}),
  sources: sourcesSchema.describe("where programs come from"),
  launches: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe("measured launches a cell; with stop the fewest, and on hardware 6 at least"),
  stop: stopSchema
    .optional()
    .describe("more launches until they are enough; absent: as many as launches says"),
  warmUpLaunches: z.int().min(0).max(100).default(0).describe("launches a cell before the measured ones"),
  iterations: z.int().min(5).max(100_000_000).default(200).describe("of the test within one launch"),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .describe("of the random order"),
  timeLimitSeconds: z.int().min(1).max(86_400).default(180).describe("of one launch, on either side"),
  connectLimitSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(90)
    .describe("until the client must have found the server listening"),
  retries: z.int().min(0).max(10).default(2).describe("new attempts at a launch that was refused"),
});
/** A suite as the user writes it: everything has a default. */
export type SuiteInput = z.input<typeof suiteSchema>;

/** A suite as a stack declares it: its environments are named. */
export type DeclaredSuite = z.infer<typeof suiteSchema> & { readonly environments: EnvironmentName[] };

/** A suite with nothing left open. */
export type Suite = DeclaredSuite & {
  readonly profile: ProfileName;
};

/** Mistakes that no field shows alone. */
export function findSuiteMistakes({
  launches,
  stop,
}: Pick<z.infer<typeof suiteSchema>, "launches" | "stop">): { path: string[]; message: string }[] {
  if (stop === undefined || stop.maximumLaunches >= launches) return [];
  const message = `${launches} or more: suite.launches asks for so many at least`;
  return [{ path: ["stop", "maximumLaunches"], message }];
}

/** What the command line narrows a suite down to. */
export interface SuiteFilter {
  readonly benchmarks?: readonly string[];
  readonly environments?: readonly string[];
}

/**
 * Names the suite's environments after the inventory's and keeps what the filter names.
 * Throws UserError when the filter names something that is not there, and when the suite contradicts itself.
 */
export function resolveSuite(
  suite: z.infer<typeof suiteSchema>,
  inventory: Pick<Inventory, "fidelity"> & {
    readonly environments: readonly { readonly name: EnvironmentName }[];
  },
  filter: SuiteFilter = {},
): Suite {
  for (const { path, message } of findSuiteMistakes(suite)) {
    throw new UserError(`the suite is not valid: ${path.join(".")}: ${message}`, 2);
  }
  const deployed = inventory.environments.map((environment) => environment.name);
  const benchmarks = narrowed("benchmark", suite.benchmarks, filter.benchmarks);
  const environments = narrowed("environment", suite.environments ?? deployed, filter.environments);
  if (!benchmarks.some((benchmark) => environments.some((name) => makesSense(benchmark, name)))) {
    throw new UserError(
      `nothing is left to measure: ${benchmarks.join(", ")} can't be in ${environments.join(", ")}`,
      2,
    );
  }
  const profile = suite.profile ?? (inventory.fidelity === "emulated" ? "emulated" : "paper");
  return { ...suite, benchmarks, environments, profile };
}

/** Whether a benchmark has cells in an environment. */
export function makesSense(benchmark: string, environment: EnvironmentName): boolean {
  return benchmarkNamed(benchmark).kinds.includes(environmentTraits[environment].kind);
}

function narrowed<Name extends string>(
  what: string,
  names: readonly Name[],
  wanted: readonly string[] | undefined,
): Name[] {
  if (wanted === undefined) return [...names];
  for (const name of wanted) {
    if (!names.some((known) => known === name)) {
      throw new UserError(`the suite has no ${what} "${name}"; it has ${names.join(", ")}`, 2);
    }
  }
  return names.filter((name) => wanted.includes(name));
}
