import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type Operation, operationWords } from "./operations.ts";
import { parseSnapshot } from "./snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "testbed-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: string, words: readonly string[]): string {
  const input = readFileSync(join(import.meta.dirname, script), "utf8");
  return execFileSync("sh", ["-s", "--", ...words], {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });
}

describe("snapshot.sh and its reader", () => {
  test("bring any lines over as they are", () => {
    const path = join(folder, "text");
    const line = fc.string({ unit: fc.constantFrom(..."aF|P L\\ \t'\"$`%-*=") });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.map((one) => `${one}\n`).join("");
        writeFileSync(path, text);
        expect(parseSnapshot(run("snapshot.sh", [`content:${path}`])).text(path)).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  test("follow links to folders, match globs, and pass over what is absent", () => {
    mkdirSync(join(folder, "drivers", "igb"), { recursive: true });
    symlinkSync(join(folder, "drivers", "igb"), join(folder, "driver"));
    writeFileSync(join(folder, "value with space"), "7");
    const files = parseSnapshot(
      run("snapshot.sh", [
        `link:${folder}/driver`,
        `content:${folder}/value*`,
        `present:${folder}/drivers/*`,
        `content:${folder}/absent`,
      ]),
    );
    expect(files.linkName(`${folder}/driver`)).toBe("igb");
    expect(files.value(`${folder}/value with space`)).toBe("7");
    expect(files.has(`${folder}/drivers/igb`)).toBe(true);
    expect(files.has(`${folder}/absent`)).toBe(false);
  });

  test("tell what commands print, and nothing of those that fail or are not there", () => {
    const files = parseSnapshot(
      run("snapshot.sh", [
        "output:printf %s|\\n a*b $(c)",
        "output:false",
        "output:no-such-program-here",
        "output:true",
        `content:${folder}/absent`,
      ]),
    );
    expect(files.output("printf", "%s|\\n", "a*b", "$(c)")).toBe("a*b|\n$(c)|");
    expect(files.output("false")).toBeUndefined();
    expect(files.output("no-such-program-here")).toBeUndefined();
    expect(files.output("true")).toBe("");
  });

  test("refuse a line that is no record", () => {
    expect(() => parseSnapshot("Welcome to n1\n")).toThrow("no snapshot record");
  });
});

describe("apply.sh", () => {
  const words = (operations: readonly Operation[]): string[] => operations.flatMap(operationWords);

  test("carries out every kind of operation in order", () => {
    const path = join(folder, "deep", "er", "file");
    const content = "one 'two' \"three\"\n$four\n";
    run(
      "apply.sh",
      words([
        { kind: "install", path, mode: "0600", content },
        { kind: "run", command: ["cp", path, `${path} copy`] },
        { kind: "write", path: `${path}2`, value: "5" },
        { kind: "remove", path: `${path}2` },
        { kind: "remove", path: `${path}2` },
      ]),
    );
    expect(readFileSync(`${path} copy`, "utf8")).toBe(content);
    run(
      "apply.sh",
      words([
        { kind: "remove", path },
        { kind: "remove", path: `${path} copy` },
        { kind: "rmdir", path: join(folder, "deep", "er") },
        { kind: "rmdir", path: join(folder, "deep", "er") },
      ]),
    );
    expect(() => readFileSync(path)).toThrow();
  });

  test("stops at the first that fails and tells its number", () => {
    const marker = join(folder, "marker");
    const failing = words([
      { kind: "run", command: ["true"] },
      { kind: "write", path: join(folder, "no", "such", "folder"), value: "1" },
      { kind: "write", path: marker, value: "1" },
    ]);
    expect(() => run("apply.sh", failing)).toThrowError(
      expect.objectContaining({ status: 1, stdout: "failed 1\n" }),
    );
    expect(() => readFileSync(marker)).toThrow();
  });
});
