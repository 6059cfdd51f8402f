import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toolKindSchema } from "./outcome.ts";
import { fixtureTexts } from "./testing/fixtures.ts";
import { reportOnText } from "./tools.ts";

const folders = ["perftest", "perftest-json", "osu", "npb", "graph500", "lammps"];
const goodTexts = folders.map((folder) => ({
  kind: folder === "perftest-json" ? "perftest" : folder,
  texts: [...fixtureTexts(folder).values()].filter((text) => reportOnText("f", text).status === "ok"),
}));

describe("the tool of a text", () => {
  test.each(goodTexts)("all good texts of $kind are known as its", ({ kind, texts }) => {
    expect(texts.length).toBeGreaterThan(3);
    expect(new Set(texts.map((text) => reportOnText("f", text).kind))).toEqual(new Set([kind]));
  });

  test("a report has the measurements without their lines", () => {
    const text = "# OSU MPI Barrier Latency Test v5.3\n# Avg Latency(us)\n           165.70\n";
    expect(reportOnText("own.txt", text)).toEqual({
      file: "own.txt",
      kind: "osu",
      program: "osu_barrier",
      version: "5.3",
      status: "ok",
      problems: [],
      warnings: [],
      measurements: [{ statistic: "avg", unit: "us", size: null, value: "165.70" }],
    });
  });

  test("a kind that is given is believed: its parser reads the text, or refuses it", () => {
    for (const { kind, texts } of goodTexts) {
      const given = toolKindSchema.parse(kind);
      for (const text of texts) expect(reportOnText("f", text, given)).toEqual(reportOnText("f", text));
    }
    const text = "# OSU MPI Barrier Latency Test v5.3\n# Avg Latency(us)\n           165.70\n";
    for (const other of toolKindSchema.exclude(["osu"]).options) {
      expect(reportOnText("f", text, other)).toMatchObject({ kind: other, status: "invalid" });
    }
  });

  test("texts of two tools in one file are refused", () => {
    const tools = fc.shuffledSubarray(goodTexts, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(tools, fc.nat(), fc.nat(), (pair, one, other) => {
        const [first = "", second = ""] = pair.map(({ texts }, index) => {
          return texts[(index === 0 ? one : other) % texts.length];
        });
        expect(reportOnText("f", first + second).status).toBe("invalid");
      }),
      { seed: 20261123, numRuns: 300 },
    );
  });

  test("any text at all gets a report", () => {
    const words = fc.constantFrom(
      "# OSU ",
      "SCALE: ",
      "LAMMPS (",
      "[0] ",
      "\n",
      "{",
      "test_info: {",
      "nan",
      "1 ",
      "NAS ",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ unit: "binary" })), { maxLength: 20 }), (parts) => {
        expect(reportOnText("f", parts.join("")).status).toBe("invalid");
      }),
      { seed: 20261123, numRuns: 500 },
    );
  });
});
