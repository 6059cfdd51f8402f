import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { filePieces } from "./file-pieces.ts";
import { linesOf, longestLine } from "./source.ts";
import { fixtureTexts } from "./testing/fixtures.ts";
import { seed } from "./testing/properties.ts";
import { reportOnPieces, reportOnText } from "./tools.ts";

const tools = ["perftest", "perftest-json", "osu", "npb", "graph500", "lammps"];
const texts = tools.flatMap((tool) => [...fixtureTexts(tool).values()]);

test("lines are those that a split gives, wherever the pieces end", () => {
  const text = fc.array(fc.constantFrom("\n", "a", "é", "[0] ")).map((parts) => parts.join(""));
  const pieces = fc.array(text);
  fc.assert(
    fc.property(pieces, (parts) => {
      const whole = parts.join("");
      const lines = whole.split("\n");
      const last = lines.pop() ?? "";
      expect([...linesOf({ pieces: parts })]).toEqual([
        ...lines.map((line) => ({ text: line, isWhole: true, isTooLong: false })),
        ...(last === "" ? [] : [{ text: last, isWhole: false, isTooLong: false }]),
      ]);
      expect([...linesOf(whole)]).toEqual([...linesOf({ pieces: parts })]);
    }),
    { seed },
  );
});

test("a text reads the same whole and in pieces", () => {
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.integer({ min: 1, max: 500 }), (text, length) => {
      const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
        text.slice(index * length, (index + 1) * length),
      );
      expect(reportOnPieces("f", pieces)).toEqual(reportOnText("f", text));
    }),
    { seed, numRuns: 300 },
  );
});

/** How much of an endless text a parser takes before it refuses. */
function takenOf(beginning: string, next: (index: number) => string): { taken: number; message: string } {
  let taken = 0;
  function* pieces(): Generator<string, undefined> {
    yield beginning;
    for (;;) yield next(taken++);
  }
  const { problems } = reportOnPieces("f", pieces());
  return { taken, message: problems.at(-1)?.message ?? "" };
}

test.each<[string, string, (index: number) => string, RegExp]>([
  [
    "sizes that double for ever",
    "# OSU MPI Latency Test v7.4\n# Datatype: MPI_CHAR.\n# Size       Avg Latency(us)\n",
    (index) => `${String(2n ** BigInt(index)).padEnd(400)}0.12\n`,
    /size is too large/,
  ],
  [
    "a line without end",
    "# OSU MPI Latency Test v7.4\n",
    () => "x".repeat(1000),
    /more than 65536 characters/,
  ],
  [
    "bad rows",
    (fixtureTexts("perftest").get("4.5/ib_send_lat-json.client.txt") ?? "").replace(/-+\n$/, ""),
    () => " 8 100 1 2 3\n",
    /after so many bad rows/,
  ],
])("an endless text is refused: %s", (_name, beginning, next, message) => {
  const result = takenOf(beginning, next);
  expect(result.message).toMatch(message);
  expect(result.taken).toBeLessThan(20_000);
});

test("a line may be as long as any tool's, and no longer", () => {
  const line = "x".repeat(longestLine);
  expect([...linesOf(`${line}\n`)]).toMatchObject([{ isWhole: true, isTooLong: false }]);
  expect([...linesOf(`${line}x\nnext\n`)]).toMatchObject([{ text: line, isTooLong: true }]);
});

test("of many warnings the first are listed and the others counted", () => {
  const [, log = ""] = [...fixtureTexts("lammps")].find(([name]) => name.endsWith("lj.np4.log.txt")) ?? [];
  const noisy = log.replace(/^Loop time/m, `${"WARNING: words\n".repeat(130)}$&`);
  const { status, warnings } = reportOnText("f", noisy);
  expect(status).toBe("ok");
  expect(warnings).toHaveLength(101);
  expect(warnings.at(-1)).toEqual({ line: null, message: "30 more warnings are left out" });
});

test("a mark far behind a text's beginning is not looked for", () => {
  const { kind, status } = reportOnText("f", `${"\n".repeat(70_000)}# OSU MPI Latency Test v7.4\n`);
  expect({ kind, status }).toEqual({ kind: "perftest", status: "invalid" });
});

test("pieces are closed when a refusal leaves them unread", () => {
  let isClosed = false;
  function* pieces(): Generator<string, undefined> {
    try {
      for (;;) yield `# OSU nonsense\n${"\n".repeat(70_000)}`;
    } finally {
      isClosed = true;
    }
  }
  expect(reportOnPieces("f", pieces()).status).toBe("invalid");
  expect(isClosed).toBe(true);
});

test("a file's pieces make up its text, characters that span two of them too", () => {
  const folder = mkdtempSync(join(tmpdir(), "testbed-pieces-"));
  try {
    const path = join(folder, "text");
    const text = `a${"é".repeat(100_000)}\n`;
    writeFileSync(path, text);
    const pieces = [...filePieces(path)];
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join("")).toBe(text);
    expect(() => [...filePieces(join(folder, "none"))]).toThrow(
      /the file .*none can't be read: no such file/,
    );
    expect(() => [...filePieces(folder)]).toThrow(/can't be read: illegal operation on a directory/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
