import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { UserError } from "../input.ts";
import { writeExampleRun } from "../report/testing/example-run.ts";
import { sha256 } from "../results.ts";
import { checksumText } from "../runner/run-directory.ts";
import type { SuiteInput } from "../suite.ts";
import { readResultSet } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "result-set-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const suite: SuiteInput = {
  benchmarks: ["ib_send_lat"],
  environments: ["native", "vm-sriov"],
  sizesBytes: [8],
  launches: 7,
};
const sound = writeExampleRun(folder, { fidelity: "emulated", suite });
let copies = 0;

/** A copy of the sound run for a test to damage. */
function copy(): string {
  const path = join(folder, `copy-${++copies}`);
  cpSync(sound, path, { recursive: true });
  return path;
}

/** Changes one file of a copy. */
function changed(file: string, change: (text: string) => string, directory = copy()): string {
  const path = join(directory, file);
  const before = readFileSync(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return directory;
}

/** Like `changed`, by somebody who makes the digests anew. */
function forged(file: string, change: (text: string) => string): string {
  const directory = changed(file, change);
  const sums = checksumText(directory);
  writeFileSync(join(directory, "SHA256SUMS"), sums);
  const results = JSON.parse(readFileSync(join(directory, "results.json"), "utf8"));
  writeFileSync(join(directory, "results.json"), JSON.stringify({ ...results, sha256: sha256(sums) }));
  return directory;
}

function firstValue(value: string): (text: string) => string {
  return (text) => text.replace(/"value":[\d.]+/, `"value":${value}`);
}

/** The sentence that a folder is refused with. */
function refusal(path: string): string {
  try {
    readResultSet(path);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return "not refused";
}

test("a sound run is read, with every launch that counts", () => {
  const set = readResultSet(sound);
  expect(set).toMatchObject({ fidelity: "emulated", origin: "measured", directory: sound });
  expect(set.measurements).toHaveLength(2 * 7);
});

describe("what is no result set", () => {
  test("nothing there, a file, another folder, a stack's folder", () => {
    expect(refusal(join(folder, "none"))).toMatch(/^there is no result set at \S+none: nothing is there$/);
    expect(refusal(join(sound, "plan.json"))).toMatch(/is no result set: it is a file/);
    const empty = join(folder, "empty");
    mkdirSync(empty);
    expect(refusal(empty)).toMatch(/is no result set: it has no plan\.json, no inventory\.json/);
    mkdirSync(join(empty, "latest"));
    expect(refusal(empty)).toMatch(/is no result set but a stack's folder; its newest run is \S+latest$/);
  });

  test("a run that has not ended", () => {
    const directory = copy();
    rmSync(join(directory, "results.json"));
    expect(refusal(directory)).toMatch(/is not complete: it has no results\.json; the same run command/);
  });
});

describe("what another release wrote", () => {
  test("a schema version that is not this one's, or none", () => {
    const version = (written: string) => (text: string) => text.replace(/"schemaVersion": ?1/, written);
    expect(refusal(changed("results.json", version('"schemaVersion": 2')))).toMatch(
      /results\.json has schema version 2, and this testbed reads version 1$/,
    );
    expect(refusal(changed("results.json", version('"release": 1')))).toMatch(/has no schema version/);
    expect(refusal(forged("plan.json", version('"schemaVersion": 2')))).toMatch(
      /plan\.json has schema version 2/,
    );
  });

  test("a run from before or after its files had their present members", () => {
    const older = changed("results.json", (text) => {
      const { ending: _, ...rest } = JSON.parse(text);
      for (const cell of rest.cells) delete cell.launchesProven;
      return JSON.stringify(rest);
    });
    expect(refusal(older)).toMatch(
      /results\.json was written by another release of the testbed: it has no ending, no cells\.launchesProven; read it with that release$/,
    );
    const newer = forged("plan.json", (text) => text.replace('"suite":', '"weather": "dry", "suite":'));
    expect(refusal(newer)).toMatch(
      /plan\.json was written by another release of the testbed: it has weather, which this one does not know; /,
    );
  });

  test("a member with a value that it can't have is named", () => {
    const text = (document: string) => document.replace(/"runId": ?"[^"]*"/, '"runId": 7');
    expect(refusal(changed("results.json", text))).toMatch(/results\.json is not valid: runId: /);
  });
});

describe("what was changed after it was exported", () => {
  test("a number, the list of digests", () => {
    expect(refusal(changed("measurements.jsonl", firstValue("1.5")))).toMatch(
      /was changed after it was exported: measurements\.jsonl$/,
    );
    expect(refusal(changed("SHA256SUMS", (text) => text.replace(/^.*plan\.json\n/m, "")))).toMatch(
      /was changed after it was exported: plan\.json$/,
    );
    const added = `${"0".repeat(64)}  raw/0001.1.client.stdout.txt\n`;
    expect(refusal(changed("SHA256SUMS", (text) => text + added))).toMatch(
      /was changed after it was exported: raw\/0001\.1\.client\.stdout\.txt$/,
    );
  });

  test("results that do not follow from the files beside them", () => {
    const directory = changed("results.json", (text) => text.replace(/"median": ?[\d.]+/, '"median": 1'));
    expect(refusal(directory)).toMatch(/results\.json does not follow from the files beside it \(cells\)/);
  });
});

describe("numbers that can't have been measured", () => {
  test.each([
    ["0", /line 1 of \S+ has the value 0 \(ib_send_lat, .*a time or a rate is above 0$/],
    ["-2", /line 1 of \S+ has the value -2 /],
    ["1e999", /has the value Infinity; a measured value is a finite number$/],
    ['"2.5"', /has the value 2\.5; a measured value is a finite number$/],
  ])("%s", (value, sentence) => {
    expect(refusal(forged("measurements.jsonl", firstValue(value)))).toMatch(sentence);
  });

  test("a line that breaks off, and one of an attempt that does not count", () => {
    expect(refusal(forged("measurements.jsonl", (text) => text.slice(0, -1)))).toMatch(
      /breaks off in its last line$/,
    );
    expect(
      refusal(
        forged("measurements.jsonl", (text) => text.replace(/"attempt":"[^"]+"/, '"attempt":"9999.1"')),
      ),
    ).toMatch(/is of attempt 9999\.1, which the ledger has not as a valid one$/);
  });
});

describe("fidelity", () => {
  test("of one number, or of the inventory, is the run's", () => {
    const hardware = (text: string) => text.replace('"emulated"', '"hardware"');
    expect(refusal(forged("measurements.jsonl", hardware))).toMatch(
      /^fidelities are mixed: line 1 of \S+ says hardware, the run is emulated$/,
    );
    const ofInventory = (text: string) => text.replace(/"fidelity": ?"emulated"/, '"fidelity": "hardware"');
    expect(refusal(forged("inventory.json", ofInventory))).toMatch(
      /mixes fidelities: results\.json says emulated, inventory\.json says hardware$/,
    );
  });
});

describe("what can be read and says little", () => {
  test("one launch has no interval, and the reason is told", () => {
    const directory = writeExampleRun(folder, {
      fidelity: "emulated",
      stack: "one",
      suite: { ...suite, launches: 1 },
    });
    const [benchmark] = analyse(readResultSet(directory)).benchmarks;
    expect(benchmark?.cells).toHaveLength(2);
    for (const { description } of benchmark?.cells ?? []) {
      expect(JSON.stringify(description)).toContain("needs");
    }
  });

  test("without native there is no overhead, and the warning says so", () => {
    const directory = writeExampleRun(folder, {
      fidelity: "emulated",
      stack: "guests",
      suite: { ...suite, environments: ["vm-sriov", "vm-passthrough"] },
    });
    const { benchmarks, warnings } = analyse(readResultSet(directory));
    expect(warnings.join()).toContain("There is no native baseline for ib_send_lat");
    expect(benchmarks.flatMap(({ pairs }) => pairs)).toHaveLength(1);
    expect(JSON.stringify(benchmarks)).not.toContain('"denominator":"native"');
  });
});

test("a file that lies beside the run's own is no change", () => {
  const directory = copy();
  appendFileSync(join(directory, "notes.txt"), "mine\n");
  expect(refusal(directory)).toBe("not refused");
});
