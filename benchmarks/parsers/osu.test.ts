import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseOsu } from "./osu.ts";
import { replaced, valuesNotInTheirLines, valuesOf } from "./testing/fixtures.ts";
import {
  seed,
  testChangedByte,
  testCutWithAnotherBehind,
  testRefusals,
  toolTexts,
} from "./testing/properties.ts";
import { reportOnText } from "./tools.ts";

/** Its memory limit cut the sizes off, which only standard error says: the table itself is good. */
const shortenedSweep = "errors/osu-7.4/osu_alltoall-memlimit.txt";
const withoutResult =
  /^errors\/|-help\.txt$|\.stderr\.txt$|osu_(?:latency|bibw)-f\.txt$|put_latency-c\.txt$|7\.4\/osu_allreduce-c\.txt$/;
const tool = toolTexts("osu", (name) => !withoutResult.test(name) || name === shortenedSweep);
const { names, results, read } = tool;
const isRow = (line: string): boolean => /^\d+ /.test(line);

describe("real outputs", () => {
  test("the fixtures are those of the corpus", () => {
    expect(names).toHaveLength(95);
    expect(results).toHaveLength(41);
  });

  test.each(results)("%s is read whole", (name) => {
    const text = read(name);
    const outcome = parseOsu(text);
    expect(outcome.problems).toEqual([]);
    expect(outcome.warnings).toEqual([]);
    expect(outcome.program).toBe(/osu_(?:[a-z]+_)?[a-z]+/.exec(name)?.[0]);
    expect(outcome.version).toBe(/# OSU.* v(.*)/.exec(text)?.[1]);
    expect(valuesNotInTheirLines(text, outcome)).toEqual([]);
    const rows = text.split("\n").filter(isRow);
    expect(new Set(outcome.measurements.map(({ line }) => line)).size).toBe(rows.length);
    expect(reportOnText(name, text)).toMatchObject({ kind: "osu", status: "ok" });
  });

  testRefusals(tool, parseOsu);

  test("every kind of column", () => {
    expect(valuesOf(parseOsu(read("5.3/osu_latency.txt")), 0)).toEqual({ "avg us": "0.12" });
    expect(valuesOf(parseOsu(read("7.4/osu_bw-c.txt")), 65536)).toEqual({ "avg MB/s": "5585.61" });
    expect(valuesOf(parseOsu(read("7.4/osu_alltoall-c-f.txt")), 4096)).toEqual({
      "avg us": "44.43",
      "min us": "39.70",
      "max us": "54.95",
    });
    expect(valuesOf(parseOsu(read("7.4/osu_latency-z.txt")), 4096)).toEqual({
      "avg us": "4.74",
      "p50 us": "1.59",
      "p90 us": "1.76",
      "p99 us": "2.94",
    });
  });
});

describe("variants that the corpus has no file of", () => {
  test("a barrier has no sizes and one row", () => {
    const barrier = "# OSU MPI Barrier Latency Test v5.3\n# Avg Latency(us)\n           165.70\n";
    expect(parseOsu(barrier)).toMatchObject({ program: "osu_barrier", problems: [] });
    expect(valuesOf(parseOsu(barrier), null)).toEqual({ "avg us": "165.70" });
    expect(parseOsu(`${barrier}           165.70\n`).problems).toMatchObject([{ line: 4 }]);
    expect(parseOsu(replaced(barrier, "Barrier", "Broadcast")).problems).toMatchObject([{ line: 2 }]);
  });

  test("release 3.1 had other words for the same", () => {
    const rows = read("5.3/osu_put_bibw.txt").split("\n").slice(4).join("\n");
    const old = `# OSU One Sided MPI_Put Bi-directional Bandwidth Test v3.1.1\n# Size     Bi-Bandwidth (MB/s)\n${rows}`;
    expect(parseOsu(old)).toMatchObject({ program: "osu_put_bibw", version: "3.1.1", problems: [] });
  });

  test("the size that a derived datatype transmits is no measurement", () => {
    const text =
      "# OSU MPI Latency Test v7.4\n# Datatype: MPI_CHAR.\n# Size       Avg Latency(us)     Transmit Size\n";
    expect(valuesOf(parseOsu(`${text}8                       0.96                16\n`), 8)).toEqual({
      "avg us": "0.96",
    });
  });

  test.each(results)("%s with the labels of ranks reads the same", (name) => {
    const text = read(name);
    const plain = parseOsu(text);
    const lines = text.slice(0, -1).split("\n");
    const labelled = (line: string): string => `[0] ${line.replace(/(?<=\S)(?= {4})/, "[0] ")}`;
    const whole = `${lines.map(labelled).join("\n")}\n`;
    expect(whole).not.toBe(text);
    expect(parseOsu(whole)).toEqual(plain);
    expect(reportOnText(name, whole)).toMatchObject({ kind: "osu", status: "ok" });
    expect(parseOsu(whole.replace(/^\[0\] (?=\d)/m, "")).problems).toHaveLength(1);
    expect(parseOsu(whole.replace(/^\[0\] (?=\d)/m, "[1] ")).problems).toHaveLength(1);
  });
});

describe("texts that were damaged", () => {
  const sweep = read("5.3/osu_latency.txt");
  const short = read("7.4/osu_latency-c.txt");
  const full = read("7.4/osu_allreduce-f.txt");

  test.each<[string, string, number | null, RegExp]>([
    ["empty", "", null, /empty/],
    ["blank", " \n\n", null, /empty/],
    ["usage", read("7.4/osu_latency-help.txt"), 1, /usage/],
    ["header without rows", replaced(short, /^\d+ .*\n/gm, ""), 4, /header without rows/],
    ["no header", replaced(short, /^# Size.*\n/m, ""), 4, /table header/],
    ["a failed validation", replaced(short, /Pass/, "Fail"), 5, /Validation.*Fail/],
    ["nan", replaced(short, /^(1 +)\S+/m, "$1nan"), 5, /nan/],
    ["inf", replaced(short, /^(1 +)\S+/m, "$1inf"), 5, /inf/],
    ["an average of 0", replaced(sweep, "0.12", "0.00"), 3, /is 0/],
    ["an unknown unit", replaced(sweep, "(us)", "(ms)"), 2, /table header/],
    ["no unit", replaced(sweep, " (us)", ""), 2, /table header/],
    [
      "another test's unit",
      replaced(read("5.3/osu_bw.txt"), "Bandwidth Test", "Latency Test"),
      2,
      /as the title/,
    ],
    ["an unknown test", replaced(sweep, "Latency", "Telepathy"), 1, /title/],
    ["a repeated column", replaced(full, /Min Latency/, "Max Latency"), 4, /table header/],
    ["cut in the last line", sweep.slice(0, -1), 26, /no end/],
    ["cut in a row", sweep.slice(0, -6), 26, /columns|can't be read|expected/],
    ["a line after the table", `${sweep}done\n`, 27, /row/],
    ["two texts in one", sweep + sweep, 27, /row of the table/],
    [
      "a short sweep of a release that has no choice",
      replaced(sweep, /^4194304.*\n/m, ""),
      null,
      /rows are lost/,
    ],
    [
      "a sweep that lost its first row, as no release begins it",
      replaced(sweep, /^0 .*\n/m, ""),
      null,
      /sizes go from 0 to 4194304 bytes; rows are lost/,
    ],
    ["a setting twice", replaced(short, /^# Datatype.*\n/m, "$&$&"), 4, /twice/],
    ["a missing column", replaced(full, /^(2 .*\S) +1000$/m, "$1"), 6, /columns/],
    ["no iterations", replaced(full, /1000$/m, "   0"), 5, /Iterations/],
    ["a lost digit", replaced(sweep, "528.86", "28.86"), 26, /damaged/],
    ["an average below the minimum", replaced(full, /^(1 +)(\S)/m, "$10"), 5, /between/],
  ])("%s", (_name, text, line, message) => {
    expect(parseOsu(text).problems).toEqual([{ line, message: expect.stringMatching(message) as string }]);
    expect(parseOsu(text).measurements).toEqual([]);
  });

  test("rows lost, repeated or moved within any table", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...results),
        fc.nat(),
        fc.nat(),
        fc.constantFrom("lose", "repeat", "swap"),
        (name, one, other, what) => {
          const lines = read(name).split("\n");
          const firstRow = lines.findIndex(isRow);
          const rows = lines.length - 1 - firstRow;
          const a = firstRow + (one % rows);
          const b = firstRow + (other % rows);
          // A table that begins or ends elsewhere is one that somebody may have asked for.
          fc.pre(what === "lose" ? a > firstRow && a < lines.length - 2 : what === "repeat" || a !== b);
          const [first = "", second = ""] = [lines[a], lines[b]];
          if (what === "lose") lines.splice(a, 1);
          else if (what === "repeat") lines.splice(b, 0, first);
          else [lines[a], lines[b]] = [second, first];
          expect(parseOsu(lines.join("\n")).problems).toHaveLength(1);
        },
      ),
      { seed, numRuns: 500 },
    );
  });

  test("every cut is refused, but one after a row of a table whose end can be chosen", () => {
    fc.assert(
      fc.property(fc.constantFrom(...results), fc.nat(), (name, position) => {
        const text = read(name);
        const cut = text.slice(0, position % text.length);
        const outcome = parseOsu(cut);
        if (/\n\d.*\n$/.test(cut) && outcome.problems.length === 0) {
          const whole = parseOsu(text).measurements;
          expect(outcome.measurements).toEqual(whole.slice(0, outcome.measurements.length));
          expect(name).not.toMatch(/5\.3\/osu_(?:latency|bw|bibw|put|get)/);
        } else {
          expect(outcome.problems).toHaveLength(1);
        }
      }),
      { seed, numRuns: 1000 },
    );
  });

  testCutWithAnotherBehind(tool, parseOsu, 2);

  test("standard error at any place", () => {
    const noise = fc.constantFrom(
      "Requested memory limit too low, using [1048576] instead.",
      "[hwloc/linux] failed to find sysfs cpu topology directory, aborting linux discovery.\n",
    );
    fc.assert(
      fc.property(fc.constantFrom(...results), noise, fc.nat(), (name, message, position) => {
        const text = read(name);
        const at = position % (text.length + 1);
        expect(parseOsu(text.slice(0, at) + message + text.slice(at)).problems).toHaveLength(1);
      }),
      { seed, numRuns: 500 },
    );
  });

  testChangedByte(tool, parseOsu);
});
