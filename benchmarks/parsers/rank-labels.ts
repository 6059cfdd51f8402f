/** The labels that `mpiexec -l` (MPICH) puts before every chunk that a rank prints. */

const labelPattern = /\[\d+\] /g;

/**
 * Takes the labels off. A chunk may begin inside a row, so a label may stand anywhere in a line, but each line begins with one.
 * `refusedLine` is the first line (from 1) that doesn't, or that another rank printed: the tools read here print on one rank.
 */
export function takeOffRankLabels(text: string): {
  readonly text: string;
  readonly refusedLine: number | null;
} {
  const [label] = /^\[\d+\] /.exec(text) ?? [];
  if (label === undefined) return { text, refusedLine: null };
  const lines = text.split("\n");
  const wrong = lines.findIndex((line, index) => {
    if (line === "" && index === lines.length - 1) return false;
    return !line.startsWith(label) || (line.match(labelPattern) ?? []).some((other) => other !== label);
  });
  return {
    text: lines.map((line) => line.replaceAll(label, "")).join("\n"),
    refusedLine: wrong === -1 ? null : wrong + 1,
  };
}
