/**
 * Reads the file that perftest writes with --out_json: valid JSON since 24.01, before that something like it, line by line in
 * both. Pure. The file does not say the unit of a bandwidth; it follows from the rate and the size of messages beside it.
 */
import type { ParsedMeasurement, ParseOutcome } from "./outcome.ts";
import { parseTitle, type Title } from "./perftest-lines.ts";
import { parseRow, type TableShape, tableShape } from "./perftest-table.ts";
import { type LineReader, Refusal, readOutcome } from "./reading.ts";
import type { Source } from "./source.ts";

/** Such a file begins so. */
export const signature = /^\{\n *"?test_info"? *: *\{/;

const latencyHeader =
  "#bytes #iterations t_min[usec] t_max[usec] t_typical[usec] t_avg[usec] t_stdev[usec] 99% percentile[usec] 99.9% percentile[usec]";
const latencyKeys: readonly (readonly [key: string, statistic: string])[] = [
  ["t_min", "min"],
  ["t_max", "max"],
  ["t_typical", "typical"],
  ["t_avg", "avg"],
  ["t_stdev", "stdev"],
  ["percentile_99", "p99"],
  ["percentile_99.9", "p99.9"],
];
const bandwidthKeys: readonly (readonly [key: string, statistic: string])[] = [
  ["BW_peak", "peak"],
  ["BW_average", "avg"],
  ["MsgRate", "rate"],
];

/** Bytes a second in one of a unit, by the label that perftest's tables give it. */
const bytesOfUnit: readonly (readonly [label: string, bytes: number])[] = [
  ["MiB/sec", 2 ** 20],
  ["Gb/sec", 125_000_000],
];

/** How one line of the file looks. Old releases end every line with a comma and quote nothing but the device. */
interface Dialect {
  readonly key: (name: string) => string;
  readonly lastComma: string;
}
const validJson: Dialect = { key: (name) => `"${name}":`, lastComma: "" };
const oldDialect: Dialect = { key: (name) => `${name} ?:`, lastComma: "," };

/** Reads one such file. `version` is always null: the file does not say it. */
export function parsePerftestJson(source: Source): ParseOutcome {
  return readOutcome(source, readText);
}

function readText(reader: LineReader): ParsedMeasurement[] {
  reader.take(/^\{$/, "an opening brace");
  const dialect = (reader.peek() ?? "").startsWith('"') ? validJson : oldDialect;
  reader.take(new RegExp(`^${dialect.key("test_info")} \\{$`), "test_info");
  const title = readSettings(reader, dialect);
  reader.program = title.program;
  reader.take(new RegExp(`^${dialect.key("results")} \\{$`), "results");
  const measurements = readResults(reader, dialect, title);
  reader.take(new RegExp(`^\\}${dialect.lastComma}$`), "the end of the results");
  reader.take(/^\}$/, "a closing brace");
  return measurements;
}

/** Takes the settings, from the test's name to the method of data exchange, and gives the test. */
function readSettings(reader: LineReader, dialect: Dialect): Title {
  const value = dialect === validJson ? '("\\w[^"]*"|\\d+)' : '("[^"]+"|\\w+)';
  const [, quotedName = ""] = reader.take(
    new RegExp(`^${dialect.key("test")} ${value},$`),
    "the test's name",
  );
  const name = quotedName.replaceAll('"', "");
  const words = name.replaceAll("_", " ").replace("RDMA ", "RDMA_");
  const atomic = words.replace("FETCH AND ADD", "FETCH_AND_ADD").replace("CMP AND SWAP", "CMP_AND_SWAP");
  const title = parseTitle(" ".repeat(20) + atomic);
  if (title === null) throw new Refusal(reader.lineNumber - 1, `${name} is no known test`);
  const seen = new Set(["test"]);
  const setting = new RegExp(`^${dialect.key("(\\w+)")} ${value},$`);
  const last = new RegExp(`^${dialect.key("Data_ex_method")} ${value}${dialect.lastComma}$`);
  while (!last.test(reader.peek() ?? "")) {
    const [, key = ""] = reader.take(setting, "a setting of the test");
    if (seen.has(key)) throw new Refusal(reader.lineNumber - 1, `the setting "${key}" stands there twice`);
    seen.add(key);
  }
  reader.advance();
  reader.take(/^\},$/, "the end of the settings");
  return title;
}

function readResults(reader: LineReader, dialect: Dialect, title: Title): ParsedMeasurement[] {
  const start = reader.lineNumber;
  const keys = title.family === "BW" ? bandwidthKeys : latencyKeys;
  const names = ["MsgSize", "n_iterations", ...keys.map(([key]) => key)];
  const fields = names.map((name, index) => {
    const key = dialect.key(name.replace(".", "\\."));
    const comma = index === names.length - 1 ? dialect.lastComma : ",";
    return reader.take(new RegExp(`^${key} ([\\w.+-]+)${comma}$`), `the number of "${name}"`)[1] ?? "";
  });
  const shape = title.family === "BW" ? bandwidthShape(fields, start) : tableShape(latencyHeader);
  if (shape === undefined) throw new Error("the table of latencies is not known");
  const row = parseRow(shape, ` ${fields.join(" ")}`, start);
  if (row.problem !== null) throw new Refusal(start, row.problem);
  const lineOf = new Map(keys.map(([, statistic], index) => [statistic, start + 2 + index]));
  const line = (statistic: string): number => lineOf.get(statistic) ?? start;
  for (const { message } of row.warnings) reader.warn(line("stdev"), message);
  return row.measurements.map((measurement) => ({ ...measurement, line: line(measurement.statistic) }));
}

/** The table in the one unit in which size times rate is the average, both being rounded. Units are a hundredfold apart. */
function bandwidthShape(fields: readonly string[], line: number): TableShape {
  const [size = "", , , average = "", rate = ""] = fields;
  const averageError = 0.5 * 10 ** -(average.split(".")[1]?.length ?? 0);
  const fitting = bytesOfUnit.filter(([, bytes]) => {
    const expected = (Number(size) * Number(rate) * 1e6) / bytes;
    const expectedError = (Number(size) * 0.5) / bytes;
    return Math.abs(Number(average) - expected) <= (averageError + expectedError) * 1.001;
  });
  const [[label] = [""]] = fitting;
  const shape = tableShape(`#bytes #iterations BW peak[${label}] BW average[${label}] MsgRate[Mpps]`);
  if (fitting.length !== 1 || shape === undefined) {
    throw new Refusal(
      line,
      "the unit of the bandwidth is not stated and does not follow from MsgSize and MsgRate",
    );
  }
  return shape;
}
