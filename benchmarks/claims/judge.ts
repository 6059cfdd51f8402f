/**
 * Judges the paper's claims by a run on hardware. What was measured on emulated nodes has another type and does not enter; a rehearsal
 * takes it, and gives a type of its own whose every part bears a watermark.
 */
import type { Claim, Series, Statement } from "./claim.ts";
import { type Decided, type Decision, decide, type Estimate, excess, greatestBy } from "./decide.ts";
import { estimate, type Prepared, prepare } from "./estimates.ts";
import type { Grounds } from "./grounds.ts";
import { isObstacle, type Obstacle, obstaclesText } from "./obstacle.ts";
import { paperClaims } from "./paper/claims.ts";
import { SeriesIndex } from "./series.ts";

export type Verdict = Decision | "not tested";

/** One statement with what decided it. */
export interface StatementVerdict {
  readonly statement: Statement;
  readonly verdict: Verdict;
  /** Null: not tested. */
  readonly deciding: Estimate | null;
  /** Sizes that the statement was judged at. */
  readonly sizesBytes: readonly (number | null)[];
  /** Why it was not tested, or why nothing can be said; null where the number decided. */
  readonly reason: string | null;
}

export interface ClaimVerdict {
  readonly claim: Claim;
  readonly verdict: Verdict;
  /** Why it was not tested, or what of a general claim was not at hand; null where there is nothing to say. */
  readonly reason: string | null;
  readonly statements: readonly StatementVerdict[];
  /** The statement that decided; null where none was tested. */
  readonly deciding: StatementVerdict | null;
}

export const syntheticWatermark = "SYNTHETIC: invented numbers, nothing was measured";
export const rehearsalWatermark = "REHEARSAL: emulated nodes, says nothing about the paper";

/** Verdicts on the paper. */
export interface Judgement {
  readonly kind: "judgement";
  /** Null for a measured run. */
  readonly watermark: typeof syntheticWatermark | null;
  readonly verdicts: readonly ClaimVerdict[];
}

/** What looks like verdicts and is none: the machinery's run on emulated data. */
export interface Rehearsal {
  readonly kind: "rehearsal";
  readonly watermark: typeof rehearsalWatermark;
  readonly verdicts: readonly (ClaimVerdict & { readonly watermark: typeof rehearsalWatermark })[];
}

/** Judges the claims by a run on hardware. */
export function judge(grounds: Grounds<"hardware">, claims: readonly Claim[] = paperClaims): Judgement {
  // For callers without types: a rehearsal must never pass as a judgement.
  if (grounds.fidelity !== "hardware" || grounds.set.fidelity !== "hardware") {
    throw new RangeError("emulated nodes say nothing about the paper");
  }
  return {
    kind: "judgement",
    watermark: grounds.set.origin === "synthetic" ? syntheticWatermark : null,
    verdicts: claims.map((claim) => judgeClaim(claim, grounds, true)),
  };
}

/** Runs the same on emulated data. Numbers of processes, problems and the spread of sizes are not held against the paper's. */
export function rehearse(grounds: Grounds<"emulated">, claims: readonly Claim[] = paperClaims): Rehearsal {
  const watermark = rehearsalWatermark;
  return {
    kind: "rehearsal",
    watermark,
    verdicts: claims.map((claim) => ({ ...judgeClaim(claim, grounds, false), watermark })),
  };
}

/** @param atScale the claim's processes, problem and range of sizes must be those of the run */
function judgeClaim(claim: Claim, grounds: Grounds, atScale: boolean): ClaimVerdict {
  const index = new SeriesIndex(grounds);
  const prepared = claim.statements.map((statement) => {
    const otherScale = atScale ? whyOtherScale(claim, statement, grounds) : null;
    return otherScale ?? prepare(statement, index, grounds.settings, atScale);
  });
  const family = prepared.reduce((sum, one) => sum + (isObstacle(one) ? 0 : one.pending.length), 0);
  const statements = claim.statements.map((statement, place) =>
    judgeStatement(statement, prepared[place] as Prepared | Obstacle, family, claim, grounds),
  );
  const obstacles = prepared.flatMap((one) => (isObstacle(one) ? [one] : one.missing));
  return combine(claim, statements, obstacles);
}

function judgeStatement(
  statement: Statement,
  prepared: Prepared | Obstacle,
  family: number,
  { share }: Claim,
  { settings }: Grounds,
): StatementVerdict {
  if (isObstacle(prepared)) {
    const reason = obstaclesText([prepared]);
    return { statement, verdict: "not tested", deciding: null, sizesBytes: [], reason };
  }
  const estimates = estimate(prepared.pending, family, settings).map((one) =>
    // A share of statements is found among many: none of them counts by its own interval alone.
    share === undefined ? one : { ...one, interval: one.simultaneous },
  );
  const decided: Decided = decide(statement.extent, estimates, statement.allowed);
  return { statement, ...decided, sizesBytes: prepared.sizesBytes };
}

/** Why a benchmark of the run is another than the sentence is about; null when it is not. */
function whyOtherScale({ processes }: Claim, { quantity }: Statement, { set }: Grounds): Obstacle | null {
  if (processes === undefined || quantity.kind === "overall") return null;
  const [{ benchmark: name }] = [quantity.subject].flat() as [Series];
  const benchmark = set.benchmarks.find((one) => one.name === name);
  if (benchmark === undefined) return null;
  if (benchmark.processes !== processes) {
    const found = benchmark.processes ?? "not the same number of";
    return { about: name, problem: `ran with ${found} processes, and the sentence is about ${processes}` };
  }
  const { profile } = set.plan.suite;
  if (profile === "paper") return null;
  return { about: name, problem: `ran in the profile ${profile}, not in the paper's` };
}

/** A claim's verdict from those of its statements. */
function combine(
  claim: Claim,
  statements: readonly StatementVerdict[],
  obstacles: readonly Obstacle[],
): ClaimVerdict {
  const tested = statements.filter(({ verdict }) => verdict !== "not tested");
  const untested = statements.filter(({ verdict }) => verdict === "not tested");
  const needed = Math.ceil((claim.share ?? 1) * tested.length - 1e-9);
  const count = (verdict: Verdict): number => tested.filter((one) => one.verdict === verdict).length;
  const enough = claim.needs === "named" ? untested.length === 0 : 2 * tested.length >= statements.length;
  const refuted = count("contradicted") > tested.length - needed;
  const verdict: Verdict =
    refuted && (enough || claim.needs === "named")
      ? "contradicted"
      : !enough
        ? "not tested"
        : count("supported") >= needed
          ? "supported"
          : "inconclusive";
  const deciding = decidingOf(tested, verdict);
  const parts = [
    ...(obstacles.length === 0 ? [] : [obstaclesText(obstacles)]),
    ...(verdict === "inconclusive" && deciding?.reason ? [deciding.reason] : []),
  ];
  return { claim, verdict, reason: parts.length === 0 ? null : parts.join("; "), statements, deciding };
}

/** Of the statements with the claim's verdict the one that is farthest out, or nearest to it. */
function decidingOf(tested: readonly StatementVerdict[], verdict: Verdict): StatementVerdict | null {
  const agreeing = tested.filter((one) => one.verdict === verdict);
  const candidates = agreeing.length > 0 ? agreeing : tested;
  if (candidates.length === 0) return null;
  return greatestBy(candidates, ({ deciding, statement }) =>
    deciding === null ? Number.NEGATIVE_INFINITY : excess(deciding, statement.allowed),
  );
}
