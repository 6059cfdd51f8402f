/** The digests of a result set. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../input.ts";
import { sha256 } from "../results.ts";
import { runFiles } from "../runner/run-directory.ts";

/**
 * The files of a run that are not as they were when it was exported, SHA256SUMS itself among them.
 * @param expected the digest of SHA256SUMS that results.json names
 */
export function changedFiles(directory: string, expected: string | null): string[] {
  const sums = readFileSync(join(directory, runFiles.sums), "utf8");
  const listed = parseSums(sums, join(directory, runFiles.sums));
  const differing = [...listed].flatMap(([file, digest]) => {
    const path = join(directory, file);
    return existsSync(path) && sha256(readFileSync(path)) === digest ? [] : [file];
  });
  const needed = [runFiles.plan, runFiles.inventory, runFiles.ledger, runFiles.measurements];
  const unlisted = needed.filter((file) => !listed.has(file));
  if (differing.length + unlisted.length > 0) return [...differing, ...unlisted];
  return sha256(sums) === expected ? [] : [runFiles.sums];
}

/** Digest by file. Throws UserError for a line that sha256sum would not have written. */
function parseSums(text: string, name: string): Map<string, string> {
  const lines = text.split("\n").slice(0, -1);
  return new Map(
    lines.map((line, index) => {
      const [, digest, file] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
      if (digest === undefined || file === undefined) {
        throw new UserError(`line ${index + 1} of ${name} is not a digest, two blanks and a file's name`);
      }
      return [file, digest];
    }),
  );
}
