/** All launchers by name. */
import type { Launcher } from "./launcher.ts";
import { openMpi } from "./openmpi.ts";

export const launcherNames = ["openmpi"] as const;
export type LauncherName = (typeof launcherNames)[number];

const launchers: Readonly<Record<LauncherName, Launcher>> = { openmpi: openMpi };

export function launcherNamed(name: LauncherName): Launcher {
  return launchers[name];
}
