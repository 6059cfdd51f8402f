/**
 * Processors at full frequency: every governor reads back `performance`, or the kernel does not scale at all. The paper
 * measured with the scaling module disabled. Where tuned rules the governors, as on EL, it is given a profile that wants the same.
 */
import * as z from "zod";
import { restoreFiles } from "../host/journal.ts";
import type { Operation } from "../host/operations.ts";
import {
  type BootScript,
  isPersisted,
  persist,
  persistedPaths,
  persistenceRequests,
  reloadUnits,
  runNow,
  unlinkUnit,
} from "../host/persistence.ts";
import { contentOf, type HostFiles } from "../host/snapshot.ts";
import { changesOf, type Setting } from "../setting.ts";
import {
  chooseTunedProfile,
  chosenTunedProfile,
  restoreTunedProfile,
  type TunedState,
  tunedRequests,
  tunedSchema,
  tunedState,
  wantsPerformance,
} from "./tuned.ts";

const inputsSchema = z.strictObject({ mode: z.literal("performance") });
type CpuFrequencyInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  /** `performance` when that is in effect; else the governors that are, as in `powersave` or `ondemand,powersave`. */
  mode: z.string(),
  persisted: z.boolean(),
  /** The profile of tuned, where tuned is enabled; absent elsewhere. */
  tunedProfile: z.union([z.string(), z.undefined()]).optional(),
});
/** Governor of each processor, by path. */
const beforeSchema = z.strictObject({
  governors: z.record(z.string(), z.string()),
  tuned: tunedSchema.nullable().optional(),
});

const governorPattern = /^\/sys\/devices\/system\/cpu\/cpu\d+\/cpufreq\/scaling_governor$/;
const boot: BootScript = {
  description: "Processors at full frequency",
  script: "cpu-frequency.sh",
  arguments: ["performance"],
};

export const cpuFrequency: Setting<
  CpuFrequencyInputs,
  z.infer<typeof observedSchema>,
  z.infer<typeof beforeSchema>
> = {
  type: "CpuFrequency",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: [],

  key: () => "cpu-frequency",

  refuse(host, _inputs, facts) {
    return facts.hasSystemd
      ? []
      : [{ property: "mode", reason: `${host} is not run by systemd, which keeps settings over a reboot` }];
  },

  requests: (_inputs, names) => [
    contentOf("/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor"),
    ...tunedRequests,
    ...persistenceRequests(names),
  ],

  observe(_inputs, files, names) {
    const inEffect = [...new Set(Object.values(governors(files)))].sort();
    const tuned = rulingTuned(files);
    return {
      ...(tuned === null ? {} : { tunedProfile: tuned.profile }),
      mode: inEffect.length === 0 ? "performance" : inEffect.join(","),
      // Where nothing scales there is nothing to keep over a reboot.
      persisted: inEffect.length === 0 || isPersisted(files, names, boot),
    };
  },

  compare: (inputs, observed) => {
    const isRuled = observed.tunedProfile === undefined || wantsPerformance(observed.tunedProfile);
    return changesOf(observed, {
      mode: inputs.mode,
      persisted: true,
      ...(isRuled ? {} : { tunedProfile: chosenTunedProfile }),
    });
  },

  writes: (_inputs, names) => persistedPaths(names),

  remember(_inputs, files) {
    const tuned = tunedState(files);
    return { governors: governors(files), ...(tuned === null ? {} : { tuned }) };
  },

  apply({ names, files }) {
    const install = isPersisted(files, names, boot) ? [] : persist(names, boot);
    return [...chooseTunedProfile(rulingTuned(files)), ...install, runNow(names, boot)];
  },

  restore: ({ names, files }, before, journal) => [
    ...restoreTunedProfile(tunedState(files), before.tuned ?? null),
    ...Object.entries(before.governors).flatMap(([path, value]): Operation[] =>
      files.has(path) && files.value(path) !== value ? [{ kind: "write", path, value }] : [],
    ),
    ...unlinkUnit(names),
    ...restoreFiles(journal),
    reloadUnits,
  ],
};

/** What tuned does, where there is anything to rule. */
function rulingTuned(files: HostFiles): TunedState | null {
  return Object.keys(governors(files)).length === 0 ? null : tunedState(files);
}

function governors(files: HostFiles): Record<string, string> {
  return Object.fromEntries(files.match(governorPattern).map(([path]) => [path, files.value(path) ?? ""]));
}
