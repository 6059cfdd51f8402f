/** All launchers by name. */
import { hydra } from "./hydra.ts";
import type { Launcher } from "./launcher.ts";
import { openMpi } from "./openmpi.ts";

export const launcherNames = ["openmpi", "hydra"] as const;
export type LauncherName = (typeof launcherNames)[number];

/**
 * Why a launcher that people ask for is none here; undefined for others. mpirun_rsh calls the ssh whose path was compiled into it
 * (its spawn_fast and spawn_one: execv of SSH_CMD, which no option or variable replaces).
 */
export function launcherAdvice(name: unknown): string | undefined {
  return name === "mpirun_rsh"
    ? "hydra, MVAPICH2's own mpiexec: mpirun_rsh starts ranks by an ssh that was compiled into it, and the testbed's environments have no ssh between them"
    : undefined;
}

const launchers: Readonly<Record<LauncherName, Launcher>> = { openmpi: openMpi, hydra };

export function launcherNamed(name: LauncherName): Launcher {
  return launchers[name];
}
