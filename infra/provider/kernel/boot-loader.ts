/** How kernel arguments are written so that the next boot has them: one variant a boot loader. */
import type { BootLoader } from "../host/facts.ts";
import type { SettingNames } from "../host/names.ts";
import type { Operation } from "../host/operations.ts";
import { contentOf, type HostFiles, type SnapshotRequest } from "../host/snapshot.ts";
import { argumentsInEffect, sameKeyed } from "./arguments.ts";
import { grubDropInPath, renderGrubDropIn } from "./grub-drop-in.ts";

export interface BootLoaderVariant {
  /** What must be read. */
  requests(names: SettingNames): SnapshotRequest[];
  /** The files that `write` writes and that nobody makes anew by a command. */
  writes(names: SettingNames): string[];
  /** Whether the next boot will have the arguments. */
  isWritten(files: HostFiles, names: SettingNames, wanted: readonly string[]): boolean;
  /**
   * Writes the arguments for the next boot, instead of all others of the same keys.
   * @param former arguments written by us earlier, of which some may not be wanted any more
   * @param replaced the host's own arguments of the same keys, as the journal has them
   */
  write(
    names: SettingNames,
    wanted: readonly string[],
    former: readonly string[],
    replaced: readonly string[],
  ): Operation[];
  /** Takes ours away and puts the host's own back. */
  restore(
    names: SettingNames,
    written: readonly string[],
    replaced: readonly string[],
    restoreFiles: readonly Operation[],
  ): Operation[];
}

/** The variant; null for a boot loader that is not known. */
export function bootLoaderVariant(kind: BootLoader): BootLoaderVariant | null {
  switch (kind) {
    case "grub-debian":
      return grubDebian;
    case "grubby":
      return grubby;
    case "unknown":
      return null;
  }
}

const grubConfiguration = "/boot/grub/grub.cfg";
const updateGrub: Operation = { kind: "run", command: ["update-grub"] };

/** Debian and Ubuntu: a drop-in that is read last, and update-grub. */
const grubDebian: BootLoaderVariant = {
  requests: (names) => [contentOf(grubDropInPath(names)), contentOf(grubConfiguration)],
  writes: (names) => [grubDropInPath(names)],
  isWritten: (files, names, wanted) =>
    files.text(grubDropInPath(names)) === renderGrubDropIn(wanted) &&
    allHave(grubCommandLines(files.text(grubConfiguration) ?? ""), wanted),
  write: (names, wanted) => [
    { kind: "install", path: grubDropInPath(names), mode: "0644", content: renderGrubDropIn(wanted) },
    updateGrub,
    // update-grub may fail in a drop-in and still end with status 0, with the old configuration in place.
    ...wanted.map(
      (argument): Operation => ({ kind: "run", command: ["grep", "-qF", "--", argument, grubConfiguration] }),
    ),
  ],
  restore: (_names, _written, _replaced, restoreFiles) => [...restoreFiles, updateGrub],
};

/**
 * EL 8 to 10: grubby changes every kernel's entry, with and without boot loader entries (BLS). From EL 9.3 on
 * grub2-mkconfig leaves existing entries alone, so it is not used.
 */
const grubby: BootLoaderVariant = {
  requests: () => [
    contentOf("/boot/loader/entries/*.conf"),
    contentOf("/boot/grub2/grubenv"),
    contentOf("/boot/grub2/grub.cfg"),
  ],
  writes: () => [],
  isWritten: (files, _names, wanted) => allHave(entryCommandLines(files), wanted),
  write(_names, wanted, former, replaced) {
    const dropped = former.filter((argument) => sameKeyed(argument, wanted).length === 0);
    const back = replaced.filter((argument) => sameKeyed(argument, dropped).length > 0);
    return [grubbyUpdate([...dropped, ...replaced], [...wanted, ...back])];
  },
  restore: (_names, written, replaced) => [grubbyUpdate(written, replaced)],
};

function grubbyUpdate(removed: readonly string[], added: readonly string[]): Operation {
  const command = ["grubby", "--update-kernel=ALL"];
  if (removed.length > 0) command.push(`--remove-args=${removed.join(" ")}`);
  if (added.length > 0) command.push(`--args=${added.join(" ")}`);
  return { kind: "run", command };
}

function allHave(commandLines: readonly string[], wanted: readonly string[]): boolean {
  return (
    commandLines.length > 0 &&
    commandLines.every((line) => argumentsInEffect(line, wanted).length === wanted.length)
  );
}

/** Kernel command lines of a grub.cfg, but for recovery entries, which leave GRUB_CMDLINE_LINUX_DEFAULT out. */
export function grubCommandLines(configuration: string): string[] {
  return [...configuration.matchAll(/^\s*linux(?:16|efi)?\s+\S+\s+(.*)$/gm)]
    .map((found) => found[1] ?? "")
    .filter((line) => !/(^|\s)(single|recovery)(\s|$)/.test(line));
}

/** Kernel command lines of an EL host: of its boot loader entries, or of grub.cfg where it keeps none (GRUB_ENABLE_BLSCFG=false). */
export function entryCommandLines(files: HostFiles): string[] {
  const kernelOptions = /^kernelopts=(.*)$/m.exec(files.text("/boot/grub2/grubenv") ?? "")?.[1] ?? "";
  const entries = files.match(/^\/boot\/loader\/entries\/.*\.conf$/).map(([path]) => files.text(path) ?? "");
  if (entries.length === 0) return grubCommandLines(files.text("/boot/grub2/grub.cfg") ?? "");
  return entries.map((entry) =>
    (/^options\s+(.*)$/m.exec(entry)?.[1] ?? "").replaceAll("$kernelopts", () => kernelOptions),
  );
}
