/** How a setting outlives a reboot: a script of ours and a systemd unit that runs it once at each boot. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectName } from "../../paths.ts";
import type { SettingNames } from "./names.ts";
import type { Operation } from "./operations.ts";
import { contentOf, type HostFiles, type SnapshotRequest } from "./snapshot.ts";

/** A script of `on-host/` and the words it is run with. */
export interface BootScript {
  /** What the unit is for, one line. */
  readonly description: string;
  /** File name in `on-host/`. */
  readonly script: string;
  readonly arguments: readonly string[];
}

/** The text of a script that is installed on hosts. */
export function onHostScript(name: string): string {
  return readFileSync(join(import.meta.dirname, "..", "on-host", name), "utf8");
}

/** The systemd unit that runs a boot script. Its arguments hold no space or `%`: their schemas see to that. Pure. */
export function renderUnit(names: SettingNames, boot: BootScript): string {
  return `[Unit]
Description=${boot.description} (${projectName}, stack ${names.stack})
After=systemd-modules-load.service network-pre.target
Before=libvirtd.service docker.service

[Service]
Type=oneshot
ExecStart=/bin/sh ${[names.scriptPath, ...boot.arguments].join(" ")}

[Install]
WantedBy=multi-user.target
`;
}

/** The files that `persist` writes; they belong into the journal. */
export function persistedPaths(names: SettingNames): string[] {
  return [names.scriptPath, names.unitPath];
}

/** What must be read so that `isPersisted` can tell. */
export function persistenceRequests(names: SettingNames): SnapshotRequest[] {
  return [...persistedPaths(names).map(contentOf), `present:${names.unitLinkPath}`];
}

/** Whether script, unit and the unit's link are on the host just as they would be written now. */
export function isPersisted(files: HostFiles, names: SettingNames, boot: BootScript): boolean {
  return (
    files.text(names.scriptPath) === onHostScript(boot.script) &&
    files.text(names.unitPath) === renderUnit(names, boot) &&
    files.has(names.unitLinkPath)
  );
}

/** Installs script and unit. */
export function persist(names: SettingNames, boot: BootScript): Operation[] {
  return [
    { kind: "install", path: names.scriptPath, mode: "0755", content: onHostScript(boot.script) },
    { kind: "install", path: names.unitPath, mode: "0644", content: renderUnit(names, boot) },
    { kind: "run", command: ["systemctl", "--quiet", "enable", names.unit] },
  ];
}

/** Runs the installed script now: what a boot does and what we do is the same code. */
export function runNow(names: SettingNames, boot: BootScript): Operation {
  return { kind: "run", command: ["/bin/sh", names.scriptPath, ...boot.arguments] };
}

/** Takes away the unit's link; the files themselves go by the journal. */
export function unlinkUnit(names: SettingNames): Operation[] {
  return [{ kind: "remove", path: names.unitLinkPath }];
}

/** Lets systemd see that units are gone. */
export const reloadUnits: Operation = { kind: "run", command: ["systemctl", "daemon-reload"] };
