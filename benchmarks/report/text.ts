/** Aligned plain-text tables for terminals. */

/** Rows of cells as lines with columns of equal width; the first row is the head. No trailing blanks. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const [head, ...body] = rows;
  if (head === undefined) return "";
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...body.map(line)].map((text) => `${text}\n`).join("");
}

/** A number for reading: four or more significant digits, no exponent. */
export function formatValue(value: number): string {
  const decimals = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 1 ? 2 : 4;
  return value.toFixed(decimals);
}

/** Message sizes for reading; nothing for a benchmark that has none. */
export function sizesText(sizesBytes: readonly (number | null)[]): string {
  const sizes = sizesBytes.filter((sizeBytes) => sizeBytes !== null);
  return sizes.length === 0 ? "" : `${sizes.join(", ")} B`;
}
