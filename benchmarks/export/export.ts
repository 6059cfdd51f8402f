/** The export of a result set: its tables, what describes them, and the run itself as an RO-Crate. */
import type * as z from "zod";
import type { AnyResultSet } from "../result-set/result-set.ts";
import { type CrateFile, type CrateOptions, crateMetadata } from "./crate.ts";
import { dataPackage, type ExportedFile, type TableFile } from "./data-package.ts";
import { type WriteFile, writeFolder } from "./folder.ts";
import { mediaTypes } from "./media-types.ts";
import { cellRowSchema, cellRows, measurementRowSchema, measurementRows } from "./rows.ts";
import { copyRun } from "./run-files.ts";
import { csvText, jsonLinesText, type Row } from "./tables.ts";

/** What an export may hold. */
export const exportFormats = ["csv", "jsonl", "ro-crate"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions extends CrateOptions {
  readonly formats: readonly ExportFormat[];
  /** Version of the software that exports. */
  readonly exporterVersion: string;
}

/** Writes the export of a result set to a folder that is not there yet, whole or not at all. */
export function exportResultSet(set: AnyResultSet, folder: string, options: ExportOptions): void {
  writeFolder(folder, (write) => {
    const tables = writeTables(set, options.formats, write);
    const described =
      tables.length === 0
        ? []
        : [writeJson("datapackage.json", dataPackage(set.results, tables, options.license), write)];
    if (!options.formats.includes("ro-crate")) return;
    const files: CrateFile[] = [
      ...tables.map((table) => ({
        ...table,
        encodingFormat: mediaTypes[table.format],
        part: "table" as const,
      })),
      ...described.map((file) => ({
        ...file,
        title: "Columns of the tables",
        encodingFormat: mediaTypes.json,
        part: "table" as const,
      })),
      ...copyRun(set.directory, write),
    ];
    writeJson("ro-crate-metadata.json", crateMetadata(set, files, options.exporterVersion, options), write);
  });
}

function writeJson(path: string, value: unknown, write: WriteFile): ExportedFile {
  return write(path, `${JSON.stringify(value, null, 2)}\n`);
}

const writers = { csv: csvText, jsonl: jsonLinesText } as const;

function writeTables(set: AnyResultSet, formats: readonly ExportFormat[], write: WriteFile): TableFile[] {
  const wanted = (["csv", "jsonl"] as const).filter((format) => formats.includes(format));
  if (wanted.length === 0) return [];
  const tables: { name: string; title: string; schema: z.ZodObject; rows: readonly Row[] }[] = [
    {
      name: "measurements",
      title: "Every number of every launch that counts",
      schema: measurementRowSchema,
      rows: measurementRows(set),
    },
    {
      name: "cells",
      title: "Every cell with its median over launches",
      schema: cellRowSchema,
      rows: cellRows(set),
    },
  ];
  return tables.flatMap(({ name, title, schema, rows }) =>
    wanted.map((format) => ({
      ...write(`${name}.${format}`, writers[format](schema, rows)),
      ...{ name: `${name}-${format}`, title, format, schema },
    })),
  );
}
