/** `testbed activate ENVIRONMENT`: switches a stack to an environment by hand. Steps go to standard error. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { Inventory, InventoryEnvironment } from "../../infra/inventory.ts";
import { activateEnvironment } from "../activation/activate.ts";
import { remoteFactory, stepLine } from "../activation/edge.ts";
import { UserError } from "../input.ts";
import { takeLock } from "../runner/lock.ts";
import { RunInterrupted } from "../runner/run.ts";
import { defaultStack, type InventoryOptions, readInventory } from "./inventory-source.ts";
import { defaultResultsDirectory } from "./results.ts";

interface Options extends InventoryOptions {
  readonly results: string;
}

export function activateCommand(): Command {
  return new Command("activate")
    .description("give the adapters to an environment, as a run does before it measures there")
    .argument("<environment>", "as in vm-sriov")
    .option("--inventory <file>", "what was deployed; - is standard input; absent: the stack's output")
    .option("--stack <name>", "whose output is the inventory", defaultStack)
    .option(
      "--results <dir>",
      "folder with the runs of all stacks, where a run's lock lies",
      defaultResultsDirectory,
    )
    .action(switchTo);
}

async function switchTo(name: string, options: Options): Promise<void> {
  const inventory = await readInventory(options);
  const environment = environmentNamed(inventory, name);
  const release = takeLock(join(resolve(options.results), inventory.stack, ".lock"));
  const abort = new AbortController();
  const interrupt = (): void =>
    abort.abort(new RunInterrupted(`interrupted; activate ${name} or another environment to finish`));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const { steps, seconds } = await activateEnvironment(environment, {
      inventory,
      remoteOf: remoteFactory(inventory),
      onStep: (step) => say(stepLine(step)),
      signal: abort.signal,
    });
    say(
      steps.length === 0
        ? `${name} is active already`
        : `${name} is active after ${steps.length} steps in ${seconds.toFixed(1)} s`,
    );
  } finally {
    release();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** Throws UserError with the names there are when it is none of them. */
export function environmentNamed(inventory: Inventory, name: string): InventoryEnvironment {
  const found = inventory.environments.find((environment) => environment.name === name);
  if (found === undefined) {
    const names = inventory.environments.map((environment) => environment.name).join(", ");
    throw new UserError(`stack "${inventory.stack}" has no environment ${name}; it has ${names}`, 2);
  }
  return found;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
