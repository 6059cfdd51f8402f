/** What environments are, as a session finds them: asked after each activation, and written to the ledger where it is news. */
import type { EnvironmentName, InventoryEnvironment, Placement } from "../../infra/inventory.ts";
import type { TarballPrograms } from "./programs.ts";
import { canonicalJson } from "./schedule.ts";
import { interruptible, type Session } from "./session.ts";
import { type Survey, surveyEnvironment } from "./sites.ts";
import { findTarballPrograms } from "./tarball-programs.ts";

/** The surveys of one session. Nothing is remembered from session to session. */
export class EnvironmentSurveys {
  readonly #session: Session;
  /** The last one of each environment. */
  readonly #last = new Map<EnvironmentName, Survey>();
  #tarballs: Promise<TarballPrograms> | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Asks what the environment is now, and writes it down where it is not what was written before. */
  async take(environment: InventoryEnvironment, placements: readonly Placement[]): Promise<Survey> {
    const { options, plan, writer, now } = this.#session;
    const { name } = environment;
    const former: Survey = this.#last.get(name) ?? new Map();
    const tarballs = await this.tarballPrograms();
    const survey = await interruptible(this.#session, null, () =>
      surveyEnvironment(environment, plan.suite, placements, options, tarballs, former),
    );
    for (const [key, found] of survey) {
      const before = former.get(key);
      if (typeof found === "string") continue;
      const same =
        before !== undefined &&
        typeof before !== "string" &&
        canonicalJson(before.placed) === canonicalJson(found.placed);
      if (!same) writer.append({ event: "evidence", time: now().toISOString(), ...found.placed });
    }
    this.#last.set(name, survey);
    return survey;
  }

  /** Once in a session: tarballs don't change, and what can't be had now is not asked for before each launch. */
  tarballPrograms(): Promise<TarballPrograms> {
    const { plan, options } = this.#session;
    this.#tarballs ??= interruptible(this.#session, null, () =>
      findTarballPrograms(plan.suite, options.inventory.nodes.length),
    );
    return this.#tarballs;
  }
}
