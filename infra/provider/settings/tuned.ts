/** tuned, which sets governors at each of its starts: its profile as files tell it, and how another one is chosen and put back. */
import * as z from "zod";
import type { Operation } from "../host/operations.ts";
import { contentOf, type HostFiles, type SnapshotRequest } from "../host/snapshot.ts";

export const tunedSchema = z.strictObject({
  /** Names of profiles, separated by blanks; empty: none. */
  profile: z.string(),
  /** `manual` when somebody chose the profile, `auto` when tuned did. */
  mode: z.string(),
});
export type TunedState = z.infer<typeof tunedSchema>;

/** Ships with tuned everywhere; it also keeps processors out of deep sleep, whose wake-up costs microseconds. */
export const chosenTunedProfile = "latency-performance";

/** Profiles of tuned 2.20 with `governor=performance`, their own or included ones. */
const performanceProfiles = new Set([
  chosenTunedProfile,
  "accelerator-performance",
  "hpc-compute",
  "network-latency",
  "network-throughput",
  "throughput-performance",
  "virtual-guest",
  "virtual-host",
]);

const folder = "/etc/tuned";
const enabledLink = "/etc/systemd/system/multi-user.target.wants/tuned.service";

/** What must be read so that `tunedState` can tell. */
export const tunedRequests: readonly SnapshotRequest[] = [
  `present:${enabledLink}`,
  contentOf(`${folder}/active_profile`),
  contentOf(`${folder}/profile_mode`),
];

/** What tuned does; null where it is not started at boot. */
export function tunedState(files: HostFiles): TunedState | null {
  if (!files.has(enabledLink)) return null;
  return {
    profile: files.value(`${folder}/active_profile`) ?? "",
    mode: files.value(`${folder}/profile_mode`) ?? "auto",
  };
}

/** Whether a profile leaves processors at full frequency. No profile leaves governors alone. */
export function wantsPerformance(profile: string): boolean {
  const last = profile.split(/\s+/).at(-1) ?? "";
  return last === "" || performanceProfiles.has(last);
}

/** Chooses a profile that wants full frequency, unless there is one. */
export function chooseTunedProfile(now: TunedState | null): Operation[] {
  if (now === null || wantsPerformance(now.profile)) return [];
  return [{ kind: "run", command: ["tuned-adm", "profile", chosenTunedProfile] }];
}

/** Puts the former profile back. */
export function restoreTunedProfile(now: TunedState | null, before: TunedState | null): Operation[] {
  if (now === null || before === null || now.profile === before.profile) return [];
  if (before.profile === "") return [{ kind: "run", command: ["tuned-adm", "off"] }];
  const words = before.mode === "auto" ? ["auto_profile"] : ["profile", ...before.profile.split(/\s+/)];
  return [{ kind: "run", command: ["tuned-adm", ...words] }];
}
