/** A second program on top of the testbed: it reads the stack's outputs and goes on with them. */
import * as pulumi from "@pulumi/pulumi";

/** What this program uses of the outputs; results/schema/ has all of them. */
interface Results {
  readonly fidelity: "emulated" | "hardware";
  readonly cells: readonly {
    readonly benchmark: string;
    readonly environment: string;
    readonly sizeBytes: number | null;
    readonly median: number | null;
    readonly unit: string;
  }[];
}

interface Inventory {
  readonly environments: readonly {
    readonly name: string;
    readonly placements: readonly { readonly node: string }[];
  }[];
}

const config = new pulumi.Config();
const testbed = new pulumi.StackReference(config.require("testbed"));
const demanded = config.get("fidelity");

const results = testbed.requireOutput("results").apply((output) => {
  const read = output as Results;
  if (demanded !== undefined && read.fidelity !== demanded) {
    throw new pulumi.RunError(
      `the results are ${read.fidelity}, and this program is configured for ${demanded}`,
    );
  }
  return read;
});
const inventory = testbed.requireOutput("inventory") as pulumi.Output<Inventory>;

/** By environment: the median of each benchmark and size, with its unit. */
export const medians = results.apply(({ cells }) =>
  Object.fromEntries(
    [...Map.groupBy(cells, ({ environment }) => environment)].map(([environment, own]) => [
      environment,
      Object.fromEntries(
        own
          .filter(({ median }) => median !== null)
          .map(({ benchmark, sizeBytes, median, unit }) => [
            sizeBytes === null ? benchmark : `${benchmark} ${sizeBytes} B`,
            `${median} ${unit}`,
          ]),
      ),
    ]),
  ),
);

/** By environment: the nodes that have it. */
export const nodes = inventory.apply(({ environments }) =>
  Object.fromEntries(
    environments.map(({ name, placements }) => [name, [...new Set(placements.map(({ node }) => node))]]),
  ),
);

export const fidelity = results.fidelity;
