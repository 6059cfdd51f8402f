import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSpecMpi } from "./specmpi.ts";
import { replaced, valuesNotInTheirLines, valuesOf, withOneByteChanged } from "./testing/fixtures.ts";
import { seed } from "./testing/properties.ts";
import {
  type Cell,
  exampleReport,
  mediumRows,
  printReport,
  printRow,
  type TableRow,
} from "./testing/specmpi-text.ts";
import { reportOnText } from "./tools.ts";

const all: Cell = ["64", "100", "10.0", "*"];
const full = mediumRows([]).map(([name]): TableRow => [name, all]);
const official = printReport({
  estimated: false,
  runs: null,
  reported: full,
  baseMean: "10.0",
  peakMean: "Not Run",
});

describe("reports", () => {
  test("two benchmarks of an exampleReport, one with a peak run", () => {
    const outcome = parseSpecMpi(exampleReport);
    expect(outcome).toMatchObject({ program: "MPIM2007", version: "2.0.1", problems: [] });
    expect(outcome.warnings).toEqual([
      { line: 16, message: expect.stringContaining("an estimate") as string },
    ]);
    expect(valuesOf(outcome, null)).toEqual({
      "104.milc_time s": "89.1",
      "104.milc_ratio 1": "17.6",
      "137.lu_time s": "96.2",
      "137.lu_ratio 1": "38.2",
      "137.lu_peak_time s": "48.1",
      "137.lu_peak_ratio 1": "76.4",
    });
    expect(valuesNotInTheirLines(exampleReport, outcome)).toEqual([]);
    expect(reportOnText("f", exampleReport)).toMatchObject({ kind: "specmpi", status: "ok" });
  });

  test("all benchmarks, without the table of all runs, without blanks at the ends of lines", () => {
    const outcome = parseSpecMpi(official.replace(/ +$/gm, ""));
    expect(outcome).toMatchObject({ problems: [], warnings: [] });
    expect(outcome.measurements).toHaveLength(26);
    expect(outcome).toEqual(parseSpecMpi(official));
  });

  test("the first release's last line", () => {
    const old = official.replace(/^Tested with.*\nReport g(.*by )(.*)\.$/m, "G$1SPEC $2");
    expect(parseSpecMpi(old)).toMatchObject({ version: null, problems: [] });
  });

  test("the large suite is its own program", () => {
    const large = official.replace("MPIM2007", "MPIL2007").replaceAll("SPECmpiM", "SPECmpiL");
    expect(parseSpecMpi(large)).toMatchObject({ program: "MPIL2007", problems: [] });
  });
});

describe("reports that were damaged", () => {
  const failed = (state: string): string =>
    replaced(official, printRow(["115.fds4", all]), printRow(["115.fds4", ["64", "100", "", state]]));

  test.each<[string, string, RegExp]>([
    ["empty", "", /empty/],
    ["a wrong answer", failed("VE"), /115\.fds4: base: the benchmark gave a wrong answer \(VE\)/],
    ["an error", failed("RE"), /ended with an error/],
    ["no executable", failed("CE"), /was not compiled/],
    ["an unknown state", failed("XX"), /state "XX"/],
    [
      "numbers withheld",
      replaced(official, printRow(["115.fds4", all]), printRow(["115.fds4", ["64", "NC", "NC", "*"]])),
      /run time is no positive number/,
    ],
    ["a run of the test size", official.replaceAll("10.0 * ", "  -- S "), /ratio is no positive number/],
    ["a run that is not reported", official.replaceAll("10.0 * ", "10.0 S "), /none that SPEC reports/],
    [
      "nothing but benchmarks not run",
      official
        .replaceAll("    64        100       10.0 * ", `${" ".repeat(29)}NR`)
        .replace(/ 10\.0$/m, "   --"),
      /no benchmark above/,
    ],
    ["a row lost", replaced(official, `${printRow(["115.fds4", all])}\n`, ""), /row of 115\.fds4 is missing/],
    [
      "a row twice",
      replaced(official, printRow(["115.fds4", all]), "$&\n$&"),
      /115\.fds4 stands there twice/,
    ],
    ["rows out of order", replaced(official, /^(115.*\n)(121.*\n)/m, "$2$1"), /out of order/],
    ["another suite's benchmark", replaced(official, "107.leslie3d", "107.dleslie "), /not in this suite/],
    ["a changed ratio", replaced(exampleReport, "17.5", "14.5"), /contradict/],
    ["a changed mean", replaced(official, /10\.0$/m, "11.0"), /not the geometric mean/],
    ["another reported run", replaced(exampleReport, /(={78}\n.*)89\.1/, "$188.9"), /not the one marked/],
    ["no run marked", replaced(exampleReport, "17.6 *", "17.6 S"), /not the one marked/],
    ["an estimate that does not say so", replaced(exampleReport, "Est. ", "     "), /the mean|disagree/],
    ["another tool's title above", `# OSU MPI Latency Test v7.4\n${official}`, /the title of a report/],
    ["a frame that does not end", replaced(exampleReport, /^#+\n(?= +SPEC)/m, ""), /end of the frame/],
    [
      "a frame without its pair",
      replaced(exampleReport, /^(?:#.*\n)+(?=-{77}$)/m, ""),
      /the frame INVALID RUN expected/,
    ],
    [
      "a frame that is lost",
      replaced(exampleReport, /^(?:#.*\n)+(?= +SPEC)/, ""),
      /estimated if the run is invalid/,
    ],
    ["a shifted column", replaced(official, "    64        100", "   64        100 "), /ranks can't be read/],
    ["a second report", official + official, /the end of the text/],
    ["cut in the last line", official.slice(0, -1), /no end/],
    [
      "a second table",
      replaced(official, /^ +BENCHMARK DETAILS$/m, printRow(["115.fds4", all])),
      /next part of the report/,
    ],
  ])("%s", (_name, text, message) => {
    const { problems, measurements } = parseSpecMpi(text);
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
    expect(measurements).toEqual([]);
  });

  test("every cut, and every cut with another report behind it", () => {
    const reports = fc.constantFrom(exampleReport, official);
    fc.assert(
      fc.property(reports, fc.constantFrom("", exampleReport, official), fc.nat(), (one, other, position) => {
        const cut = one.slice(0, 1 + (position % (one.length - 1)));
        const outcome = parseSpecMpi(cut + other);
        if (outcome.problems.length > 0) return;
        // What is left are blanks before a title: the other report stands whole behind them.
        expect(cut).toMatch(/^ *$/);
        expect(outcome.measurements.map(({ value }) => value)).toEqual(
          parseSpecMpi(other).measurements.map(({ value }) => value),
        );
        expect(outcome.measurements.length).toBeGreaterThan(0);
      }),
      { seed, numRuns: 500 },
    );
  });

  test("a changed byte is refused, or the numbers are those that stand in the changed report", () => {
    fc.assert(
      fc.property(withOneByteChanged([exampleReport, official]), (text) => {
        expect(valuesNotInTheirLines(text, parseSpecMpi(text))).toEqual([]);
      }),
      { seed, numRuns: 1000 },
    );
  });
});
