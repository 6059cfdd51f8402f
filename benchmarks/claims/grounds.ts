/** What verdicts rest on: a result set and its launches. A whole analysis has them too. */
import type { Fidelity } from "../../infra/inventory.ts";
import { type Analysis, defaultSettings } from "../analysis/analysis.ts";
import type { Measurement } from "../measurement.ts";
import type { ResultSet } from "../result-set/result-set.ts";
import type { ComparisonSettings } from "../statistics/comparison.ts";
import { samplesOf } from "../statistics/sample.ts";

export type Grounds<Kind extends Fidelity = Fidelity> = Pick<
  Analysis<Kind>,
  "fidelity" | "set" | "settings" | "samples"
>;

/** The grounds in a result set, without the rest of its analysis: the claims make their own comparisons. */
export function groundsOf<Kind extends Fidelity>(
  set: ResultSet<Kind>,
  settings: ComparisonSettings = defaultSettings,
): Grounds<Kind> {
  // Both types are the same for either fidelity; for a `Kind` still open the compiler can't see it.
  const measurements = set.measurements as readonly Extract<Measurement, { fidelity: Kind }>[];
  return { fidelity: set.fidelity, set, settings, samples: samplesOf<Kind>(measurements) };
}
