/** Which environment has the adapters: makes that of the next launch active, and gives the adapters back at the end. */
import type { EnvironmentName, InventoryEnvironment, Ownership, Placement } from "../../infra/inventory.ts";
import { activateEnvironment, releaseAdapters } from "../activation/activate.ts";
import { type Activation, ActivationError, type ActivationOptions } from "../activation/activation.ts";
import { benchmarkNamed } from "../catalogue/catalogue.ts";
import { type HeldActivation, heldAfter } from "./activations.ts";
import { endedWithin } from "./ended-within.ts";
import { EnvironmentSurveys } from "./environment-surveys.ts";
import type { LedgerEvent } from "./ledger.ts";
import { choosePlacements } from "./places.ts";
import { neededPrograms, rankCount } from "./programs.ts";
import type { Launch } from "./schedule.ts";
import { interruptible, RunInterrupted, type Session } from "./session.ts";
import { type Sides, type Survey, sidesOf } from "./sites.ts";

/** An activation that failed is tried once more: a guest may have been in the middle of its start. */
const activationTries = 2;
/** Time to give the adapters back when a run ends before its time. */
const hurriedReleaseMs = 60_000;

/** What a launch can count on. `not-available`: for the whole run; `not-started`: not now. */
export type Preparation =
  | ({ readonly status: "ready"; readonly environment: InventoryEnvironment } & Sides)
  | { readonly status: "not-available" | "not-started"; readonly reason: string };

/** An environment as it is since the last activation. */
interface Current {
  readonly placements: readonly Placement[];
  readonly survey: Survey;
}

/**
 * Environments of one ownership share its activation: the devices are where all of them need them, and looking again costs
 * seconds. Nothing is remembered from session to session: activation looks at what is.
 */
export class ActiveEnvironments {
  readonly #session: Session;
  /** Null: not known. */
  #ownership: Ownership | null = null;
  #touched = false;
  #failure: { readonly ownership: Ownership; readonly block: number; readonly reason: string } | null = null;
  /** The activation that holds by the ledger: what earlier sessions left counts too. */
  #held: HeldActivation | null;
  readonly #current = new Map<EnvironmentName, Current>();
  readonly #surveys: EnvironmentSurveys;

  constructor(session: Session) {
    this.#session = session;
    this.#surveys = new EnvironmentSurveys(session);
    this.#held = session.before.reduce<HeldActivation | null>(heldAfter, null);
  }

  /**
   * Makes the environment of a launch active and gives the two sides of the launch. When that fails twice the launches of
   * its ownership in this block are not started; the next block tries again.
   */
  async prepare(launch: Launch): Promise<Preparation> {
    const environment = this.#session.options.inventory.environments.find(
      ({ name }) => name === launch.environment,
    );
    if (environment === undefined) {
      return { status: "not-available", reason: `the inventory has no environment ${launch.environment}` };
    }
    const benchmark = benchmarkNamed(launch.benchmark);
    // Nothing is switched for a launch that can't be had anyway.
    const { suite } = this.#session.plan;
    const tarballs = await this.#surveys.tarballPrograms();
    const places = choosePlacements(benchmark, suite.profile, environment.placements);
    const possible =
      places !== null &&
      !("reason" in neededPrograms(benchmark, suite, rankCount(benchmark, suite, places.length), tarballs));
    const { ownership } = environment;
    if (possible && this.#failure?.ownership === ownership && this.#failure.block === launch.block) {
      return { status: "not-started", reason: this.#failure.reason };
    }
    const none: Current = { placements: environment.placements, survey: new Map() };
    const current = possible ? await this.#activeNow(environment, launch.block) : none;
    if (current === null) return { status: "not-started", reason: this.#failure?.reason ?? "" };
    const sides = sidesOf(environment.name, benchmark, suite, current.placements, tarballs, current.survey);
    if ("reason" in sides) return { status: "not-available", reason: sides.reason };
    if (this.#held !== null) this.#held = { ...this.#held, block: launch.block };
    return { status: "ready", environment, ...sides };
  }

  /** Says that what is active may have gone: the next launch looks and mends. */
  invalidate(): void {
    this.#ownership = null;
  }

  /** Gives the adapters back to their hosts. Throws ActivationError when that fails. */
  async release(): Promise<void> {
    let work: ReturnType<typeof releaseAdapters> | null = null;
    try {
      await this.#released(() =>
        interruptible(
          this.#session,
          null,
          () => {
            work = this.#release(this.#activationOptions());
            return work;
          },
          async () => work === null || endedWithin(work, hurriedReleaseMs),
        ),
      );
    } catch (error) {
      if (error instanceof RunInterrupted) await this.releaseInHurry();
      else this.#recordFailedRelease(error);
      throw error;
    }
  }

  /** The same at the end of a run that failed or was interrupted: what goes wrong is written down, and the time is short. */
  async releaseInHurry(): Promise<void> {
    if (!this.#touched) return;
    const signal = AbortSignal.timeout(hurriedReleaseMs);
    try {
      await this.#released(async () => {
        const work = this.#release({ ...this.#activationOptions(), signal });
        if (!(await endedWithin(work, hurriedReleaseMs))) {
          throw new ActivationError(`it was not done after ${hurriedReleaseMs / 1000} s`);
        }
        return work;
      });
    } catch (error) {
      this.#recordFailedRelease(error);
    }
  }

