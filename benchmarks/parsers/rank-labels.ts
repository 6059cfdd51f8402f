/** The labels that `mpiexec -l` (MPICH) puts before every chunk that a rank prints. */

const labelPattern = /\[\d+\] /g;

/** The label that a text's first line begins with, as in "[0] ", or null. */
export function rankLabel(firstLine: string): string | null {
  return /^\[\d+\] /.exec(firstLine)?.[0] ?? null;
}

/**
 * A line of a labelled text without the labels. A chunk may begin inside a row, so a label may stand anywhere in a line, but each line
 * begins with one. Null for a line that doesn't, or that another rank printed: the tools read here print on one rank.
 */
export function withoutRankLabel(line: string, label: string): string | null {
  if (!line.startsWith(label)) return null;
  if ((line.match(labelPattern) ?? []).some((other) => other !== label)) return null;
  return line.replaceAll(label, "");
}
