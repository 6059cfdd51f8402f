/** Brings programs of tarballs to the places where they are to run. */
import { readFileSync } from "node:fs";
import type { Placement } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import type { LocalProgram } from "./tarball.ts";

const script = readFileSync(new URL("./bring.sh", import.meta.url), "utf8");
/** Programs have some megabytes, and emulated guests take them slowly. */
const timeoutMs = 300_000;

/** The folder of all that is brought to an environment. It outlives its restarts where the environment's own files do. */
const remoteFolder = "/var/tmp/testbed-programs";

/** Where a program is once it was brought: the same path in every environment. */
export function broughtPath({ name, sha256 }: LocalProgram): string {
  return `${remoteFolder}/${sha256}/${name}`;
}

/**
 * Brings a program to a placement, unless it is there.
 * @throws RemoteError when the node can't be reached, Error when the program can't be put there
 */
export async function bringProgram(
  remote: Remote,
  placement: Placement,
  program: LocalProgram,
): Promise<void> {
  const { name, path, sha256 } = program;
  // The program is on standard input, so the script is a word.
  const words = ["sh", "-c", script, "bring.sh", `${remoteFolder}/${sha256}`, name, sha256];
  const result = await remote.run([...placement.commandPrefix, ...words], { inputFile: path, timeoutMs });
  if (result.exitCode !== 0) {
    throw new Error(`${name} can't be put there (${result.stderr.trim().split("\n").at(-1) ?? ""})`);
  }
}
