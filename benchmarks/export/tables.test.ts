import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { tableSchema } from "./data-package.ts";
import { cellRowSchema, measurementRowSchema } from "./rows.ts";
import { columnsOf, csvText, jsonLinesText, type Row } from "./tables.ts";

const schema = z.strictObject({ name: z.string(), value: z.number(), note: z.string().nullable() });
const rows = fc.array(
  fc.record({
    name: fc.string(),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    // An empty text is not told from nothing, as in every CSV.
    note: fc.option(fc.string({ minLength: 1 })),
  }),
);

/** The reader of RFC 4180's grammar, by its rules alone. */
function parseCsv(text: string): string[][] {
  const records = [
    ...text.matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r\n/gy),
  ];
  expect(records.reduce((sum, [record]) => sum + record.length, 0)).toBe(text.length);
  return records.map(([, record = ""]) =>
    [...`${record},`.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*),/gy)].map(([, field = ""]) =>
      field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
    ),
  );
}

test("CSV is read back as it was, every number to its last bit", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const [head, ...records] = parseCsv(csvText(schema, all));
      expect(head).toEqual(["name", "value", "note"]);
      expect(records).toHaveLength(all.length);
      for (const [index, { name, value, note }] of all.entries()) {
        expect(records[index]?.[0]).toBe(name);
        expect(Number(records[index]?.[1])).toBe(value === 0 ? 0 : value);
        expect(records[index]?.[2]).toBe(note ?? "");
      }
    }),
  );
});

test("a field is in quotes only where it must be", () => {
  const row = (name: string): Row => ({ name, value: 1.5, note: null });
  expect(csvText(schema, [row("plain"), row('a,"b"\r\n')])).toBe(
    'name,value,note\r\nplain,1.5,\r\n"a,""b""\r\n",1.5,\r\n',
  );
});

test("JSON Lines have the members in the columns' order", () => {
  expect(jsonLinesText(schema, [{ note: null, value: 0.1, name: "a\nb" }])).toBe(
    '{"name":"a\\nb","value":0.1,"note":null}\n',
  );
});

test.each([
  ["measurements", measurementRowSchema],
  ["cells", cellRowSchema],
])("every column of %s is described with a type", (_, tableRow) => {
  const { fields } = tableSchema(tableRow);
  expect(fields.map(({ name }) => name)).toEqual(columnsOf(tableRow));
  for (const { name, type, description } of fields) {
    expect(["string", "integer", "number"], name).toContain(type);
    expect(description, name).toMatch(/\w/);
  }
});

test("a column that may be empty says so", () => {
  const required = Object.fromEntries(
    tableSchema(cellRowSchema).fields.map(({ name, constraints }) => [name, constraints.required]),
  );
  expect(required).toMatchObject({
    runId: true,
    launches: true,
    sizeBytes: false,
    median: false,
    reason: false,
  });
});
