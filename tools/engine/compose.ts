/** Puts an engine together in the checkout's private folder: links to the built pieces and to this checkout's own. */
import { lstat, mkdir, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OWN_PIECES } from "./pieces.ts";

/** Makes each link of the engine that is not there as it should be; what else the folder holds, Pulumi has made. */
export async function composeEngine(engine: string, built: Map<string, string>): Promise<void> {
  const own = OWN_PIECES.map(
    ({ place, launcher }) => [place, join(import.meta.dirname, "bin", launcher)] as const,
  );
  for (const [place, program] of [...built, ...own]) {
    await linkTo(program, join(engine, place));
  }
}

async function linkTo(target: string, path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink() && (await readlink(path)) === target) return;
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(target, path);
}
