/**
 * `testbed activate ENVIRONMENT` switches a stack to an environment by hand, `testbed release` gives everything back as the stack
 * declares it. Steps go to standard error.
 */
import { join, resolve } from "node:path";
import { Command } from "commander";
import type { Inventory, InventoryEnvironment } from "../../infra/inventory.ts";
import { resultsDirectory } from "../../infra/paths.ts";
import { activateEnvironment, releaseAdapters } from "../activation/activate.ts";
import type { ActivationOptions } from "../activation/activation.ts";
import { remoteFactory, stepLine } from "../activation/edge.ts";
import { UserError } from "../input.ts";
import { takeLock } from "../runner/lock.ts";
import { RunInterrupted } from "../runner/run.ts";
import { defaultStack, type InventoryOptions, readInventory } from "./inventory-source.ts";

interface Options extends InventoryOptions {
  readonly results: string;
}

export function activateCommand(): Command {
  const command = new Command("activate")
    .description("give the adapters to an environment, as a run does before it measures there")
    .argument("<environment>", "as in vm-sriov");
  return withOptions(command).action(async (name: string, options: Options) => {
    const inventory = await readInventory(options);
    const environment = environmentNamed(inventory, name);
    const { steps, seconds } = await undisturbed(inventory, options, `activate ${name}`, (activation) =>
      activateEnvironment(environment, activation),
    );
    say(
      steps.length === 0
        ? `${name} is active already`
        : `${name} is active after ${steps.length} steps in ${seconds.toFixed(1)} s`,
    );
  });
}

export function releaseCommand(): Command {
  const command = new Command("release").description(
    "give the adapters back to their nodes and let all guests run, as after a deployment",
  );
  return withOptions(command).action(async (options: Options) => {
    const inventory = await readInventory(options);
    const steps = await undisturbed(inventory, options, "release", releaseAdapters);
    say(steps.length === 0 ? "nothing was to be given back" : `given back in ${steps.length} steps`);
  });
}

function withOptions(command: Command): Command {
  return command
    .option("--inventory <file>", "what was deployed; - is standard input; absent: the stack's output")
    .option("--stack <name>", "whose output is the inventory", defaultStack)
    .option(
      "--results <dir>",
      "folder with the runs of all stacks, where a run's lock lies",
      resultsDirectory,
    );
}

/** Does something with the adapters while no run can, and lets Ctrl-C end it between two steps. */
async function undisturbed<Value>(
  inventory: Inventory,
  options: Options,
  what: string,
  action: (activation: ActivationOptions) => Promise<Value>,
): Promise<Value> {
  const unlock = takeLock(join(resolve(options.results), inventory.stack, ".lock"));
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new RunInterrupted(`interrupted; testbed ${what} finishes it`));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await action({
      inventory,
      remoteOf: remoteFactory(inventory),
      onStep: (step) => say(stepLine(step)),
      signal: abort.signal,
    });
  } finally {
    unlock();
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
