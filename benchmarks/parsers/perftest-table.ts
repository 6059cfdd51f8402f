/**
 * The result tables of perftest: which columns a header line announces, and what one row measures.
 * Source: the RESULT_LINE and RESULT_FMT macros in perftest's src/perftest_parameters.h, releases 4.5 to 26.x.
 */
import type { ParsedMeasurement, Remark } from "./outcome.ts";

/** `statistic` null: the column is no measurement. `optional`: when the value is dropped instead of refused. */
interface Column {
  readonly label: string;
  readonly statistic: string | null;
  readonly unit: string;
  readonly pattern: RegExp;
  readonly dropped?: "nan-with-warning" | "zero-in-silence";
  readonly neverZero?: true;
}

/** A recognised table header. */
export interface TableShape {
  readonly family: "Latency" | "BW";
  readonly columns: readonly Column[];
}

const twoDecimals = /^\d+\.\d{2}$/;
// --report_gbits prints bandwidths below 0.1 with six decimals.
const bandwidthDecimals = /^\d+\.\d{2}(?:\d{4})?$/;
const sixDecimals = /^\d+\.\d{6}$/;

function latencyColumn(label: string, statistic: string): Column {
  return { label, statistic, unit: "us", pattern: twoDecimals };
}

const latencyShape: TableShape = {
  family: "Latency",
  columns: [
    latencyColumn("t_min[usec]", "min"),
    latencyColumn("t_max[usec]", "max"),
    latencyColumn("t_typical[usec]", "typical"),
    latencyColumn("t_avg[usec]", "avg"),
    // perftest computes it with an int that overflows for long times: "-nan" there says nothing about the other values.
    { ...latencyColumn("t_stdev[usec]", "stdev"), dropped: "nan-with-warning" },
    latencyColumn("99% percentile[usec]", "p99"),
    latencyColumn("99.9% percentile[usec]", "p99.9"),
  ],
};

const latencyDurationShape: TableShape = {
  family: "Latency",
  columns: [
    latencyColumn("t_avg[usec]", "avg"),
    { label: "tps average", statistic: null, unit: "1/s", pattern: twoDecimals },
  ],
};

/** "MB/sec" up to 24.04 and "MiB/sec" since are the same division by 2^20 (perftest commit 1d202bb relabelled it). */
function bandwidthShape(label: string, unit: string): TableShape {
  const column = { unit, pattern: bandwidthDecimals };
  return {
    family: "BW",
    columns: [
      { ...column, label: `BW peak[${label}]`, statistic: "peak", dropped: "zero-in-silence" },
      { ...column, label: `BW average[${label}]`, statistic: "avg", neverZero: true },
      { label: "MsgRate[Mpps]", statistic: "rate", unit: "Mpps", pattern: sixDecimals },
    ],
  };
}

const shapes: readonly TableShape[] = [
  latencyShape,
  latencyDurationShape,
  bandwidthShape("MB/sec", "MiB/s"),
  bandwidthShape("MiB/sec", "MiB/s"),
  bandwidthShape("Gb/sec", "Gb/s"),
];

/** --cpu_util adds it at the end of a table in duration mode. */
const processorColumn: Column = { label: "CPU_Util[%]", statistic: null, unit: "%", pattern: twoDecimals };

const shapeByHeader = new Map<string, TableShape>();
for (const shape of shapes) {
  for (const columns of [shape.columns, [...shape.columns, processorColumn]]) {
    const header = ["#bytes", "#iterations", ...columns.map((column) => column.label)].join(" ");
    shapeByHeader.set(header, { family: shape.family, columns });
  }
}

/** Whether a line means to be a table header, known or not. */
export function looksLikeHeader(line: string): boolean {
  return line.trimStart().startsWith("#bytes");
}

/** The table that a header line announces; undefined when it is none of the known ones. */
export function tableShape(line: string): TableShape | undefined {
  return shapeByHeader.get(line.trim().split(/\s+/).join(" "));
}

/** What one row says. With a problem the row's measurements are not to be used. */
export interface ParsedRow {
  readonly sizeBytes: number;
  readonly measurements: readonly ParsedMeasurement[];
  readonly problem: string | null;
  readonly warnings: readonly Remark[];
}

/** Reads one row of a table, or says what is wrong with it. */
export function parseRow(shape: TableShape, text: string, line: number): ParsedRow {
  const fields = text.trim().split(/\s+/);
  const [size = "", iterations = "", ...values] = fields;
  const refused = (problem: string): ParsedRow => ({
    sizeBytes: 0,
    measurements: [],
    problem,
    warnings: [],
  });
  if (!/^ \d/.test(text) || !isCount(size) || !isCount(iterations)) {
    return refused(`not a row of the table: ${JSON.stringify(text)}`);
  }
  if (values.length !== shape.columns.length) {
    return refused(`the row has ${fields.length} columns, its header ${shape.columns.length + 2}`);
  }
  const sizeBytes = Number(size);
  const measurements: ParsedMeasurement[] = [];
  const warnings: Remark[] = [];
  for (const [index, column] of shape.columns.entries()) {
    const value = values[index] ?? "";
    if (/^[+-]?(?:nan|inf)$/i.test(value)) {
      if (column.dropped !== "nan-with-warning" || /inf/i.test(value)) {
        return refused(`${column.label} is ${value}`);
      }
      warnings.push({ line, message: `${column.label} is ${value}; this one value is dropped` });
      continue;
    }
    if (!column.pattern.test(value)) return refused(`${column.label} is not a number: ${value}`);
    const isZero = /^[0.]+$/.test(value);
    if (isZero && column.neverZero) return refused(`${column.label} is 0`);
    if (column.statistic === null || (isZero && column.dropped === "zero-in-silence")) continue;
    measurements.push({ statistic: column.statistic, unit: column.unit, sizeBytes, value, line });
  }
  return { sizeBytes, measurements, problem: null, warnings };
}

function isCount(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text));
}
