/** power.md beside the code that made it. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { blockCounts, measurePower, noises, ratios } from "./power.ts";

const text = readFileSync(new URL("power.md", import.meta.url), "utf8");
const tableRuns = Number(/power\.ts (\d+)/.exec(text)?.[1]);

/** A row's shares, as fractions: found at each ratio, then the coverages. */
function rowOf(what: string, count: number): number[] {
  const line = text.split("\n").find((one) => one.startsWith(`| ${what} | ${count} |`));
  if (line === undefined) throw new Error(`power.md has no row "${what}" with ${count} blocks`);
  return [...line.matchAll(/([\d.]+) %(?= \|)/g)]
    .slice(-ratios.length - 2)
    .map(([, share]) => Number(share) / 100);
}

/** Four standard errors of the difference of two shares, and what the table rounds away. */
function tolerance(share: number, runs: number): number {
  const variance = Math.max(share * (1 - share), 0.01);
  return 4 * Math.sqrt(variance / runs + variance / tableRuns) + 0.0005;
}

describe.each(noises)("%s", (what, noise) => {
  test.each(blockCounts)("%i blocks: the table tells what the code finds", (count) => {
    const runs = 150;
    const row = rowOf(what, count);
    expect(row).toHaveLength(ratios.length + 2);
    for (const [place, ratio] of ratios.entries()) {
      const { found } = measurePower(noise, count, ratio, runs);
      const told = row[place] as number;
      expect(Math.abs(found - told), `found at ${ratio}`).toBeLessThanOrEqual(tolerance(told, runs));
    }
  });

  test("false differences are 5 % or fewer, and intervals cover in 95 % or more", () => {
    const error = 3 * Math.sqrt((0.05 * 0.95) / tableRuns);
    for (const count of blockCounts) {
      const row = rowOf(what, count);
      expect(row[0]).toBeLessThanOrEqual(0.05 + error);
      for (const coverage of row.slice(-2)) expect(coverage).toBeGreaterThanOrEqual(0.95 - error);
    }
  });

  test("more blocks and larger differences are found more often", () => {
    const rows = blockCounts.map((count) => rowOf(what, count).slice(1, ratios.length));
    for (const row of rows) expect(row).toEqual([...row].sort((a, b) => a - b));
    for (const place of rows[0]?.keys() ?? []) {
      const column = rows.map((row) => row[place] as number);
      expect(column).toEqual([...column].sort((a, b) => a - b));
    }
  });
});
