/** `testbed list`: the catalogue as a table, or whole as JSON. */
import { Command } from "commander";
import { type Benchmark, defaultSizes, type ProfileName } from "../catalogue/benchmark.ts";
import { catalogue } from "../catalogue/catalogue.ts";
import { describeBenchmark, placesText } from "../catalogue/describe.ts";
import { collectionOf } from "../catalogue/sources.ts";
import { alignedTable, sizesText } from "../report/text.ts";
import { suiteSchema } from "../suite.ts";

const head = [
  ...["benchmark", "what", "metric", "better", "runs on"],
  ...["profile emulated (ranks, sizes, problem)", "profile paper"],
  ...["built-in program", "other program", "source"],
];

export function listCommand(): Command {
  return new Command("list")
    .description("show the benchmarks that a suite can name")
    .option("--json", "everything about each, with its command lines, as JSON")
    .action(({ json }: { readonly json?: true }) => {
      const text = json ? `${JSON.stringify(described(), null, 2)}\n` : tableText();
      process.stdout.write(text);
    });
}

function described() {
  const { launches, warmUpLaunches, iterations } = suiteSchema.parse({});
  return catalogue.map((benchmark) => describeBenchmark(benchmark, { launches, warmUpLaunches, iterations }));
}

function tableText(): string {
  const { launches, warmUpLaunches, iterations } = suiteSchema.parse({});
  const rows = catalogue.map((benchmark) => [
    ...[benchmark.name, benchmark.title],
    ...[`${benchmark.metric.statistic} ${benchmark.metric.unit}`, benchmark.metric.better],
    benchmark.kinds.length === 1
      ? `${placesText(benchmark)} (${benchmark.kinds[0]}s)`
      : placesText(benchmark),
    scaleText(benchmark, "emulated"),
    scaleText(benchmark, "paper"),
    benchmark.programs.builtIn?.name ?? "-",
    benchmark.programs.standard?.name ?? "-",
    collectionOf[benchmark.family] ?? "-",
  ]);
  const repeated = `Each has ${launches} launches of ${iterations} iterations (where it has any) and ${warmUpLaunches} to warm up, unless the suite says otherwise.`;
  return `${alignedTable([head, ...rows])}\n${repeated}\nCommand lines, parsers and what makes a launch valid: --json\n`;
}

/** Ranks a node, sizes and problem, as in `24 ranks a node, 4…1048576 B`. */
function scaleText(benchmark: Benchmark, profile: ProfileName): string {
  const sizes = rangeText(defaultSizes(benchmark, profile));
  if (benchmark.launcher === "pair") return sizes;
  const { ranksPerNode, problem } = benchmark.scales[profile];
  const ranks = `${ranksPerNode} a node`;
  const quantities = Object.entries(problem).map(([name, value]) => `${name} ${value}`);
  return [ranks, sizes, quantities.join(" ")].filter((text) => text !== "").join(", ");
}

function rangeText(sizesBytes: readonly number[]): string {
  const [first, last] = [sizesBytes[0], sizesBytes.at(-1)];
  if (sizesBytes.length > 3) return `${first}…${last} B`;
  return sizesText(sizesBytes);
}
