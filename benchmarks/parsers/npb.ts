/**
 * Reads the text that one NAS Parallel Benchmark (MPI, 3.3 and 3.4) prints, and that of testbed_ep, our own program with EP's text
 * below its title. Pure. Every line is accounted for, or the text is refused with line and reason; a run that was not verified, or
 * on other processes than it was made for, is refused.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { type LineReader, quoted, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";
import { takeSeededTitle } from "./testbed-title.ts";

/** Texts of NPB and of testbed_ep, whole or not, have such a line. */
export const signature = /NAS Parallel Benchmarks \d|^# Testbed EP|^ [A-Z]{2} Benchmark Completed/m;

const titlePattern = /^ NAS Parallel Benchmarks (\d+\.\d+) -- ([A-Z]{2}) Benchmark ?$/;
const completedPattern = /^ ([A-Z]{2}) Benchmark Completed\.?$/;

/** What the benchmarks print between title and result: their settings, progress, and the numbers that they verify. */
const progressPatterns: readonly RegExp[] = [
  /^ No input file(?: input[a-z]{2}\.data)?\. Using compiled defaults ?$/,
  /^ Size\s*: +\d+(?: *x *\d+){0,2}(?: +\(class [A-Z]\))?$/,
  /^ Iterations\s*: +\d+(?: +dt: +\d+\.\d+)?$/,
  /^ (?:Total number of|Number of|Number of active) processes ?: +\d+$/,
  /^ (?:Number of nonzeroes per row|Number of random numbers generated|Eigenvalue shift): +[\d.E+-]+(?: +\(class [A-Z]\))?$/,
  /^ (?:Processor array|Layout type) +: +[\dxD ]+$/,
  /^ Initialization time(?:: +\d+\.\d+ seconds| = +\d+\.\d+(?:E[+-]\d+)?)$/,
  /^ {3}iteration {2,}\|\|r\|\| {2,}zeta$/,
  /^ {2}iter +\d+$/,
  // IS, but for class S
  /^ {3}iteration$/,
  /^ {8}\d+$/,
  /^ Time step +\d+$/,
  /^ T = +\d+ +Checksum = +-?\d+\.\d+D[+-]\d+ +-?\d+\.\d+D[+-]\d+$/,
  /^ Verification being performed for class [A-Z]$/,
  /^ [aA]ccuracy setting for epsilon = +\d\.\d+E[+-]\d+$/,
  /^ Comparison of (?:RMS-norms of residual|RMS-norms of solution error|surface integral)$/,
  /^ +(?:\d+ +)?(?:-?\d+\.\d+(?:E[+-]\d+)?(?: +|$)){2,3}$/,
  /^ (?:Zeta|L2 Norm|Error) +is +-?\d*\.\d+E[+-]\d+$/,
  /^ Benchmark completed ?$/,
  /^ class = [A-Z]$/,
  /^EP Benchmark Results:$/,
  /^CPU Time = +\d+\.\d+$/,
  /^N = 2\^ +\d+$/,
  /^No\. Gaussian Pairs = +\d+\.$/,
  /^Sums = +-?\d+\.\d+D[+-]\d+ +-?\d+\.\d+D[+-]\d+$/,
  /^Counts:$/,
  /^ {2}\d +\d+\.$/,
  /^ (?:VERIFICATION SUCCESSFUL ?|Verification Successful|Result verification successful)$/,
];

/** The class that a line of progress names. */
const classPattern =
  /\(class ([A-Z])\)$|^ Verification being performed for class ([A-Z])$|^ class = ([A-Z])$/;

/** Reads one text of NPB or of testbed_ep. `program` is "testbed_ep" or the benchmark's short name, as in "cg". */
export function parseNpb(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  const title = readTitle(reader);
  reader.program = title.program;
  const className = readProgress(reader);
  const [, completed] = reader.take(completedPattern, "the end of the benchmark");
  if (completed !== title.benchmark) {
    throw new Refusal(
      reader.lineNumber - 1,
      `the title is that of ${title.benchmark}, the result that of ${completed}`,
    );
  }
  const measurements = readResult(reader, title, className);
  // Ours ends with the result.
  if (!title.isOwn) readEnd(reader);
  return measurements;
}

interface Title {
  readonly program: string;
  /** As in "CG". */
  readonly benchmark: string;
  readonly release: string;
  readonly isOwn: boolean;
}

function readTitle(reader: LineReader): Title {
  // The published sums are those of this seed.
  const own = takeSeededTitle(reader, "EP Test", /271828183/);
  if (own !== null) return { program: "testbed_ep", benchmark: "EP", release: own.version, isOwn: true };
  skipEmpty(reader);
  const [, release = "", benchmark = ""] = reader.take(titlePattern, "the title of a benchmark");
  return { program: benchmark.toLowerCase(), benchmark, release, isOwn: false };
}

