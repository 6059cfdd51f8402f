/** All launchers by name. */
import { hydra } from "./hydra.ts";
import type { Launcher } from "./launcher.ts";
import { openMpi } from "./openmpi.ts";

export const launcherNames = ["openmpi", "hydra"] as const;
export type LauncherName = (typeof launcherNames)[number];

const launchers: Readonly<Record<LauncherName, Launcher>> = { openmpi: openMpi, hydra };

export function launcherNamed(name: LauncherName): Launcher {
  return launchers[name];
}