  async #activeNow(environment: InventoryEnvironment, block: number): Promise<Current | null> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#leaveFormerBlock(environment, block);
        return await this.#makeCurrent(environment);
      } catch (error) {
        if (!(error instanceof ActivationError)) throw error;
        const { name, ownership } = environment;
        this.#recordFailedActivation(environment, error);
        this.invalidate();
        if (tries < activationTries) continue;
        this.#failure = { ownership, block, reason: `${name} could not be made active: ${error.message}` };
        return null;
      }
    }
  }

  /**
   * Gives the adapters to another owner where a block would begin under the activation of a former one, so that its environments become
   * active anew (see statistics/design.ts). A suite with one owner has one activation.
   */
  async #leaveFormerBlock({ ownership }: InventoryEnvironment, block: number): Promise<void> {
    const held = this.#held;
    if (held?.ownership !== ownership || held.block === null || held.block === block) return;
    const { options, plan } = this.#session;
    const other = options.inventory.environments.find(
      (environment) =>
        environment.ownership !== ownership &&
        plan.launches.some((launch) => launch.environment === environment.name),
    );
    if (other === undefined) return;
    this.invalidate();
    try {
      await this.#activated(other);
    } catch (error) {
      // The block's own environment is made active next, and mends what this left; if nothing was touched, its activation goes on.
      if (!(error instanceof ActivationError)) throw error;
      this.#recordFailedActivation(other, error);
    }
  }

  #recordFailedActivation({ name }: InventoryEnvironment, { message }: ActivationError): void {
    const time = this.#session.now().toISOString();
    this.#append({ event: "activation-failed", time, environment: name, reason: message });
  }

  /** Writes down what may have changed who has the adapters. */
  #append(event: Extract<LedgerEvent, { event: "activated" | "activation-failed" | "released" }>): void {
    this.#session.writer.append(event);
    this.#held = heldAfter(this.#held, event);
  }

  async #makeCurrent(environment: InventoryEnvironment): Promise<Current> {
    const { name, ownership } = environment;
    const current = this.#current.get(name);
    if (this.#ownership === ownership && current !== undefined) return current;
    const unresolved = environment.placements.some(({ rdmaDevice }) => rdmaDevice === "auto");
    let placements: readonly Placement[] = environment.placements;
    if (this.#ownership !== ownership || unresolved) {
      if (this.#ownership !== ownership) this.#current.clear();
      this.#ownership = null;
      placements = (await this.#activated(environment)).placements;
      this.#ownership = ownership;
    }
    const survey = await this.#surveys.take(environment, placements);
    this.#current.set(name, { placements, survey });
    return { placements, survey };
  }

  async #activated(environment: InventoryEnvironment): Promise<Activation> {
    const { options, now } = this.#session;
    const activate = options.activate ?? activateEnvironment;
    this.#touched = true;
    let work: Promise<Activation> | null = null;
    const activation = await interruptible(
      this.#session,
      null,
      () => {
        work = activate(environment, this.#activationOptions());
        return work;
      },
      // Two hands on one adapter: the release waits until the activation has seen the signal too.
      async () => work === null || endedWithin(work, hurriedReleaseMs),
    );
    const { ownership, seconds, steps } = activation;
    this.#append({
      event: "activated",
      time: now().toISOString(),
      environment: environment.name,
      ownership,
      seconds,
      steps: [...steps],
    });
    return activation;
  }

  #activationOptions(): ActivationOptions {
    const { inventory, remoteOf, onStep, signal } = this.#session.options;
    return {
      inventory,
      remoteOf,
      ...(onStep === undefined ? {} : { onStep }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  #release(options: ActivationOptions): ReturnType<typeof releaseAdapters> {
    return (this.#session.options.release ?? releaseAdapters)(options);
  }

  async #released(release: () => ReturnType<typeof releaseAdapters>): Promise<void> {
    const { now } = this.#session;
    const begun = now();
    this.invalidate();
    const steps = await release();
    const ended = now();
    const seconds = (ended.getTime() - begun.getTime()) / 1000;
    this.#append({ event: "released", time: ended.toISOString(), seconds, steps: [...steps] });
  }

  #recordFailedRelease(error: unknown): void {
    const { writer, now } = this.#session;
    const reason = error instanceof Error ? error.message : String(error);
    writer.append({ event: "release-failed", time: now().toISOString(), reason });
  }
}
