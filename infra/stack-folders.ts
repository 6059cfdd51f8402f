/**
 * The folders of a stack on this machine: keys and records, and the sockets of shared ssh connections.
 * Run as `stack-folders.ts make|remove` with the stack's name in TESTBED_STACK. What is removed last is this: connections that
 * idle are ended, and nothing of the stack is left but its results.
 */
import { mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { socketDirectory, stackDirectory } from "./paths.ts";

/** Ends every shared connection whose socket lies in the folder; one that has gone already is no error. */
async function endConnections(folder: string): Promise<void> {
  const sockets = namesIn(folder).filter((name) => name.endsWith(".ssh"));
  await Promise.all(
    sockets.map((name) =>
      execa("ssh", ["-o", `ControlPath=${join(folder, name)}`, "-O", "exit", "--", "any"], {
        reject: false,
        stdin: "ignore",
      }),
    ),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes folders that are empty; one that holds something of the user's stays. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "ENOENT") throw error;
  }
}

const stack = process.env.TESTBED_STACK ?? "";
switch (stack === "" ? "" : process.argv[2]) {
  case "make":
    mkdirSync(join(stackDirectory(stack), "keys"), { recursive: true, mode: 0o700 });
    mkdirSync(socketDirectory(stack), { recursive: true, mode: 0o700 });
    break;
  case "remove":
    await endConnections(socketDirectory(stack));
    rmSync(socketDirectory(stack), { recursive: true, force: true });
    removeEmpty(join(stackDirectory(stack), "keys"));
    removeEmpty(join(stackDirectory(stack), "seeds"));
    removeEmpty(stackDirectory(stack));
    break;
  default:
    process.stderr.write("usage: TESTBED_STACK=NAME stack-folders.ts make|remove\n");
    process.exitCode = 2;
}
