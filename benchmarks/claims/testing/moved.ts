/** Grounds in which one quantity is greater or smaller than it was. */
import type { Sample } from "../../statistics/sample.ts";
import type { Quantity, Series, Statement } from "../claim.ts";
import type { Grounds } from "../grounds.ts";
import { sizesIn } from "../sizes.ts";

export type Direction = "greater" | "smaller";

/** More than any wording has room for. */
const factor = 1.6;

/** The same grounds with a statement's subject moved, in all sizes that it speaks of, so that its quantity is greater or smaller. */
export function moved(grounds: Grounds<"hardware">, statement: Statement, direction: Direction) {
  const { quantity, sizes } = statement;
  const subjects = subjectsOf(quantity);
  const samples = grounds.samples.map((sample) => {
    const isMoved =
      subjects.some((series) => isOf(sample, series, grounds)) &&
      sizesIn([sample.sizeBytes], sizes).length > 0;
    if (!isMoved) return sample;
    const by = grows(quantity, sample.benchmark, grounds) === (direction === "greater") ? factor : 1 / factor;
    return { ...sample, launches: sample.launches.map((one) => ({ ...one, value: one.value * by })) };
  });
  return { ...grounds, samples };
}

function subjectsOf(quantity: Quantity): Series[] {
  if (quantity.kind === "overall") {
    return quantity.benchmarks.map((benchmark) => ({ benchmark, environment: quantity.subject }));
  }
  const [first] = [quantity.subject].flat() as [Series];
  return [first];
}

function isOf(sample: Sample, { benchmark, environment, metric }: Series, grounds: Grounds): boolean {
  const { statistic } = metric ?? metricOf(benchmark, grounds);
  return (
    sample.benchmark === benchmark && sample.environment === environment && sample.statistic === statistic
  );
}

/** Whether the quantity grows with its subject's value. */
function grows({ kind }: Quantity, benchmark: string, grounds: Grounds): boolean {
  const isCost = metricOf(benchmark, grounds).better === "lower";
  if (kind === "overhead") return isCost;
  return kind === "improvement" || kind === "overall" ? !isCost : true;
}

function metricOf(name: string, { set }: Grounds) {
  const benchmark = set.benchmarks.find((one) => one.name === name);
  if (benchmark === undefined) throw new Error(`the figures have no ${name}`);
  return benchmark.metric;
}