function skipEmpty(reader: LineReader): void {
  while (reader.takeIf(""));
}

/** Takes the lines up to the result and gives the class, where one of them names it. */
function readProgress(reader: LineReader): string | null {
  let className: string | null = null;
  for (;;) {
    skipEmpty(reader);
    const line = reader.peek();
    if (line === undefined || completedPattern.test(line)) return className;
    if (/verification failed|FAILURE:|no verification/i.test(line)) {
      throw new Refusal(reader.lineNumber, `the result was not verified: ${quoted(line)}`);
    }
    if (!progressPatterns.some((pattern) => pattern.test(line)))
      reader.refuse("a line of the benchmark's progress");
    const [, ...named] = classPattern.exec(line) ?? [];
    const found = named.find((name) => name !== undefined) ?? null;
    if (found !== null && className !== null && found !== className) {
      throw new Refusal(reader.lineNumber, `the class is ${className} above and ${found} here`);
    }
    className = found ?? className;
    reader.advance();
  }
}

function readResult(
  reader: LineReader,
  { release, isOwn }: Title,
  className: string | null,
): ParsedMeasurement[] {
  const field = (key: string, value: RegExp, expected: string): string =>
    reader.take(new RegExp(`^ ${key} *= +(${value.source})$`), expected)[1] ?? "";
  const decimal = /(?:0|[1-9]\d*)\.\d{2}/;
  const classLine = reader.lineNumber;
  const resultClass = field("Class", /[A-Z]/, "the class");
  if (className !== null && resultClass !== className) {
    throw new Refusal(classLine, `the class is ${className} above and ${resultClass} here`);
  }
  field("Size", /\d+(?: *x *\d+)*/, "the size");
  field("Iterations", /\d+/, "the iterations");
  const timeLine = reader.lineNumber;
  const time = field("Time in seconds", decimal, "the time in seconds");
  const processes = field("Total processes", /[1-9]\d*/, "the number of processes");
  const madeForLine = reader.lineNumber;
  const madeFor = field("(?:Compiled|Active) procs", /[1-9]\d*/, "the number of processes that took part");
  if (madeFor !== processes) {
    throw new Refusal(madeForLine, `started on ${processes} processes, made for or run on ${madeFor}`);
  }
  const rateLine = reader.lineNumber;
  const rate = field("Mop/s total", decimal, "the rate in Mop/s");
  const share = field("Mop/s/process", decimal, "the rate of one process");
  if (Number(rate) === 0) throw new Refusal(rateLine, "Mop/s total is 0");
  // Both are rounded to two decimals.
  if (Math.abs(Number(rate) - Number(share) * Number(processes)) > 0.006 * (Number(processes) + 1)) {
    throw new Refusal(rateLine, "Mop/s total and Mop/s/process contradict each other");
  }
  field("Operation type", /floating point|keys ranked|Random numbers generated/, "the type of operation");
  const verificationLine = reader.lineNumber;
  const verification = field("Verification", /\S.*/, "the verification");
  if (verification !== "SUCCESSFUL") {
    throw new Refusal(verificationLine, `the result was not verified: ${verification}`);
  }
  const versionLine = reader.lineNumber;
  const version = field("Version", /\d+(?:\.\d+)+/, "the version");
  // NPB's titles leave the last part of a release out.
  if (version !== release && (isOwn || !version.startsWith(`${release}.`))) {
    throw new Refusal(versionLine, `the title's release is ${release}, the result's ${version}`);
  }
  reader.version = version;
  if (Number(time) === 0) {
    reader.warn(timeLine, "the run was too short for a time of two decimals");
  }
  return [
    { statistic: "time", unit: "s", sizeBytes: null, value: time, line: timeLine },
    { statistic: "rate", unit: "Mop/s", sizeBytes: null, value: rate, line: rateLine },
  ];
}

/** Takes how the benchmark was compiled and whom to write to, which end every whole text. */
function readEnd(reader: LineReader): void {
  reader.take(/^ Compile date {4}= +\d{2} [A-Z][a-z]{2} \d{4}$/, "the compile date");
  reader.take(/^$/, "an empty line");
  reader.take(/^ Compile options:$/, "the compile options");
  while (reader.peek() !== "") reader.take(/^ {4}[A-Z][A-Z0-9_]* *= .*$/, "a compile option");
  skipEmpty(reader);
  reader.take(/^ Please send feedbacks and\/or the results of this run to:$/, "the end of the result");
  skipEmpty(reader);
  reader.take(/^ NPB Development Team ?$/, "the end of the result");
  reader.take(/^ (?:Internet: )?npb@nas\.nasa\.gov$/, "the end of the result");
  skipEmpty(reader);
}
