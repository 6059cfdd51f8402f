import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readResultSet } from "../result-set/read.ts";
import { sha256 } from "../results.ts";
import { FakeAdapters } from "../runner/testing/adapters.ts";
import { newRun, run } from "../runner/testing/runs.ts";
import { type ExportOptions, exportFormats, exportResultSet } from "./export.ts";
import { writeFolder } from "./folder.ts";

const folder = mkdtempSync(join(tmpdir(), "testbed-export-"));
const options: ExportOptions = {
  formats: exportFormats,
  exporterVersion: "1.2.3",
  license: null,
  agent: null,
};
let directory = "";
let exports = 0;

beforeAll(async () => {
  directory = newRun(folder);
  await run(directory, new FakeAdapters());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function exported(changed: Partial<ExportOptions> = {}): string {
  const target = join(folder, `export-${exports++}`);
  exportResultSet(readResultSet(directory), target, { ...options, ...changed });
  return target;
}

function lines(path: string): string[] {
  return readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
}

interface Entity {
  readonly "@id": string;
  readonly "@type": string;
  readonly [property: string]: unknown;
}

function entitiesOf(target: string): ReadonlyMap<string, Entity> {
  const { "@graph": graph } = JSON.parse(readFileSync(join(target, "ro-crate-metadata.json"), "utf8")) as {
    "@graph": Entity[];
  };
  expect(new Set(graph.map((entity) => entity["@id"])).size).toBe(graph.length);
  return new Map(graph.map((entity) => [entity["@id"], entity]));
}

function idsOf(value: unknown): string[] {
  return [value].flat().map((one) => (one as Entity)["@id"]);
}

describe("tables", () => {
  test("have every measurement of the run, as it was read", () => {
    const target = exported();
    const original = lines(join(directory, "measurements.jsonl")).map((line) => JSON.parse(line));
    const flat = lines(join(target, "measurements.jsonl")).map((line) => JSON.parse(line));
    expect(flat).toHaveLength(original.length);
    for (const [index, { source, ...measurement }] of original.entries()) {
      expect(flat[index]).toMatchObject({
        ...measurement,
        ...{ stack: "test", origin: "measured", sourceFile: source.file, sourceLine: source.line },
      });
    }
    const [head = "", ...records] = lines(join(target, "measurements.csv"));
    expect(records).toHaveLength(original.length);
    const value = head.split(",").indexOf("value");
    expect(records.map((record) => Number(record.split(",")[value]))).toEqual(
      original.map((measurement) => measurement.value),
    );
  });

  test("have every cell, with no interval where launches are too few", () => {
    const cells = lines(join(exported({ formats: ["jsonl"] }), "cells.jsonl")).map((line) =>
      JSON.parse(line),
    );
    expect(cells).toHaveLength(3);
    for (const cell of cells) {
      expect(cell).toMatchObject({ fidelity: "emulated", launches: 3, median: 24.58, intervalLower: null });
    }
  });

  test("are those asked for", () => {
    expect(readdirSync(exported({ formats: ["csv"] })).sort()).toEqual([
      "cells.csv",
      "datapackage.json",
      "measurements.csv",
    ]);
    expect(readdirSync(exported({ formats: ["ro-crate"] })).sort()).toEqual([
      "ro-crate-metadata.json",
      "run",
    ]);
  });

  test("are described with their digests", () => {
    const target = exported();
    const { resources } = JSON.parse(readFileSync(join(target, "datapackage.json"), "utf8"));
    expect(resources).toHaveLength(4);
    for (const { path, hash, bytes } of resources) {
      const data = readFileSync(join(target, path));
      expect([hash, bytes]).toEqual([`sha256:${sha256(data)}`, data.length]);
    }
  });
});

describe("the crate", () => {
  test("has the run byte for byte, so that its own digests hold", () => {
    const target = exported();
    execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: join(target, "run") });
    expect(readResultSet(join(target, "run"))).toMatchObject({
      results: { runId: readResultSet(directory).results.runId },
    });
  });

  test("names every file with its digest, and no other", () => {
    const target = exported();
    const entities = entitiesOf(target);
    const there = readdirSync(target, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(target.length + 1))
      .filter((path) => path !== "ro-crate-metadata.json");
    const files = [...entities.values()].filter((entity) => entity["@type"] === "File");
    expect(files.map((file) => file["@id"]).sort()).toEqual(there.sort());
    for (const { "@id": id, sha256: digest } of files) {
      expect(digest).toBe(sha256(readFileSync(join(target, id))));
    }
    expect(idsOf(entities.get("./")?.hasPart).sort()).toEqual(there.sort());
  });

  test("tells the run as an action with its programs, and nothing that it does not know", () => {
    const entities = entitiesOf(exported());
    const [action] = [...entities.values()].filter((entity) => entity["@type"] === "CreateAction");
    for (const id of ["instrument", "object", "result"].flatMap((property) => idsOf(action?.[property]))) {
      expect(entities.has(id), id).toBe(true);
    }
    expect(action).not.toHaveProperty("agent");
    expect(idsOf(action?.object)).toEqual(["run/plan.json", "run/inventory.json"]);
    const [program] = [...entities.values()].filter(({ name }) => name === "ib_send_lat");
    expect(program).toMatchObject({ softwareVersion: "6.25", identifier: `sha256:${"a".repeat(64)}` });
    expect(entities.get("./")).toMatchObject({
      license: expect.stringContaining("No licence is named"),
      description: expect.stringContaining("EMULATED"),
    });
  });

  test("names licence and agent where the user did", () => {
    const license = "https://spdx.org/licenses/CC-BY-4.0";
    const entities = entitiesOf(exported({ license, agent: { name: "Ada Lovelace", url: null } }));
    expect(entities.get("./")).toMatchObject({ license: { "@id": license }, author: { "@id": "#agent" } });
    expect(entities.get("#agent")).toMatchObject({ "@type": "Person", name: "Ada Lovelace" });
    const [action] = [...entities.values()].filter((entity) => entity["@type"] === "CreateAction");
    expect(action?.agent).toEqual({ "@id": "#agent" });
  });

  test("of the same run is always the same", () => {
    const texts = [exported(), exported()].map((target) =>
      readFileSync(join(target, "ro-crate-metadata.json"), "utf8"),
    );
    expect(texts[0]).toBe(texts[1]);
  });
});

describe("the folder", () => {
  test("is not touched when something is in it", () => {
    const target = join(folder, "full");
    mkdirSync(target);
    writeFileSync(join(target, "thesis.tex"), "");
    expect(() => exportResultSet(readResultSet(directory), target, options)).toThrow("is not empty");
    expect(() => exportResultSet(readResultSet(directory), join(target, "thesis.tex"), options)).toThrow(
      "is a file",
    );
    expect(readdirSync(target)).toEqual(["thesis.tex"]);
  });

  test("may be there and empty", () => {
    const target = join(folder, "empty");
    mkdirSync(target);
    exportResultSet(readResultSet(directory), target, { ...options, formats: ["csv"] });
    expect(readdirSync(target)).toContain("measurements.csv");
  });

  test("is not there at all when writing fails", () => {
    const parent = join(folder, "parent");
    const fail = () =>
      writeFolder(join(parent, "half"), (write) => {
        write("first.txt", "written");
        throw new Error("the disk is full");
      });
    expect(fail).toThrow("the disk is full");
    expect(readdirSync(parent)).toEqual([]);
  });
});
