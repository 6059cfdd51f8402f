/** Which programs this machine has. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The folders of PATH, and those where Debian keeps programs that ordinary users' PATHs lack. */
export function searchPath(environment: NodeJS.ProcessEnv = process.env): string {
  return [environment.PATH ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(delimiter);
}

/** Whether a folder of the path has the program. */
export function hasProgram(program: string, path: string = searchPath()): boolean {
  return path.split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
