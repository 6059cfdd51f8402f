import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonSchemaFiles, schemaDirectory } from "./json-schemas.ts";
import { parseReport } from "./parsers/outcome.ts";
import { parsePerftest } from "./parsers/perftest.ts";
import { runPlan } from "./runner/run.ts";
import { createRun, runFiles } from "./runner/run-directory.ts";
import { planRun } from "./runner/schedule.ts";
import { FakeAdapters } from "./runner/testing/adapters.ts";
import { clientText } from "./runner/testing/fake-perftest.ts";
import { testInventory } from "./runner/testing/inventory.ts";
import { InstantRemote } from "./runner/testing/remotes.ts";
import { resolveSuite, suiteSchema } from "./suite.ts";

test("the committed schemas are those of the code (else: node benchmarks/json-schemas.ts)", () => {
  const schemas = jsonSchemaFiles();
  expect(readdirSync(schemaDirectory).sort()).toEqual([...schemas.keys()].sort());
  for (const [name, text] of schemas) expect(readFileSync(join(schemaDirectory, name), "utf8")).toBe(text);
});

describe("what a run writes is valid by the committed schemas", () => {
  // zod writes date-time patterns beside the format, so that nothing is lost by leaving formats out.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const folder = mkdtempSync(join(tmpdir(), "testbed-schema-"));
  const suite = { benchmarks: ["ib_send_lat"], sizesBytes: [8], launches: 1 };
  let directory = "";
  beforeAll(async () => {
    const inventory = testInventory();
    const plan = planRun(resolveSuite(suiteSchema.parse(suite), inventory), inventory);
    directory = createRun(folder, plan, inventory, new Date());
    await runPlan({
      directory,
      inventory,
      remoteOf: () => new InstantRemote(),
      ...new FakeAdapters().options,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function validate(schema: string, values: readonly unknown[]): void {
    const check = ajv.compile(
      JSON.parse(readFileSync(join(schemaDirectory, `${schema}.schema.json`), "utf8")),
    );
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(check(value) ? null : check.errors).toBeNull();
  }
  const json = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), "utf8"));
  const jsonLines = (file: string): unknown[] =>
    readFileSync(join(directory, file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);

  test("inventory", () => validate("inventory", [json(runFiles.inventory)]));
  test("results", () => validate("results", [json(runFiles.results)]));
  test("ledger", () => validate("ledger", jsonLines(runFiles.ledger)));
  test("measurement", () => validate("measurement", jsonLines(runFiles.measurements)));
  test("suite", () => validate("suite", [suite, {}]));
  test("parse", () =>
    validate("parse", [
      [parseReport("f", "perftest", parsePerftest(clientText(8)))],
      [parseReport("g", "perftest", parsePerftest(""))],
    ]));
});
