/** A claim: one sentence of the paper as data. What it needs and how it is decided follow from it alone. */
import type { EnvironmentName } from "../../infra/inventory.ts";
import type { SizeRange } from "./sizes.ts";
import type { Allowed } from "./wording.ts";

/** The launches of one benchmark in one environment. */
export interface Series {
  readonly benchmark: string;
  readonly environment: EnvironmentName;
  /** Absent: the benchmark's metric. */
  readonly metric?: { readonly statistic: string; readonly unit: string };
}

/**
 * What is held against the words.
 * `overhead`, `improvement`: how much worse or better the subject is, as a fraction of the reference's value;
 * `ratio`: subject over reference; `ratio of ratios`: that of two such ratios; `value`: a median in the unit named;
 * `overall`: improvement in the geometric mean over benchmarks, each of which is its geometric mean over sizes.
 */
export type Quantity =
  | {
      readonly kind: "overhead" | "improvement" | "ratio";
      readonly subject: Series;
      readonly reference: Series;
    }
  | {
      readonly kind: "ratio of ratios";
      readonly subject: readonly [Series, Series];
      readonly reference: readonly [Series, Series];
    }
  | { readonly kind: "value"; readonly subject: Series; readonly unit: "us" | "GB/s" }
  | {
      readonly kind: "overall";
      readonly benchmarks: readonly string[];
      readonly subject: EnvironmentName;
      readonly reference: EnvironmentName;
    };

/**
 * Over which sizes a statement speaks. `each`: what it says holds at every size; `greatest`: of the greatest over the sizes; `most`: at
 * more than half of the sizes; `typical`: of the geometric mean over the sizes, the curve as a whole.
 */
export type Extent = "each" | "greatest" | "most" | "typical";

/** The smallest part of a sentence that can be true or false. */
export interface Statement {
  readonly quantity: Quantity;
  readonly extent: Extent;
  readonly sizes: SizeRange;
  readonly allowed: Allowed;
}

export interface Claim {
  readonly id: string;
  /** Section and figure of the paper. */
  readonly where: string;
  /** The paper's words. */
  readonly quote: string;
  /** Processes that the sentence is about; absent: it does not say. */
  readonly processes?: number;
  /** All of these together are the sentence. */
  readonly statements: readonly Statement[];
  /** The share of the statements that must hold; absent: all. */
  readonly share?: number;
  /**
   * `named`: the sentence names what it is about, and needs all of it; `at hand`: it speaks of benchmarks in general, and is judged on
   * those of the paper's that are in the results, at least half of them.
   */
  readonly needs: "named" | "at hand";
}
