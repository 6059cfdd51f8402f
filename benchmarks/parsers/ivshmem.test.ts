import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIvshmem } from "./ivshmem.ts";
import { parsePerftest } from "./perftest.ts";
import { reportOnText } from "./tools.ts";

const memory = "/sys/bus/pci/devices/0000:08:01.0/resource2";
const lines = [
  "# hpc-virtualization-testbed ivshmem_latency 1",
  `# memory ${memory} 1048576 bytes, 1000 iterations, 100 warm-up`,
  "# bytes    min[us]    median[us]    mean[us]    p99[us]    max[us]",
  "8    0.210    0.250    0.270    0.900    12.100",
];
const text = `${lines.join("\n")}\n`;

test("reads every statistic with size, unit, exact decimal and place", () => {
  const measurement = { unit: "us", sizeBytes: 8, line: 4 };
  expect(parseIvshmem(text)).toEqual({
    program: "ivshmem_latency",
    version: "1",
    problems: [],
    warnings: [],
    measurements: [
      { ...measurement, statistic: "min", value: "0.210" },
      { ...measurement, statistic: "median", value: "0.250" },
      { ...measurement, statistic: "mean", value: "0.270" },
      { ...measurement, statistic: "p99", value: "0.900" },
      { ...measurement, statistic: "max", value: "12.100" },
    ],
  });
});

const [title = "", settings = "", header = "", row = ""] = lines;
test.each<[string, string, string, number | null, RegExp]>([
  ["another program", title, title.replace("ivshmem", "osu"), 1, /title of ivshmem_latency expected/],
  ["another version", title, title.replace(/1$/, "2"), 1, /version 2 of ivshmem_latency is not known/],
  ["no settings", `${settings}\n`, "", 2, /memory and iterations expected/],
  ["no iterations", " 1000 iter", " 0 iter", 2, /memory and iterations expected/],
  ["another unit", "mean[us]", "mean[ms]", 3, /column mean\[us\] expected, found "mean\[ms\]"/],
  ["columns in another order", "min[us]    median[us]", "median[us]    min[us]", 3, /column min\[us\]/],
  ["a column less in the header", "    max[us]", "", 3, /columns' names expected/],
  ["no header", `${header}\n`, "", 3, /columns' names expected/],
  ["no row", `${row}\n`, "", null, /the text ends where the row of results should follow/],
  ["a value less in the row", "    12.100", "", 4, /the row has 5 columns, its header 6/],
  ["a value more in the row", "    12.100", "    12.100    1.000", 4, /the row has 7 columns/],
  ["nan", "0.270", "nan", 4, /mean is no time: "nan"/],
  ["-nan", "0.270", "-nan", 4, /mean is no time/],
  ["inf", "12.100", "inf", 4, /max is no time: "inf"/],
  ["a negative time", "0.210", "-0.210", 4, /min is no time/],
  ["a value cut off", "12.100\n", "12.1\n", 4, /max is no time: "12.1"/],
  ["a zero", "0.210", "0.000", 4, /min is 0/],
  ["a median below the least", "0.250", "0.150", 4, /contradict each other/],
  ["a mean above the most", "0.270", "13.000", 4, /contradict each other/],
  ["a p99 above the most", "0.900", "13.000", 4, /contradict each other/],
  ["a size that is none", "\n8 ", "\n0 ", 4, /row of results expected/],
  ["a message that the memory can't hold", "1048576", "4", 4, /more than the memory's 4/],
  ["a second row", `${row}\n`, `${row}\n${row}\n`, 5, /end of the text expected/],
  ["an empty line at the end", `${row}\n`, `${row}\n\n`, 5, /end of the text expected/],
  ["no end of the last line", "12.100\n", "12.100", 4, /cut off/],
  ["nothing", text, "", null, /empty/],
])("refuses %s", (_what, from, to, line, sentence) => {
  expect(text).toContain(from);
  const outcome = parseIvshmem(text.replace(from, to));
  expect(outcome.measurements).toEqual([]);
  expect(outcome.problems).toEqual([{ line, message: expect.stringMatching(sentence) }]);
});

describe("whatever was done to a text", () => {
  test("a part of it is refused wherever it was cut off", () => {
    for (let length = 0; length < text.length; length++) {
      expect(parseIvshmem(text.slice(0, length)).problems).toHaveLength(1);
    }
  });

  test("lines left out, doubled or out of place are refused", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 8 }), (chosen) => {
        const accepted = parseIvshmem(chosen.map((line) => `${line}\n`).join("")).problems.length === 0;
        expect(accepted).toBe(chosen.join("\n") === lines.join("\n"));
      }),
      { examples: [[lines]] },
    );
  });

  test("a character put anywhere is refused, or changes a number or the memory's path and nothing else", () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ minLength: 1, maxLength: 1 }), (place, character) => {
        const changed = text.slice(0, place) + character + text.slice(place);
        const outcome = parseIvshmem(changed);
        if (outcome.problems.length > 0) {
          expect(outcome.measurements).toEqual([]);
          return;
        }
        const inPath = changed.split("\n")[1]?.replace(/^# memory (.*) \d+ bytes, /, "$1") !== memory;
        expect(/\d/.test(character) || inPath).toBe(true);
        const printed = changed.split("\n")[3]?.split("    ").slice(1);
        expect(outcome.measurements.map(({ value }) => value)).toEqual(printed);
      }),
      { numRuns: 2000 },
    );
  });
});

test("each text goes to the parser of its tool", () => {
  expect(reportOnText("f", text)).toMatchObject({ kind: "ivshmem", status: "ok", version: "1" });
  expect(reportOnText("f", text.slice(0, 60))).toMatchObject({ kind: "ivshmem", status: "invalid" });
  expect(reportOnText("f", "some words\n")).toMatchObject({
    kind: "perftest",
    problems: parsePerftest("some words\n").problems,
  });
});
