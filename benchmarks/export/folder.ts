/** A folder that is there whole or not at all. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../input.ts";
import { sha256 } from "../results.ts";
import type { ExportedFile } from "./data-package.ts";

/** Throws UserError unless a new folder can be made there without touching anything: where nothing is, or an empty folder. */
export function requireFree(path: string): void {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory())
    throw new UserError(`${path} is a file; name a folder that is not there yet`);
  if (readdirSync(path).length > 0) {
    throw new UserError(`${path} is not empty; name a folder that is not there yet, so that nothing is lost`);
  }
}

/** Writes one file of the folder and says what it wrote. */
export type WriteFile = (path: string, data: string | Uint8Array) => ExportedFile;

/**
 * Fills a folder beside the wanted one and renames it when all is written. When filling fails nothing is left behind.
 * @param path as `requireFree` wants it
 */
export function writeFolder(path: string, fill: (write: WriteFile) => void): void {
  requireFree(path);
  const draft = join(dirname(path), `.${basename(path)}-${process.pid}`);
  try {
    mkdirSync(draft, { recursive: true });
    fill((file, data) => {
      const target = join(draft, file);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, data);
      return { path: file, bytes: Buffer.byteLength(data), sha256: sha256(data) };
    });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof Error && "code" in error) {
      throw new UserError(`${path} can't be written: ${error.message}`);
    }
    throw error;
  }
}
