import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGraph500 } from "./graph500.ts";
import { replaced, valuesNotInTheirLines, valuesOf } from "./testing/fixtures.ts";
import { seed, testChangedByte, testEveryCut, testRefusals, toolTexts } from "./testing/properties.ts";
import { reportOnText } from "./tools.ts";

const tool = toolTexts("graph500", (name) => !/^errors\/|\.stderr\.txt$/.test(name));
const { names, results, read } = tool;

describe("real outputs", () => {
  test("the fixtures are those of the corpus", () => {
    expect(names).toHaveLength(10);
    expect(results).toHaveLength(4);
  });

  test.each(results)("%s is read whole", (name) => {
    const text = read(name);
    const outcome = parseGraph500(text);
    expect(outcome).toMatchObject({ problems: [], warnings: [], program: null, version: null });
    expect(outcome.measurements).toHaveLength(name.includes("sssp") ? 28 : 14);
    expect(valuesNotInTheirLines(text, outcome)).toEqual([]);
    expect(reportOnText(name, text)).toMatchObject({ kind: "graph500", status: "ok" });
  });

  testRefusals(tool, parseGraph500);

  test("all statistics of release 2.1", () => {
    expect(valuesOf(parseGraph500(read("2.1.4/simple.s14.txt")), null)).toEqual({
      "min s": "0.0161488",
      "p25 s": "0.0234951",
      "p50 s": "0.0282774",
      "p75 s": "0.0379059",
      "max s": "0.137125",
      "avg s": "0.0335061",
      "stdev s": "0.0186046",
      "min TEPS": "1.19477e+06",
      "p25 TEPS": "4.32209e+06",
      "p50 TEPS": "5.79377e+06",
      "p75 TEPS": "6.97306e+06",
      "max TEPS": "1.01452e+07",
      "harmonic_mean TEPS": "4.88964e+06",
      "harmonic_stdev TEPS": "342059",
    });
  });

  test("release 3.0 marks the harmonic mean, and its shortest paths have names of their own", () => {
    expect(valuesOf(parseGraph500(read("3.0.1/bfs_sssp.s12.txt")), null)).toMatchObject({
      "harmonic_mean TEPS": "2.52777e+07",
      "avg s": "0.00258437",
      "sssp_avg s": "0.00705268",
      "sssp_p50 TEPS": "9.24393e+06",
      "sssp_harmonic_mean TEPS": "9.26272e+06",
    });
  });

  test("labels of ranks are taken off", () => {
    const text = read("3.0.1/bfs.s14.txt");
    const labelled = text.replace(/^(?=.)/gm, "[0] ");
    expect(parseGraph500(labelled)).toEqual(parseGraph500(text));
    expect(reportOnText("f", labelled).kind).toBe("graph500");
  });
});

describe("a validation that was skipped", () => {
  const whole = read("3.0.1/bfs_sssp.s12.txt");

  test.each(["-1", "0"])("leaves the numbers, with a warning; deviation %s", (deviation) => {
    const skipped = whole
      .replace(/^(bfs {2}\w+_validate: +).*$/gm, "$1-1")
      .replace(/^(bfs {2}stddev_validate: +).*$/m, `$1${deviation}`);
    const outcome = parseGraph500(skipped);
    expect(outcome).toMatchObject({ problems: [], warnings: [{ line: 42 }] });
    expect(outcome.measurements).toEqual(parseGraph500(whole).measurements);
  });

  test("can't be skipped in part", () => {
    expect(parseGraph500(replaced(whole, /^(bfs {2}min_validate: +).*$/m, "$1-1")).problems).toHaveLength(1);
    expect(parseGraph500(replaced(whole, /^(bfs {2}max_validate: +).*$/m, "$1-1")).problems).toHaveLength(1);
  });
});

describe("texts that were damaged", () => {
  const whole = read("3.0.1/bfs.s14.txt");

  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["a failed validation", "No results printed for invalid run.\n", /validation failed/],
    ["nan", replaced(whole, "2.57031e+07", "nan"), /"bfs {2}median_TEPS" expected/],
    ["inf", replaced(whole, "4.62385e+07", "inf"), /"bfs {2}max_TEPS" expected/],
    ["a changed rate", replaced(whole, "2.57031e+07", "2.57131e+07"), /TEPS contradict/],
    ["a changed time", replaced(whole, "0.0101862", "0.0101962"), /TEPS contradict/],
    ["a median above the maximum", replaced(whole, "0.0101862", "0.101862"), /statistics of time contradict/],
    ["a time of 0", replaced(whole, "0.00566233", "0"), /min_time is 0/],
    ["a negative rate", replaced(whole, "1.50898e+07", "-1.50898e+07"), /"bfs {2}min_TEPS" expected/],
    ["another mark", replaced(whole, "!", " "), /harmonic_mean_TEPS/],
    ["two texts in one", whole + whole, /the end of the text expected/],
    [
      "progress among the numbers",
      replaced(whole, /^bfs {2}min_TEPS/m, "Running BFS 3\n$&"),
      /Running BFS 3/,
    ],
    ["cut in the last line", whole.slice(0, -1), /no end/],
    ["searches of another release", replaced(whole, /^bfs {2}(?=\w+_TEPS)/gm, ""), /"bfs {2}min_TEPS"/],
  ])("%s", (_name, text, message) => {
    const { problems, measurements } = parseGraph500(text);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(measurements).toEqual([]);
  });

  testEveryCut(tool, parseGraph500);

  test("lines lost, repeated or moved", () => {
    fc.assert(
      fc.property(fc.constantFrom(...results), fc.nat(), fc.nat(), fc.boolean(), (name, one, other, lose) => {
        const lines = read(name).trimEnd().split("\n");
        const [a, b] = [one % lines.length, other % lines.length];
        fc.pre(lose || a !== b);
        const [line = ""] = lines.splice(a, 1);
        if (!lose) lines.splice(b, 0, line);
        expect(parseGraph500(`${lines.join("\n")}\n`).problems).toHaveLength(1);
        if (!lose) lines.splice(a, 0, line);
        if (!lose) expect(parseGraph500(`${lines.join("\n")}\n`).problems).toHaveLength(1);
      }),
      { seed, numRuns: 500 },
    );
  });

  testChangedByte(tool, parseGraph500);
});
