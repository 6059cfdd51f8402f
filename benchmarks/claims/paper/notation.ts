/** Short forms in which the claims are written down. */
import type { EnvironmentName } from "../../../infra/inventory.ts";
import type { Claim, Extent, Series, Statement } from "../claim.ts";
import { allSizes, type SizeRange } from "../sizes.ts";
import type { Allowed } from "../wording.ts";

/** The names of the paper. */
export const native = "native" as const;
export const containerPt = "container-passthrough" as const;
export const vmPt = "vm-passthrough" as const;
export const vmSriov = "vm-sriov" as const;
export const virtualized = [containerPt, vmPt, vmSriov] as const;
export const allEnvironments = [native, ...virtualized] as const;

type Details = Pick<Statement, "extent"> & Partial<Pick<Statement, "sizes">> & Pick<Series, "metric">;

function change(kind: "overhead" | "improvement" | "ratio") {
  return (
    benchmark: string,
    subject: EnvironmentName,
    reference: EnvironmentName,
    allowed: Allowed,
    { extent, sizes = allSizes, metric }: Details,
  ): Statement => {
    const series = (environment: EnvironmentName): Series => ({
      benchmark,
      environment,
      ...(metric === undefined ? {} : { metric }),
    });
    return {
      quantity: { kind, subject: series(subject), reference: series(reference) },
      extent,
      sizes,
      allowed,
    };
  };
}

/** One environment is worse than another by as much. */
export const overhead = change("overhead");
/** One environment is better than another by as much. */
export const improvement = change("improvement");
/** One environment's value over another's. */
export const ratio = change("ratio");

/** The value that an environment reaches. */
export function value(
  benchmark: string,
  environment: EnvironmentName,
  unit: "us" | "GB/s",
  allowed: Allowed,
  extent: Extent,
  sizes: SizeRange,
): Statement {
  return { quantity: { kind: "value", subject: { benchmark, environment }, unit }, extent, sizes, allowed };
}

/** Every pair of environments, each once. */
export function pairsOf(environments: readonly EnvironmentName[]): [EnvironmentName, EnvironmentName][] {
  return environments.flatMap((reference, index) =>
    environments.slice(index + 1).map((subject): [EnvironmentName, EnvironmentName] => [subject, reference]),
  );
}

/** A claim that names what it is about. */
export function claim(
  id: string,
  where: string,
  quote: string,
  statements: readonly Statement[],
  more: Partial<Pick<Claim, "processes" | "share" | "needs">> = {},
): Claim {
  return { id, where, quote, statements, needs: "named", ...more };
}
