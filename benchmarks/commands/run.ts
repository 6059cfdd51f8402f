/** `testbed run`: runs a suite on an inventory. Progress goes to standard error, the results to standard output. */
import { join, resolve } from "node:path";
import { Command } from "commander";
import { inventorySchema } from "../../infra/inventory.ts";
import { resultsDirectory } from "../../infra/paths.ts";
import { ActivationError } from "../activation/activation.ts";
import { remoteFactory, stepLine } from "../activation/edge.ts";
import { parseJson, UserError } from "../input.ts";
import { endingText } from "../report/ending-text.ts";
import { writeReport } from "../report/write-report.ts";
import { type Results, resultsForOutput } from "../results.ts";
import { collectResults } from "../runner/collect.ts";
import { findDoneBeforeExtension } from "../runner/lease-end.ts";
import { takeLock } from "../runner/lock.ts";
import { assessmentLine, progressFormatter } from "../runner/progress.ts";
import { runPlan } from "../runner/run.ts";
import { createRun, findUnfinished, publishedPath, runFiles } from "../runner/run-directory.ts";
import { planRun } from "../runner/schedule.ts";
import { resolveSuite, suiteSchema } from "../suite.ts";
import { readNamedFile } from "./files.ts";

interface Options {
  readonly inventory: string;
  readonly suite?: string;
  readonly suiteJson?: string;
  readonly results: string;
  readonly new?: true;
  readonly only?: string[];
  readonly environments?: string[];
}

export function runCommand(): Command {
  return new Command("run")
    .description("run the suite; a run of the same plan that was broken off is continued")
    .requiredOption(
      "--inventory <file>",
      "what was deployed, as the stack output says it; - is standard input",
    )
    .option("--suite <file>", "the suite as JSON; absent: all benchmarks in all environments")
    .option("--suite-json <text>", "the suite as JSON text on the command line")
    .option("--results <dir>", "folder for the runs of all stacks", resultsDirectory)
    .option("--new", "begin a new run even if one could be continued")
    .option("--only <benchmark...>", "only these benchmarks of the suite")
    .option("--environments <name...>", "only these environments of the suite")
    .action(runSuite);
}

async function runSuite(options: Options): Promise<void> {
  if (options.inventory === "-" && options.suite === "-") {
    throw new UserError("only one of --inventory and --suite can be standard input", 2);
  }
  const inventory = parseJson(
    inventorySchema,
    readNamedFile(options.inventory, "the inventory"),
    "the inventory",
  );
  if (options.suite !== undefined && options.suiteJson !== undefined) {
    throw new UserError("only one of --suite and --suite-json can be given", 2);
  }
  const suiteText =
    options.suite === undefined ? (options.suiteJson ?? "{}") : readNamedFile(options.suite, "the suite");
  const suite = resolveSuite(parseJson(suiteSchema, suiteText, "the suite"), inventory, {
    ...(options.only === undefined ? {} : { benchmarks: options.only }),
    ...(options.environments === undefined ? {} : { environments: options.environments }),
  });
  const plan = planRun(suite, inventory);
  const stackDirectory = join(resolve(options.results), inventory.stack);
  const release = takeLock(join(stackDirectory, ".lock"));
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const done = options.new ? null : findDoneBeforeExtension(stackDirectory, plan.planDigest, inventory);
    if (done !== null) {
      say(
        `${publishedPath(done)} is finished, and only the lease's end has changed: its results stand (--new begins a new run)`,
      );
      print(withReport(done, collectResults(done)));
      return;
    }
    const unfinished = options.new ? null : findUnfinished(stackDirectory, plan.planDigest);
    const directory = unfinished ?? createRun(stackDirectory, plan, inventory, new Date());
    const begins = unfinished === null ? "begins" : "continues";
    const atMost = suite.stop === undefined ? "" : "at most ";
    say(`${begins} ${publishedPath(directory)}: ${atMost}${plan.launches.length} launches`);
    const format = progressFormatter();
    const results = await runPlan({
      directory,
      inventory,
      remoteOf: remoteFactory(inventory),
      onLaunch: (report) => say(format(report)),
      onAssessment: (assessment) => say(assessmentLine(assessment)),
      onStep: (step) => say(stepLine(step)),
      signal: abort.signal,
    });
    if (results.counts.valid === 0) say("no launch counts: see the reasons in the results");
    if (results.ending?.reason === "lease") say(`the run ${endingText(results.ending)}`);
    print(results.complete ? withReport(directory, results) : results);
  } catch (error) {
    if (!(error instanceof ActivationError)) throw error;
    throw new UserError(
      `all launches are done, but the adapters could not be given back: ${error.message}; the same command tries it again`,
    );
  } finally {
    release();
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function withReport(directory: string, results: Results): Results {
  return { ...results, report: reportBeside(directory) ? results.report : null };
}

function print(results: Results): void {
  process.stdout.write(`${JSON.stringify(resultsForOutput(results), null, 2)}\n`);
}

/** Writes the report. Its data are whole already: what goes wrong here is said, and the run stays a finished one. */
function reportBeside(directory: string): boolean {
  try {
    writeReport(directory, join(directory, runFiles.report));
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(
      `the results are complete, and their report is not: ${reason}; testbed report ${directory} tries again`,
    );
    return false;
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
