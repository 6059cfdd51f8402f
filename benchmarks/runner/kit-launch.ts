/** The start of a program that has its ranks started by itself, by a launcher that it is given: runspec of SPEC's kits. */
import { readFileSync } from "node:fs";
import type { Kit } from "../catalogue/sources.ts";
import type { Launcher, MpiJob } from "../launchers/launcher.ts";

const script = readFileSync(new URL("./runspec.sh", import.meta.url), "utf8");

function rankCount({ sites, ranksPerSite }: MpiJob): number {
  return sites.length * ranksPerSite;
}

/** The command for the ledger, without what leads to the launcher. */
export function kitCommand(job: MpiJob, { configFile }: Kit): string[] {
  const [runspec = "", ...options] = job.program;
  return [runspec, `--config=${configFile}`, `--ranks=${rankCount(job)}`, ...options];
}

/** The words that run runspec.sh in the first site. */
export function kitWords(launcher: Launcher, job: MpiJob, kit: Kit, token: string): string[] {
  return [
    // Standard input is the script of the side, so this one is a word.
    ...["sh", "-c", script, "runspec.sh", token, kit.folder, kit.configFile, String(rankCount(job))],
    ...[launcher.ownLinePrefix ?? "-", ...launcher.startCommand({ ...job, program: [] }), "--"],
    ...job.program,
  ];
}
