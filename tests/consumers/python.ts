/** A python3 with the packages of a requirements file, kept in the project's cache. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDirectory } from "../../infra/paths.ts";

/** Its path. What can't be installed fails here, with what pip said. */
export async function pythonWith(requirements: string): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(cacheDirectory(), `python-${digest}`);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "complete"))) return python;
  rmSync(folder, { recursive: true, force: true });
  // Not made elsewhere and renamed: a virtual environment knows its own path.
  await execa("python3", ["-m", "venv", folder]);
  await execa(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  writeFileSync(join(folder, "complete"), "");
  return python;
}
