/** A comparison for reading. */
import type { Comparison, Difference } from "./compare.ts";

/** Longer values are cut: files of the fingerprints have them in full. */
const longestValue = 100;

/** What was kept, then what is by reboot, and one sentence on the whole. */
export function comparisonText({ differences, unmatched }: Comparison): string {
  const kept = differences.filter((one) => one.verdict === "kept");
  const byReboot = differences.filter((one) => one.verdict === "by reboot");
  return [
    ...listText("kept", kept),
    ...listText("by reboot", byReboot),
    ...unmatched.map((name) => `${name} is in one of the fingerprints only\n`),
    summary(kept.length, byReboot.length),
  ].join("");
}

function listText(verdict: string, differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [];
  return [
    `${verdict}:\n`,
    ...differences.map(({ node, section, key, before, after, reason }) => {
      const values = `${shown(before)} -> ${shown(after)}`;
      return `  ${node}  ${section} ${key}: ${values}\n      ${reason}\n`;
    }),
  ];
}

function shown(value: string | null): string {
  if (value === null) return "none";
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}

function summary(kept: number, byReboot: number): string {
  if (kept === 0 && byReboot === 0) return "Everything is as before.\n";
  if (kept === 0) return `Nothing was kept; ${byReboot} by reboot.\n`;
  return `${kept} kept, ${byReboot} by reboot.\n`;
}
