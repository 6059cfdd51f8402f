/** Outputs of our own MPI programs (benchmarks/mpi), which the parsers of OMB, Graph500 and NPB read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mpiTests } from "../mpi/programs.ts";
import { parseGraph500 } from "./graph500.ts";
import { parseNpb } from "./npb.ts";
import { parseOsu } from "./osu.ts";
import type { ParseOutcome } from "./outcome.ts";
import { replaced, valuesNotInTheirLines, valuesOf } from "./testing/fixtures.ts";
import {
  seed,
  testChangedByte,
  testCutWithAnotherBehind,
  testEveryCut,
  testRefusals,
  toolTexts,
} from "./testing/properties.ts";
import { readPieces, reportOnText } from "./tools.ts";

const tool = toolTexts("testbed", (name) => !name.startsWith("errors/"));
const { names, results, read } = tool;
const blocks = results.filter((name) => /\/(?:bfs|ep)\./.test(name));
const tables = results.filter((name) => !blocks.includes(name));
const parse = (text: string): ParseOutcome => readPieces([text]).outcome;
const isRow = (line: string): boolean => /^\d+ /.test(line);
const messagesOf = ({ problems }: ParseOutcome): readonly string[] => problems.map(({ message }) => message);

describe("real outputs", () => {
  test("the fixtures are those that were made", () => {
    expect(names).toHaveLength(23);
    expect(tables).toHaveLength(8);
    expect(blocks).toHaveLength(3);
  });

  test.each<[string, string, string]>([
    ["latency", "osu", "testbed_mpi latency"],
    ["latency-sizes", "osu", "testbed_mpi latency"],
    ["bandwidth", "osu", "testbed_mpi bandwidth"],
    ["put_bidirectional_bandwidth", "osu", "testbed_mpi put_bidirectional_bandwidth"],
    ["get_bandwidth-one-size", "osu", "testbed_mpi get_bandwidth"],
    ["accumulate_latency", "osu", "testbed_mpi accumulate_latency"],
    ["allreduce.np4", "osu", "testbed_mpi allreduce"],
    ["all_to_all.np3", "osu", "testbed_mpi all_to_all"],
    ["bfs.s10", "graph500", "testbed_bfs"],
    ["bfs.s7.np3", "graph500", "testbed_bfs"],
    ["ep.S.np2", "npb", "testbed_ep"],
  ])("%s is read whole", (name, kind, program) => {
    const text = read(`1.0/${name}.txt`);
    const outcome = parse(text);
    expect(outcome).toMatchObject({ problems: [], warnings: [], program, version: "1.0" });
    expect(valuesNotInTheirLines(text, outcome)).toEqual([]);
    expect(reportOnText(name, text)).toMatchObject({ kind, status: "ok", program });
    const labelled = text.replace(/^(?!$(?![\s\S]))/gm, "[0] ");
    expect(parse(labelled)).toEqual(outcome);
  });

  testRefusals(tool, parse);

  test("each row of a table", () => {
    for (const name of tables) {
      const lines = read(name).split("\n");
      const rows = lines.flatMap((line, index) => (isRow(line) ? [{ line: index + 1, text: line }] : []));
      expect(
        parse(read(name))
          .measurements.filter(({ statistic }) => statistic === "avg")
          .map(({ sizeBytes, line, value }) => ({ line, words: [String(sizeBytes), value] })),
      ).toEqual(rows.map(({ line, text }) => ({ line, words: text.split(/ +/).slice(0, 2) })));
    }
  });

  test("the values of each kind of text", () => {
    expect(valuesOf(parse(read("1.0/latency-sizes.txt")), 67108864)).toEqual({ "avg us": "37242.88" });
    expect(valuesOf(parse(read("1.0/put_bidirectional_bandwidth.txt")), 1000)).toEqual({
      "avg MB/s": "2530.39",
    });
    expect(valuesOf(parse(read("1.0/all_to_all.np3.txt")), 5000)).toEqual({
      "avg us": "37.48",
      "min us": "36.85",
      "max us": "38.31",
    });
    expect(valuesOf(parse(read("1.0/bfs.s7.np3.txt")), null)).toEqual({
      ...{ "min s": "2.2263e-05", "p25 s": "5.38845e-05", "p50 s": "6.3865e-05", "p75 s": "7.57025e-05" },
      ...{ "max s": "0.000244994", "avg s": "7.08677e-05", "stdev s": "3.81991e-05" },
      ...{ "min TEPS": "44597.1", "p25 TEPS": "1.22651e+06", "p50 TEPS": "1.92007e+06" },
      ...{ "p75 TEPS": "2.25303e+06", "max TEPS": "2.8707e+06" },
      ...{ "harmonic_mean TEPS": "358544", "harmonic_stdev TEPS": "136092" },
    });
    expect(valuesOf(parse(read("1.0/ep.S.np2.txt")), null)).toEqual({
      "time s": "0.69",
      "rate Mop/s": "48.44",
    });
  });

  test.each(mpiTests)("$name by its title", ({ name, title }) => {
    const [text, before] = name.endsWith("bandwidth")
      ? [read("1.0/bandwidth.txt"), "MPI Bandwidth Test"]
      : [read("1.0/latency.txt"), "MPI Latency Test"];
    const own = text.replace(before, title);
    expect(parseOsu(own)).toMatchObject({ problems: [], program: `testbed_mpi ${name}`, version: "1.0" });
    expect(parseOsu(own.replace(title, `${title}s`)).problems).toMatchObject([{ line: 1 }]);
    expect(parseOsu(own.replace(title, title.toUpperCase())).problems).toMatchObject([{ line: 1 }]);
  });
});

describe("texts that were damaged", () => {
  const latency = read("1.0/latency.txt");
  const listed = read("1.0/latency-sizes.txt");
  const bfs = read("1.0/bfs.s10.txt");
  const ep = read("1.0/ep.S.np2.txt");

  test.each<[string, string, RegExp]>([
    ["a table without a title", replaced(latency, /^.*\n/, ""), /line of dashes expected/],
    ["a title without a version", replaced(latency, " v1.0", ""), /title of a test/],
    ["a test of OMB that is not ours", replaced(latency, "MPI Latency", "MPI Reduce Latency"), /title/],
    ["OMB's rule for the same sizes", replaced(listed, "# Testbed", "# OSU"), /lost, repeated or out/],
    ["another test's unit", replaced(latency, "MPI Latency", "MPI Bandwidth"), /as the title says/],
    ["an empty message", replaced(latency, /^4 /m, "0 "), /a row of 0 bytes can't be the first/],
    ["a repeated row", replaced(listed, /^100 .*\n/m, "$&$&"), /can't follow one of 100/],
    ["rows that go down", replaced(listed, /^(100 .*\n)(4095 .*\n)/m, "$2$1"), /can't follow one of 4095/],
    ["a lost digit", replaced(listed, "37242.88", "3724.88"), /damaged/],
    ["a latency of 0", replaced(listed, "0.96", "0.00"), /is 0/],
    ["two tables in one", latency + listed, /a row of the table expected/],
    ["a wrong tree", read("errors/1.0/bfs-wrong-tree.txt"), /validation failed/],
    ["too few roots", read("errors/1.0/bfs-few-roots.txt"), /ends where .*SCALE/],
    ["a graph without its seed", replaced(bfs, /^# Seed.*\n/m, ""), /the seed expected/],
    ["a seed that is no number", replaced(bfs, "Seed: 2", "Seed: x2"), /the seed expected/],
    ["release 2.1's block", replaced(bfs, /^bfs {2}/gm, ""), /"bfs {2}min_time" expected/],
    ["a validation left out", replaced(bfs, /^(bfs {2}\w+_validate: +).*$/gm, "$1-1"), /min_validate/],
    ["shortest paths", replaced(bfs, /^min_nedge/m, "sssp min_time: 1\n$&"), /"min_nedge" expected/],
    ["two graphs in one", bfs + bfs, /the end of the text expected/],
    ["wrong sums", read("errors/1.0/ep-wrong-sums.txt"), /not verified: UNSUCCESSFUL/],
    ["another seed", replaced(ep, "271828183", "271828182"), /the seed expected/],
    [
      "another program's version",
      replaced(ep, /1\.0\n$/, "1.0.1\n"),
      /release is 1\.0, the result's 1\.0\.1/,
    ],
    ["another class", replaced(ep, "(class S)", "(class W)"), /class is W above and S here/],
    ["lines of NPB behind it", `${ep} Compile date    = 23 Nov 2026\n`, /the end of the text expected/],
    ["two programs in one", ep + bfs, /the end of the text expected/],
    ["another program's title", replaced(ep, "EP Test", "BFS Test"), /title of a benchmark expected/],
  ])("%s", (_name, text, message) => {
    const outcome = parse(text);
    expect(messagesOf(outcome)).toEqual([expect.stringMatching(message)]);
    expect(outcome.measurements).toEqual([]);
  });

  test("a title alone is known as its program's, and refused", () => {
    const beginnings = { osu: latency, graph500: bfs, npb: ep };
    for (const [kind, text] of Object.entries(beginnings)) {
      const title = text.slice(0, text.indexOf("\n") + 1);
      expect(reportOnText("f", title)).toMatchObject({ kind, status: "invalid" });
    }
  });

  test("a graph's block that lost its title is one as Graph500 prints it: only the program is unknown then", () => {
    const outcome = parse(replaced(bfs, /^# Testbed.*\n# Seed.*\n/, ""));
    expect(outcome).toMatchObject({ problems: [], program: null, version: null });
    expect(valuesOf(outcome, null)).toEqual(valuesOf(parse(bfs), null));
  });

  test("only the parser of its model reads a text", () => {
    for (const name of results) {
      const readers = [parseOsu, parseGraph500, parseNpb].filter(
        (one) => one(read(name)).problems.length === 0,
      );
      expect(readers).toHaveLength(1);
    }
  });

  testEveryCut({ names, results: blocks, read }, parse);

  test("a table that was cut is refused, but after a row", () => {
    fc.assert(
      fc.property(fc.constantFrom(...tables), fc.nat(), (name, position) => {
        const text = read(name);
        const cut = text.slice(0, position % text.length);
        const outcome = parse(cut);
        if (/\n\d.*\n$/.test(cut)) {
          const whole = parse(text).measurements;
          expect(outcome.problems).toEqual([]);
          expect(outcome.measurements).toEqual(whole.slice(0, outcome.measurements.length));
        } else {
          expect(outcome.problems).toHaveLength(1);
        }
      }),
      { seed, numRuns: 1000 },
    );
  });

  test("rows repeated or moved within a table", () => {
    const withTwoRows = tables.filter((name) => read(name).split("\n").filter(isRow).length > 1);
    fc.assert(
      fc.property(
        fc.constantFrom(...withTwoRows),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        (name, one, other, swap) => {
          const lines = read(name).split("\n");
          const firstRow = lines.findIndex(isRow);
          const rows = lines.length - 1 - firstRow;
          const [a, b] = [firstRow + (one % rows), firstRow + (other % rows)];
          fc.pre(!swap || a !== b);
          const [first = "", second = ""] = [lines[a], lines[b]];
          if (swap) [lines[a], lines[b]] = [second, first];
          else lines.splice(b, 0, first);
          expect(parse(lines.join("\n")).problems).toHaveLength(1);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  testCutWithAnotherBehind(tool, parse, 1);
  testChangedByte(tool, parse);
});
