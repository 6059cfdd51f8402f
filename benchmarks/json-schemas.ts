/** The JSON schemas of what goes out, made from the zod schemas. `node benchmarks/json-schemas.ts` writes results/schema/. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { inventorySchema } from "../infra/inventory.ts";
import { outputsSchema } from "../infra/outputs.ts";
import { checkoutDirectory } from "../infra/paths.ts";
import { claimsDocumentSchema } from "./claims/document.ts";
import { measurementSchema } from "./measurement.ts";
import { parseReportSchema } from "./parsers/outcome.ts";
import { resultsSchema } from "./results.ts";
import { ledgerEventSchema } from "./runner/ledger.ts";
import { suiteSchema } from "./suite.ts";

/** Where the schemas lie in the checkout. */
export const schemaDirectory = join(checkoutDirectory, "results", "schema");

/** File name and text of every schema. `measurement` and `ledger` are of one line of their files. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  const schemas = {
    inventory: z.toJSONSchema(inventorySchema),
    nodes: z.toJSONSchema(outputsSchema.shape.nodes),
    suite: z.toJSONSchema(suiteSchema, { io: "input" }),
    ledger: z.toJSONSchema(ledgerEventSchema),
    measurement: z.toJSONSchema(measurementSchema),
    results: z.toJSONSchema(resultsSchema),
    claims: z.toJSONSchema(claimsDocumentSchema),
    parse: z.toJSONSchema(z.array(parseReportSchema)),
  };
  return new Map(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}.schema.json`,
      `${JSON.stringify(schema, null, 2)}\n`,
    ]),
  );
}

if (import.meta.main) {
  mkdirSync(schemaDirectory, { recursive: true });
  for (const [name, text] of jsonSchemaFiles()) writeFileSync(join(schemaDirectory, name), text);
}
