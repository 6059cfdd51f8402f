/** Adapters that are not there: activations and releases that are done at once and remembered. */
import type { InventoryEnvironment } from "../../../infra/inventory.ts";
import type { Activation, ActivationStep } from "../../activation/activation.ts";
import type { RunOptions } from "../session.ts";

export class FakeAdapters {
  /** Names of the environments in the order of their activation; `release` where the adapters were given back. */
  readonly calls: string[] = [];

  /** What a run needs of them. */
  readonly options: Required<Pick<RunOptions, "activate" | "release">> = {
    activate: (environment) => this.activate(environment),
    release: () => this.release(),
  };

  async activate(environment: InventoryEnvironment): Promise<Activation> {
    const steps = this.calls.at(-1) === environment.name ? [] : [step(`attach for ${environment.name}`)];
    this.calls.push(environment.name);
    return {
      environment: environment.name,
      ownership: environment.ownership,
      seconds: 0.5,
      steps,
      placements: environment.placements.map((placement) => ({ ...placement, rdmaDevice: "rxe0" })),
    };
  }

  async release(): Promise<readonly ActivationStep[]> {
    this.calls.push("release");
    return [step("detach")];
  }
}

function step(text: string): ActivationStep {
  return { node: "n1", step: text, seconds: 0.5 };
}
