/** Where this project keeps what it makes: never in tracked files, always under a name that tells the stack. */
import { createHash } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's name in paths, units and files on hosts. */
export const projectName = "hpc-virtualization-testbed";

/** Absolute path of the checkout that this file belongs to. */
export const checkoutDirectory = dirname(dirname(fileURLToPath(import.meta.url)));

/** Folder for what can be made again: engine, images. Outside the checkout; `$XDG_CACHE_HOME` is honoured. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(base, projectName);
}

/** Folder for the runs of all stacks, a folder for each. */
export const resultsDirectory = join(checkoutDirectory, "results");

/** Folder for what belongs to one stack: keys, records of processes. In the checkout and ignored by git. */
export function stackDirectory(stack: string): string {
  return join(checkoutDirectory, ".testbed", stack);
}

/**
 * Folder for the stack's sockets. UNIX socket paths end at 107 bytes, so it lies under the temporary folder with a
 * short digest of the checkout in its name, never below a checkout of any length.
 */
export function socketDirectory(stack: string): string {
  const digest = createHash("sha256").update(`${checkoutDirectory}\0${stack}`).digest("hex").slice(0, 10);
  return join(tmpdir(), `testbed-${userInfo().uid}-${digest}`);
}
