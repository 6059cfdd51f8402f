/**
 * datapackage.json: what the tables are and what each column means, for programs. Data Package 2.0 with a Table Schema a table
 * (https://datapackage.org), made from the rows' own schemas.
 */
import * as z from "zod";
import type { Results } from "../results.ts";
import { mediaTypes } from "./media-types.ts";

/** A file of the export, with its digest. */
export interface ExportedFile {
  /** Relative to the export's folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that holds a table. */
export interface TableFile extends ExportedFile {
  readonly name: string;
  readonly title: string;
  readonly format: "csv" | "jsonl";
  readonly schema: z.ZodObject;
}

interface JsonProperty {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly anyOf?: readonly JsonProperty[];
}

/** The Table Schema of a row's schema: every column with its type, what it means, and whether it may be empty. */
export function tableSchema(schema: z.ZodObject) {
  const { properties = {} } = z.toJSONSchema(schema) as { properties?: Record<string, JsonProperty> };
  return {
    fields: Object.entries(properties).map(([name, property]) => {
      const alternatives = property.anyOf ?? [property];
      const types = alternatives.flatMap(({ type = [] }) => type);
      const filled = alternatives.find(({ type }) => type !== "null") ?? property;
      return {
        name,
        type: types.find((type) => type !== "null") ?? "any",
        ...(property.description === undefined ? {} : { description: property.description }),
        constraints: {
          required: !types.includes("null"),
          ...(filled.enum === undefined ? {} : { enum: filled.enum }),
          ...(filled.minimum === undefined ? {} : { minimum: filled.minimum }),
        },
      };
    }),
    missingValues: [""],
  };
}

/** The descriptor of the tables of a run. */
export function dataPackage(
  { runId, stack, fidelity, finished }: Results,
  tables: readonly TableFile[],
  license: string | null,
) {
  return {
    $schema: "https://datapackage.org/profiles/2.0/datapackage.json",
    name: `${stack}-${runId}`.toLowerCase().replace(/[^a-z0-9._-]/g, "-"),
    title: `Run ${runId} of stack ${stack}, ${fidelity}`,
    ...(finished === null ? {} : { created: finished }),
    ...(license === null ? {} : { licenses: [{ path: license }] }),
    resources: tables.map(({ name, title, path, format, bytes, sha256, schema }) => ({
      name,
      title,
      path,
      format,
      mediatype: mediaTypes[format],
      encoding: "utf-8",
      bytes,
      hash: `sha256:${sha256}`,
      schema: tableSchema(schema),
    })),
  };
}
