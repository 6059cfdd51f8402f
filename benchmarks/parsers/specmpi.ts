/**
 * Reads the text report of SPEC MPI2007 (MPIM2007.NNN.ref.txt, which runspec writes for the medium and the large suite). Pure. From
 * the title on, the table of results is accounted for line by line, and the report must be whole, or the text is refused
 * with line and reason; around the table the report repeats the tester's words, which can be anything but a second report.
 *
 * The suite is licensed and no sample could be had. Source of the format: the printf formats of the ASCII formatter of SPEC's tools
 * (2011), which CPU2006 and MPI2007 share and which prints "Ranks" for the latter; CPU2006 reports that people published agree with it.
 * Names: SPEC's "MPI2007 Result File Fields", "Credits" and FAQ.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { type LineReader, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";
import { parseRow, type Row, refuseContradiction, type Tuning, tunings } from "./specmpi-table.ts";

const titlePattern = /^ *SPEC(?:\(R\))? ?(MPI)(?:\(R\))?([ML]2007) Summary *$/;

/** Another report's title, wherever in a line its text was put. */
const titleWithinPattern = /MPI(?:\(R\))?[ML]2007 Summary/;

/** Reports of SPEC MPI2007 have such a line. */
export const signature = new RegExp(titlePattern.source, "m");

/** The medium suite's benchmarks, each of which has a row in every report, run or not. */
const mediumSuite: readonly string[] = [
  "104.milc",
  "107.leslie3d",
  "113.GemsFDTD",
  "115.fds4",
  "121.pop2",
  "122.tachyon",
  "126.lammps",
  "127.wrf2",
  "128.GAPgeofem",
  "129.tera_tf",
  "130.socorro",
  "132.zeusmp2",
  "137.lu",
];

const estimatedPattern = /^ +Estimated +Estimated *$/;
const groupsPattern = /^ {16}Base {5}Base {7}Base {8}Peak {5}Peak {7}Peak *$/;
const columnsLine = "Benchmarks      Ranks  Run Time     Ratio       Ranks  Run Time     Ratio";
const ruleLine = "-------------- ------  ---------  ---------    ------  ---------  ---------";
const runsEndPattern = /^={78,}$/;
const meanPattern = /^ (Est\. )?SPECmpi(?:\(R\))?([ML])_(base|peak)2007 +(Not Run|\S+) *$/;
const frameRule = "#".repeat(78);
const endRulePattern = /^-{77,}$/;

/**
 * Reads one report. `program` is the suite, as in "MPIM2007". A report holds up to thirteen benchmarks, so the name of a benchmark begins
 * the names of its statistics, as in "104.milc_time" (s, the median run that SPEC reports) and "104.milc_ratio" (reference time over
 * it, unit "1"); with peak tuning "104.milc_peak_time". A benchmark that was not run has none; one that failed refuses the report.
 */
export function parseSpecMpi(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  const isInvalid = takeFrame(reader);
  const [, family = "", suite = ""] = reader.take(titlePattern, "the title of a report");
  reader.program = family + suite;
  readUntil(reader, (line) => estimatedPattern.test(line) || groupsPattern.test(line));
  const measurements = readTables(reader, suite, isInvalid);
  readUntil(reader, (line) => endRulePattern.test(line) || line === frameRule);
  if (takeFrame(reader) !== isInvalid) reader.refuse(isInvalid ? "the frame INVALID RUN" : "no such frame");
  readEnd(reader);
  return measurements;
}

