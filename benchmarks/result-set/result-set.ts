/** A result set: the run that an analysis is made of, read and checked. Its fidelity is part of its type. */
import type { Fidelity, Inventory } from "../../infra/inventory.ts";
import type { Benchmark, Metric, ProfileName } from "../catalogue/benchmark.ts";
import type { EmulatedMeasurement, HardwareMeasurement } from "../measurement.ts";
import type { EmulatedResults, HardwareResults } from "../results.ts";
import type { LedgerEvent } from "../runner/ledger.ts";
import { choosePlacements } from "../runner/places.ts";
import type { Plan } from "../runner/schedule.ts";

/** What of a benchmark the analysis needs. A catalogue's entry is one. */
export interface BenchmarkDescription {
  readonly name: string;
  readonly family: string;
  readonly title: string;
  readonly metric: Metric;
}

/** Where numbers come from. `synthetic`: from a formula, with an invented spread; nothing was measured. */
export type Origin = "measured" | "synthetic";

/** What differs in type between fidelities. */
interface OfFidelity {
  readonly emulated: { readonly results: EmulatedResults; readonly measurement: EmulatedMeasurement };
  readonly hardware: { readonly results: HardwareResults; readonly measurement: HardwareMeasurement };
}

/** One of either fidelity is a `ResultSet` too, and neither is the other. */
export interface ResultSet<out Kind extends Fidelity = Fidelity> {
  readonly fidelity: Kind;
  readonly origin: Origin;
  readonly directory: string;
  readonly results: OfFidelity[Kind]["results"];
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly events: readonly LedgerEvent[];
  /** Of valid attempts at launches that are no warm-up. */
  readonly measurements: readonly OfFidelity[Kind]["measurement"][];
  /** In the plan's order. */
  readonly benchmarks: readonly DescribedBenchmark[];
}

/** A benchmark of a run with how many processes it had. */
export interface DescribedBenchmark extends BenchmarkDescription {
  /** Of all sides together; null: not the same in all environments. */
  readonly processes: number | null;
}

export type AnyResultSet = ResultSet<"emulated"> | ResultSet<"hardware">;

/** How many processes a benchmark has in a run: those of its profile in as many places as the inventory has for it. */
export function processesOf(benchmark: Benchmark, profile: ProfileName, inventory: Inventory): number | null {
  const counts = new Set(
    inventory.environments.flatMap(({ placements }) => {
      const places = choosePlacements(benchmark, profile, placements)?.length;
      if (places === undefined) return [];
      return [places * (benchmark.launcher === "mpi" ? benchmark.scales[profile].ranksPerNode : 1)];
    }),
  );
  const [only = null, ...others] = counts;
  return others.length === 0 ? only : null;
}
