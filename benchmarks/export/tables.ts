/** Tables as text: CSV and JSON Lines, with the columns of a schema in its order. */
import type * as z from "zod";

type Value = string | number | null;
/** A row of a table: text, numbers and what is not there. */
export type Row = Readonly<Record<string, Value>>;

/** The names of a schema's columns, in order. */
export function columnsOf(schema: z.ZodObject): string[] {
  return Object.keys(schema.shape);
}

/**
 * Comma-separated values as RFC 4180 has them: one header, lines that end in CR LF, fields in quotes where they need them. What is null is an
 * empty field. Numbers are the shortest decimals that give the same double again.
 */
export function csvText(schema: z.ZodObject, rows: readonly Row[]): string {
  const columns = columnsOf(schema);
  const lines = [columns, ...rows.map((row) => columns.map((column) => fieldText(row[column] ?? null)))];
  return lines.map((fields) => `${fields.map(quoted).join(",")}\r\n`).join("");
}

function fieldText(value: Value): string {
  return value === null ? "" : String(value);
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** One JSON object a line, its members in the order of the schema's columns. */
export function jsonLinesText(schema: z.ZodObject, rows: readonly Row[]): string {
  const columns = columnsOf(schema);
  return rows
    .map((row) => `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]])))}\n`)
    .join("");
}