/** Takes the frame, if there is one, that says which of SPEC's rules of reporting a run broke. */
function takeFrame(reader: LineReader): boolean {
  if (!reader.takeIf(frameRule)) return false;
  reader.take(/^# +INVALID RUN -- .* #$/, "INVALID RUN");
  while (!reader.takeIf(frameRule)) reader.take(/^# .* #$/, "the end of the frame INVALID RUN");
  return true;
}

/** Passes over the tester's words. */
function readUntil(reader: LineReader, isEnd: (line: string) => boolean): void {
  for (let line = reader.peek(); line === undefined || !isEnd(line); line = reader.peek()) {
    const known = line !== undefined && (titleWithinPattern.test(line) || parseRow(line) !== null);
    if (line === undefined || known || line === columnsLine || line === ruleLine || meanPattern.test(line)) {
      reader.refuse("the next part of the report");
    }
    reader.advance();
  }
}

/** Reads the table of all runs, where there is one, the table of reported runs, and the means under it. */
function readTables(reader: LineReader, suite: string, isInvalid: boolean): ParsedMeasurement[] {
  const estimatedLine = estimatedPattern.test(reader.peek() ?? "") ? reader.lineNumber : null;
  if (estimatedLine !== null) {
    reader.warn(estimatedLine, "an estimate: SPEC's rules of reporting were not kept");
    reader.advance();
  }
  if ((estimatedLine !== null) !== isInvalid)
    reader.refuse("a table that is estimated if the run is invalid");
  reader.take(groupsPattern, "the header of the table");
  if (!reader.takeIf(columnsLine)) reader.refuse("the names of the columns");
  if (!reader.takeIf(ruleLine)) reader.refuse("the line of dashes");
  const first = readRows(reader);
  const hasBoth = runsEndPattern.test(reader.peek() ?? "");
  if (hasBoth) reader.advance();
  const reported = hasBoth ? readRows(reader) : first;
  refuseRepetition(reported, suite);
  if (hasBoth) refuseDifference(first, reported);
  for (const tuning of tunings) readMean(reader, suite, tuning, estimatedLine !== null, reported);
  const measurements = reported.flatMap(measurementsOf);
  if (measurements.length === 0) {
    throw new Refusal(
      reader.lineNumber - 1,
      "no benchmark above has a run of the reference size that SPEC reports (*)",
    );
  }
  return measurements;
}

/** Reads rows in the order of their benchmarks' names. Runs of one benchmark agree on its reference time. */
function readRows(reader: LineReader): Row[] {
  const rows: Row[] = [];
  for (;;) {
    const row = parseRow(reader.peek() ?? "");
    if (row === null) break;
    if ("problem" in row) throw new Refusal(reader.lineNumber, row.problem);
    const previous = rows.at(-1);
    if (previous !== undefined && row.name < previous.name) {
      throw new Refusal(
        reader.lineNumber,
        `${row.name} can't follow ${previous.name}: rows are out of order`,
      );
    }
    rows.push({ ...row, line: reader.lineNumber });
    refuseContradiction(rows.filter(({ name }) => name === row.name));
    reader.advance();
  }
  if (rows.length === 0) reader.refuse("a row of the table");
  return rows;
}

/** In the table of reported runs every benchmark of the suite has one row. */
function refuseRepetition(rows: readonly Row[], suite: string): void {
  for (const [index, { name, line, runs }] of rows.entries()) {
    if (name === rows[index - 1]?.name) throw new Refusal(line, `${name} stands there twice`);
    for (const tuning of tunings) {
      if (runs[tuning] !== null && !runs[tuning].isReported) {
        throw new Refusal(line, `the ${tuning} run of ${name} is none that SPEC reports (*)`);
      }
    }
  }
  if (suite !== "M2007") return;
  const missing = mediumSuite.find((name) => !rows.some((row) => row.name === name));
  const other = rows.find(({ name }) => !mediumSuite.includes(name));
  if (other !== undefined) throw new Refusal(other.line, `${other.name} is not in this suite`);
  if (missing !== undefined) throw new Refusal(rows.at(-1)?.line ?? null, `the row of ${missing} is missing`);
}

/** Both tables name the same benchmarks, and the runs marked in the first are the second. */
function refuseDifference(all: readonly Row[], reported: readonly Row[]): void {
  for (const { name, line, runs } of reported) {
    const own = all.filter((row) => row.name === name);
    if (own.length === 0) throw new Refusal(line, `${name} has no row among all runs`);
    for (const tuning of tunings) {
      const marked = own.map((row) => row.runs[tuning]).filter((run) => run?.isReported === true);
      const [run] = marked;
      const same = run?.time === runs[tuning]?.time && run?.ratio === runs[tuning]?.ratio;
      if (marked.length > 1 || !same || run?.ranks !== runs[tuning]?.ranks) {
        throw new Refusal(line, `the ${tuning} run of ${name} is not the one marked among all runs`);
      }
    }
  }
  const extra = all.find((row) => !reported.some(({ name }) => name === row.name));
  if (extra !== undefined) throw new Refusal(extra.line, `${extra.name} has no row among the reported runs`);
}

/** Takes one mean, which is the geometric mean of the ratios above where it stands as a number. */
function readMean(
  reader: LineReader,
  suite: string,
  tuning: Tuning,
  isEstimate: boolean,
  rows: readonly Row[],
): void {
  const line = reader.lineNumber;
  const [, mark, letter = "", named, mean = ""] = reader.take(
    meanPattern,
    `the mean of the ${tuning} ratios`,
  );
  if (named !== tuning || !suite.startsWith(letter)) throw new Refusal(line, `the ${tuning} mean expected`);
  if ((mark !== undefined) !== isEstimate) {
    throw new Refusal(line, "the table and its mean disagree on whether this is an estimate");
  }
  if (mean === "Not Run" || mean === "--") return;
  const ratios = rows.map(({ runs }) => Number(runs[tuning]?.ratio));
  const expected = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  // Three digits are printed of each.
  if (!(Math.abs(Number(mean) / expected - 1) <= 0.01)) {
    throw new Refusal(line, `${mean} is not the geometric mean of the ${tuning} ratios above`);
  }
}

function measurementsOf({ name, line, runs }: Row): ParsedMeasurement[] {
  return tunings.flatMap((tuning) => {
    const run = runs[tuning];
    if (run === null) return [];
    const prefix = tuning === "base" ? `${name}_` : `${name}_peak_`;
    return [
      { statistic: `${prefix}time`, unit: "s", sizeBytes: null, value: run.time, line },
      { statistic: `${prefix}ratio`, unit: "1", sizeBytes: null, value: run.ratio, line },
    ];
  });
}

/** Takes the lines that end every report; releases up to 1.0 do not say the suite's version. */
function readEnd(reader: LineReader): void {
  reader.take(endRulePattern, "the line of dashes");
  reader.take(/^For questions about this result, please contact the tester\.$/, "the end of the report");
  reader.take(/^For other inquiries, please contact \S+\.$/, "the end of the report");
  reader.take(/^Copyright [\d-]+ Standard Performance Evaluation Corporation$/, "the end of the report");
  const tested = /^Tested with SPEC MPI2007 v(\d+(?:\.\d+)*)\.$/;
  if (tested.test(reader.peek() ?? "")) reader.version = reader.take(tested, "the version")[1] ?? null;
  reader.take(
    /^(?:Report g|G)enerated on .+ by (?:SPEC )?MPI2007 ASCII formatter v\d+\.?$/,
    "the end of the report",
  );
}
