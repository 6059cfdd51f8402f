/**
 * Has an export judged by the field's own validators: the tables by frictionless (Table Schema), the crate by rocrate-validator (RO-Crate 1.1,
 * Process Run Crate 0.5).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExportOptions, exportFormats, exportResultSet } from "../../benchmarks/export/export.ts";
import { writeExampleRun } from "../../benchmarks/report/testing/example-run.ts";
import { readResultSet } from "../../benchmarks/result-set/read.ts";
import { checkoutDirectory } from "../../infra/paths.ts";
import { pythonWith } from "./python.ts";

const here = join(checkoutDirectory, "tests", "consumers");
const folder = mkdtempSync(join(tmpdir(), "testbed-validated-"));
const cache = join(folder, "cache");
let python = "";
let runDirectory = "";

beforeAll(async () => {
  runDirectory = writeExampleRun(folder, {
    fidelity: "emulated",
    suite: { benchmarks: ["ib_send_lat", "lammps-lj"], sizesBytes: [8, 4096], launches: 2 },
  });
  python = await pythonWith(join(here, "validators-requirements.txt"));
  await execa(python, [join(here, "keep-context.py"), cache]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function exported(name: string, changed: Partial<ExportOptions> = {}): string {
  const crate = join(folder, name);
  const options = { formats: exportFormats, exporterVersion: "0", license: null, agent: null, ...changed };
  exportResultSet(readResultSet(runDirectory), crate, options);
  return crate;
}

interface Verdict {
  readonly passed: boolean;
  readonly statistics: { readonly profiles: readonly string[]; readonly total_passed_checks: number };
  readonly issues: readonly { readonly severity: string; readonly message: string }[];
}

/** What the validator says of all that is required; what is only recommended is not asked. */
async function verdictOn(crate: string): Promise<Verdict> {
  const report = `${crate}.json`;
  const words = ["-y", "validate", "--offline", "--cache-path", cache, "--no-paging", "--verbose"];
  const profile = ["--profile-identifier", "process-run-crate-0.5", "--requirement-severity", "required"];
  const output = ["--output-format", "json", "--output-file", report, crate];
  const validator = join(python, "..", "rocrate-validator");
  const outcome = await execa(validator, [...words, ...profile, ...output], { reject: false });
  const verdict = JSON.parse(readFileSync(report, "utf8")) as Verdict;
  expect(outcome.exitCode === 0, outcome.stderr).toBe(verdict.passed);
  return verdict;
}

test("a crate has all that is required, with and without licence and agent", async () => {
  const named: Partial<ExportOptions> = {
    license: "https://spdx.org/licenses/CC-BY-4.0",
    agent: { name: "Ada Lovelace", url: "https://orcid.org/0000-0000-0000-0000" },
  };
  for (const crate of [
    exported("bare"),
    exported("named", named),
    exported("alone", { formats: ["ro-crate"] }),
  ]) {
    const { passed, issues, statistics } = await verdictOn(crate);
    expect(issues).toEqual([]);
    expect(passed).toBe(true);
    expect(statistics.profiles).toEqual(["process-run-crate-0.5", "ro-crate-1.1"]);
    expect(statistics.total_passed_checks).toBeGreaterThan(30);
  }
});

test("a crate whose action has no program, and one that lacks a file, are refused", async () => {
  const crate = exported("damaged");
  const path = join(crate, "ro-crate-metadata.json");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace('"instrument"', '"about"'));
  const { passed, issues } = await verdictOn(crate);
  expect(passed).toBe(false);
  expect(issues.map(({ message }) => message).join()).toContain("instrument");
  writeFileSync(path, text);
  rmSync(join(crate, "run", "plan.json"));
  expect((await verdictOn(crate)).passed).toBe(false);
});

function frictionless(crate: string) {
  const words = ["validate", "--json", "datapackage.json"];
  return execa(join(python, "..", "frictionless"), words, { cwd: crate, reject: false });
}

test("the tables are as their schema says, and a table with another value than its type has is refused", async () => {
  const crate = exported("tables", { formats: ["csv", "jsonl"] });
  const { exitCode, stdout } = await frictionless(crate);
  expect(exitCode, stdout).toBe(0);
  const { tasks } = JSON.parse(stdout) as {
    tasks: { name: string; valid: boolean; stats: { rows: number } }[];
  };
  expect(tasks.map(({ name, valid }) => `${name} ${valid}`)).toEqual([
    ...["measurements-csv true", "measurements-jsonl true", "cells-csv true", "cells-jsonl true"],
  ]);
  for (const { stats } of tasks) expect(stats.rows).toBeGreaterThan(5);
  const path = join(crate, "measurements.csv");
  writeFileSync(path, readFileSync(path, "utf8").replace(",us,", ",us,fast"));
  const refused = await frictionless(crate);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout).toContain("type-error");
});
