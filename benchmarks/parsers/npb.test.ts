import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNpb } from "./npb.ts";
import { replaced, valuesNotInTheirLines, valuesOf } from "./testing/fixtures.ts";
import {
  seed,
  testChangedByte,
  testCutWithAnotherBehind,
  testRefusals,
  toolTexts,
} from "./testing/properties.ts";
import { reportOnText } from "./tools.ts";

const tool = toolTexts("npb", (name) => !name.startsWith("errors/"));
const { names, results, read } = tool;

describe("real outputs", () => {
  test("the fixtures are those of the corpus", () => {
    expect(names).toHaveLength(23);
    expect(results).toHaveLength(14);
  });

  test.each(results)("%s is read whole", (name) => {
    const text = read(name);
    const outcome = parseNpb(text);
    expect(outcome).toMatchObject({
      problems: [],
      program: /\/([a-z]{2})\./.exec(name)?.[1],
      version: name.split("/")[0],
    });
    expect(valuesNotInTheirLines(text, outcome)).toEqual([]);
    expect(Object.keys(valuesOf(outcome, null))).toEqual(["time s", "rate Mop/s"]);
    expect(outcome.warnings).toHaveLength(/Time in seconds = +0\.00/.test(text) ? 1 : 0);
    expect(reportOnText(name, text)).toMatchObject({ kind: "npb", status: "ok" });
  });

  testRefusals(tool, parseNpb);

  test("time and rate as printed", () => {
    expect(valuesOf(parseNpb(read("3.3.1/cg.S.4.txt")), null)).toEqual({
      "time s": "0.13",
      "rate Mop/s": "500.69",
    });
    const tooShort = parseNpb(read("3.4/is.S.np4.txt"));
    expect(valuesOf(tooShort, null)).toEqual({ "time s": "0.00", "rate Mop/s": "389.47" });
    expect(tooShort.warnings).toMatchObject([{ line: 14 }]);
  });

  test("another number of processes is what the refusal says", () => {
    expect(parseNpb(read("errors/npb-3.3.1/wrong-nprocs-ep.txt")).problems).toEqual([
      { line: 32, message: "started on 2 processes, made for or run on 4" },
    ]);
    expect(parseNpb(read("errors/npb-3.4/np3-mg.txt")).problems[0]?.message).toMatch(/WARNING/);
  });

  test("FT, which the corpus has no file of", () => {
    const result = read("3.3.1/cg.S.4.txt").split(" CG Benchmark Completed.\n")[1] ?? "";
    const ft = [
      " NAS Parallel Benchmarks 3.3 -- FT Benchmark",
      "",
      " No input file inputft.data. Using compiled defaults",
      " Size                :   64x  64x  64",
      " Iterations          :              6",
      " Number of processes :              4",
      " Processor array     :         1x   4",
      " Layout type         :             1D",
      " Initialization time =   3.8540124893188477E-002",
      " T =    1     Checksum =    5.546087004964D+02    4.845363331978D+02",
      " Result verification successful",
      " class = S",
      "",
      "",
      " FT Benchmark Completed.",
      result,
    ].join("\n");
    expect(parseNpb(ft)).toMatchObject({ program: "ft", problems: [] });
    expect(parseNpb(replaced(ft, "class = S", "class = W")).problems).toMatchObject([{ line: 16 }]);
  });

  test("IS counts its iterations, but for class S", () => {
    const text = read("3.3.1/is.S.4.txt");
    const larger = replaced(text, /^ Number of processes:.*\n/m, "$&\n   iteration\n        1\n        2\n");
    expect(parseNpb(larger).problems).toEqual([]);
    expect(valuesOf(parseNpb(larger), null)).toEqual(valuesOf(parseNpb(text), null));
  });

  test("labels of ranks are taken off", () => {
    const text = read("3.4/lu.S.np4.txt");
    const labelled = text.replace(/^(?!$(?![\s\S]))/gm, "[0] ");
    expect(labelled.startsWith("[0] \n[0] \n[0]  NAS")).toBe(true);
    expect(parseNpb(labelled)).toEqual(parseNpb(text));
    expect(reportOnText("f", labelled).kind).toBe("npb");
  });
});

describe("texts that were damaged", () => {
  const cg = read("3.3.1/cg.S.4.txt");

  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["unsuccessful", replaced(cg, / {2}SUCCESSFUL$/m, "UNSUCCESSFUL"), /not verified: UNSUCCESSFUL/],
    ["not performed", replaced(cg, / {2}SUCCESSFUL$/m, "NOT PERFORMED"), /not verified: NOT PERFORMED/],
    ["failed above", replaced(cg, "VERIFICATION SUCCESSFUL", "VERIFICATION FAILED"), /not verified/],
    ["no verification", replaced(cg, /^ Verification .*\n/m, ""), /the verification expected/],
    ["nan in the progress", replaced(cg, "8.5971775078648", "            NaN"), /progress/],
    ["a rate of stars", replaced(cg, "500.69", "******"), /rate in Mop/],
    ["a nan as rate", replaced(cg, "500.69", "   NaN"), /rate in Mop/],
    ["a rate of 0", replaced(replaced(cg, "500.69", "0.00"), "125.17", "0.00"), /is 0/],
    ["rates that contradict each other", replaced(cg, "500.69", "900.69"), /contradict/],
    [
      "another class",
      replaced(read("3.4/lu.S.np4.txt"), /(Class .*)S/, "$1W"),
      /class is S above and W here/,
    ],
    [
      "another benchmark's result",
      replaced(cg, "CG Benchmark Completed", "LU Benchmark Completed"),
      /that of LU/,
    ],
    ["another release's result", replaced(cg, " 3.3.1\n", " 3.4.1\n"), /release is 3\.3/],
    ["a repeated line", replaced(cg, /^ Mop\/s total.*\n/m, "$&$&"), /rate of one process expected/],
    ["stderr within a line", replaced(cg, "Mop/s total     =", "Mop/s total  [vm:1] WARN"), /rate in Mop/],
    ["two texts in one", cg + cg, /end of the text/],
    ["cut in the last line", replaced(cg, /gov\n\n\n$/, "gov"), /no end/],
  ])("%s", (_name, text, message) => {
    const { problems, measurements } = parseNpb(text);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(measurements).toEqual([]);
  });

  test("every cut before the last word is refused", () => {
    fc.assert(
      fc.property(fc.constantFrom(...results), fc.nat(), (name, position) => {
        const text = read(name);
        expect(parseNpb(text.slice(0, position % text.trimEnd().length)).problems).toHaveLength(1);
      }),
      { seed, numRuns: 500 },
    );
  });

  testCutWithAnotherBehind(tool, parseNpb, 10);

  test("lines of the result lost, repeated or moved", () => {
    const anyLine = fc.nat({ max: 11 });
    fc.assert(
      fc.property(fc.constantFrom(...results), anyLine, anyLine, fc.boolean(), (name, a, b, lose) => {
        fc.pre(lose || a !== b);
        const lines = read(name).split("\n");
        const start = lines.findIndex((line) => line.startsWith(" Class "));
        const [line = ""] = lines.splice(start + a, 1);
        if (!lose) lines.splice(start + b, 0, line);
        expect(parseNpb(lines.join("\n")).problems).toHaveLength(1);
        lines.splice(start + a, 0, line);
        if (!lose) expect(parseNpb(lines.join("\n")).problems).toHaveLength(1);
      }),
      { seed, numRuns: 500 },
    );
  });

  testChangedByte(tool, parseNpb);
});
