/**
 * What a host was like before we changed it, kept on the host. It is written before the first change and goes after the
 * last one is undone, so a crash at any point leaves enough to restore from.
 */
import * as z from "zod";
import { HostError } from "./access.ts";
import type { SettingNames } from "./names.ts";
import type { Operation } from "./operations.ts";
import { contentOf, type HostFiles, type SnapshotRequest } from "./snapshot.ts";

const journalSchema = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  setting: z.string(),
  /** What the setting itself remembers. */
  before: z.unknown(),
  /** Text of each file that we write, or null where there was none. */
  files: z.record(z.string(), z.string().nullable()),
});
export type Journal = z.infer<typeof journalSchema>;

/** What must be read so that `journalOf` can tell. */
export function journalRequests(names: SettingNames, paths: readonly string[]): SnapshotRequest[] {
  return [names.journalPath, ...paths].map(contentOf);
}

/** The journal as it is on the host; null when there is none. A damaged one is an error, never a fresh start. */
export function journalOn(files: HostFiles, names: SettingNames, description: string): Journal | null {
  const text = files.text(names.journalPath);
  if (text === undefined) return null;
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch {
    throw new HostError(
      `${description}: the journal ${names.journalPath} can't be read; it says what to restore, so look at it by hand and remove it`,
    );
  }
}

/** A journal of what the snapshot shows. Pure. */
export function journalOf(
  names: SettingNames,
  paths: readonly string[],
  files: HostFiles,
  before: unknown,
): Journal {
  return {
    version: 1,
    stack: names.stack,
    setting: names.key,
    before,
    files: Object.fromEntries(paths.map((path) => [path, files.text(path) ?? null])),
  };
}

/** Writes the journal: the first operation before any change. `install` syncs it before its name appears. */
export function writeJournal(names: SettingNames, journal: Journal): Operation {
  const content = `${JSON.stringify(journal, null, 2)}\n`;
  return { kind: "install", path: names.journalPath, mode: "0600", content };
}

/** Puts every file that we wrote back as it was, or takes it away. */
export function restoreFiles(journal: Journal): Operation[] {
  return Object.entries(journal.files).flatMap(([path, content]): Operation[] =>
    content === null
      ? [
          { kind: "remove", path },
          { kind: "remove", path: `${path}.new` },
        ]
      : [{ kind: "install", path, mode: "0644", content }],
  );
}

/** The last step of a restore: from here on nothing of ours is left. */
export function removeJournal(names: SettingNames): Operation[] {
  const folder = (path: string): string => path.slice(0, path.lastIndexOf("/"));
  return [
    { kind: "remove", path: `${names.journalPath}.new` },
    { kind: "rmdir", path: folder(names.scriptPath) },
    { kind: "remove", path: names.journalPath },
    { kind: "rmdir", path: folder(names.journalPath) },
  ];
}
