/** A kit of SPEC MPI2007 that is none: its folders, a configuration, and fake-runspec.sh in the place of runspec. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kit } from "../../catalogue/sources.ts";
import { mediumRows, printReport } from "../../parsers/testing/specmpi-text.ts";

/** What 104.milc reads and, of these, has to print. */
export const milcAnswer = "a lattice\nof lines, the last one without its end";

/** Makes the kit in the folder. Its program 104.milc is whatever the launcher's stand-in prints. */
export function makeKit(folder: string, submit: string): Kit {
  const run = join(folder, "benchspec/MPI2007/104.milc/run");
  for (const path of ["bin", "config", "result"]) mkdirSync(join(folder, path), { recursive: true });
  mkdirSync(run, { recursive: true });
  symlinkSync(join(import.meta.dirname, "fake-runspec.sh"), join(folder, "bin/runspec"));
  const files = {
    "version.txt": "2.0.1\n",
    // As SPEC's own does, it speaks, and reads variables that may not be set.
    shrc: 'echo "Removing previous SPEC paths from PATH $SPEC"\nSPEC=$PWD\nexport SPEC\n',
    "config/testbed.cfg": `ext = testbed\n${submit}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  for (const name of ["milc.in", "milc.right"]) writeFileSync(join(run, name), milcAnswer);
  const rows = mediumRows([["104.milc", ["RANKS", "91.2", "17.2", "*"]]]);
  const report = printReport({
    ...{ estimated: true, runs: null, reported: rows, baseMean: "--", peakMean: "--" },
  });
  // The report's columns are fixed.
  writeFileSync(join(run, "report"), report.replace(" RANKS ", "     RANKS "));
  return { kind: "kit", folder, configFile: "testbed.cfg" };
}
