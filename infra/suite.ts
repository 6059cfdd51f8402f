/** The suite as a resource: it runs after the deploy, and again when its plan or the inventory changes. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type Results, resultsSchema } from "../benchmarks/results.ts";
import type { DeclaredSuite } from "../benchmarks/suite.ts";
import { declareAction, resultOf } from "./action.ts";
import type { Inventory } from "./inventory.ts";

export interface SuiteArguments {
  readonly inventory: pulumi.Output<Inventory>;
  readonly suite: DeclaredSuite;
  /** Change when machines are made anew: what was measured on the former ones says nothing of these. */
  readonly generations: readonly pulumi.Input<string>[];
}

/** Runs the benchmark suite in the environments of the inventory and hands out its results. */
export class SuiteRun extends pulumi.ComponentResource {
  readonly results: pulumi.Output<Results>;

  constructor(name: string, args: SuiteArguments, options?: pulumi.ComponentResourceOptions) {
    super("testbed:index:SuiteRun", name, {}, options);
    const suiteText = JSON.stringify(args.suite);
    const run = declareAction(
      `${name}-run`,
      "benchmarks/cli.ts",
      {
        words: ["run", "--inventory", "-", "--suite-json"],
        create: suiteText,
        stdin: args.inventory.apply((inventory) => JSON.stringify(inventory)),
        triggers: [createHash("sha256").update(suiteText).digest("hex"), ...args.generations],
      },
      { parent: this },
    );
    this.results = resultOf(run, resultsSchema);
    this.registerOutputs({ results: this.results });
  }
}
