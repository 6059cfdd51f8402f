/** What claims are judged by, of the paper's figures in words, and of changed ones. */
import { join } from "node:path";
import type { Fidelity } from "../../../infra/inventory.ts";
import { checkoutDirectory } from "../../../infra/paths.ts";
import { defaultSettings } from "../../analysis/analysis.ts";
import type { ResultSet } from "../../result-set/result-set.ts";
import { type Figures, readFigures, type VirtualizedFigure } from "../../result-set/synthetic/figures.ts";
import { syntheticResultSet } from "../../result-set/synthetic/synthetic.ts";
import type { Claim } from "../claim.ts";
import { type Grounds, groundsOf } from "../grounds.ts";

export const paperDirectory = join(checkoutDirectory, "results", "paper");
export const paperFigures: Figures = readFigures(paperDirectory);

/** Fewer resamples than usual: the tests are about verdicts, and theirs are far from the edges. */
const settings = { ...defaultSettings, resamples: 1000 };

/** The grounds in figures, with nothing measured. */
export function groundsIn(figures: Figures): Grounds<"hardware"> {
  return groundsOf(syntheticResultSet(figures, paperDirectory), settings);
}

/** The same numbers as emulated nodes would have given them: the type changes with them. */
export function emulatedGroundsIn(figures: Figures): Grounds<"emulated"> {
  const { results, measurements, ...rest } = syntheticResultSet(figures, paperDirectory);
  const fidelity = "emulated" satisfies Fidelity;
  const set: ResultSet<"emulated"> = {
    ...rest,
    fidelity,
    origin: "measured",
    inventory: { ...rest.inventory, fidelity },
    results: { ...results, fidelity },
    measurements: measurements.map((measurement) => ({ ...measurement, fidelity })),
  };
  return groundsOf(set, settings);
}

/** Only what a claim is about: the rest would only take time. */
export function figuresFor({ statements }: Claim, figures: Figures = paperFigures): Figures {
  const needed = new Set(
    statements.flatMap(({ quantity }) => {
      if (quantity.kind === "overall") return quantity.benchmarks;
      const references = quantity.kind === "value" ? [] : [quantity.reference].flat();
      return [...[quantity.subject].flat(), ...references].map(({ benchmark }) => benchmark);
    }),
  );
  return { ...figures, native: figures.native.filter(({ benchmark }) => needed.has(benchmark)) };
}

/** Which of the figures of virtualized environments are meant. */
export type Which = Partial<Pick<VirtualizedFigure, "environment" | "sizes" | "statistic">> & {
  readonly benchmark: string | RegExp;
};

/** Figures with another percentage in some places. Throws when there are none such: the test would change nothing. */
export function withPercent(figures: Figures, { benchmark, ...which }: Which, percent: number): Figures {
  let changed = 0;
  const virtualized = figures.virtualized.map((figure) => {
    const isNamed =
      typeof benchmark === "string" ? figure.benchmark === benchmark : benchmark.test(figure.benchmark);
    const isMeant =
      isNamed &&
      figure.statistic === which.statistic &&
      (which.environment ?? figure.environment) === figure.environment &&
      (which.sizes ?? figure.sizes) === figure.sizes;
    if (!isMeant) return figure;
    changed += 1;
    return "overheadPercent" in figure
      ? { ...figure, overheadPercent: percent }
      : { ...figure, vmPassthroughImprovesPercent: percent };
  });
  if (changed === 0) throw new Error(`the figures have nothing of ${benchmark}`);
  return { ...figures, virtualized };
}

/** Figures with another peak of a native bandwidth. */
export function withPeak(figures: Figures, benchmark: string, peakGigabytesPerSecond: number): Figures {
  const native = figures.native.map((figure) =>
    figure.benchmark === benchmark && "peakGigabytesPerSecond" in figure
      ? { ...figure, peakGigabytesPerSecond }
      : figure,
  );
  return { ...figures, native };
}
