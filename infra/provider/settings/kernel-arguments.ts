/**
 * Kernel arguments, and the IOMMU that they turn on. What is in effect decides: /proc/cmdline and the IOMMU groups, not
 * what a boot loader's file says.
 */
import * as z from "zod";
import type { HostFacts } from "../host/facts.ts";
import { restoreFiles } from "../host/journal.ts";
import type { SettingNames } from "../host/names.ts";
import { devicePath } from "../host/pci.ts";
import { unsupportedReleaseSentence } from "../host/releases.ts";
import { contentOf, type HostFiles } from "../host/snapshot.ts";
import { argumentPattern, argumentsInEffect, sameKeyed } from "../kernel/arguments.ts";
import { bootLoaderVariant } from "../kernel/boot-loader.ts";
import { changesOf, type Refusal, type Setting } from "../setting.ts";
import { adapterFirmwareInputsSchema, firmwareMarkerPath, offeredFunctions } from "./adapter-firmware.ts";

const inputsSchema = z.strictObject({
  arguments: z
    .array(z.string().regex(argumentPattern, "must be a kernel argument as in intel_iommu=on"))
    .min(1),
  expectIommu: z
    .strictObject({ enabled: z.literal(true), type: z.enum(["identity", "DMA", "DMA-FQ"]) })
    .optional(),
  rebootTimeoutSeconds: z.int().min(30).max(3600),
  /** What the firmware of an adapter is to offer after the reboot; absent: not looked at. */
  adapterFirmware: adapterFirmwareInputsSchema.optional(),
});
type KernelArgumentsInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  /** The wanted arguments that are in effect. */
  arguments: z.array(z.string()),
  /** Type of the IOMMU groups; `none` while the IOMMU is off. */
  iommuGroupType: z.string(),
  /** Whether the next boot will have the arguments too. */
  persisted: z.boolean(),
  /** Virtual functions that the adapter offers; absent where its firmware is not looked at. */
  virtualFunctionsOffered: z.union([z.int(), z.undefined()]).optional(),
  /** Whether changed firmware waits for a reboot; absent where it does not. */
  firmwareWaits: z.union([z.literal(true), z.undefined()]).optional(),
});

const beforeSchema = z.strictObject({
  /** The host's own arguments of the same keys. */
  replaced: z.array(z.string()),
  /** The arguments that were written, all that ever were. */
  wanted: z.array(z.string()),
});

const commandLinePath = "/proc/cmdline";

export const kernelArguments: Setting<
  KernelArgumentsInputs,
  z.infer<typeof observedSchema>,
  z.infer<typeof beforeSchema>
> = {
  type: "KernelArguments",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: [],

  key: () => "kernel-arguments",

  refuse(host, inputs, facts) {
    const refusals: Refusal[] = [];
    if (facts.release === null) {
      const reason = unsupportedReleaseSentence(host, facts.osId, facts.osVersion);
      refusals.push({ property: "arguments", reason });
    } else if (facts.bootLoader === "unknown") {
      const program = facts.release.family === "el" ? "grubby" : "update-grub (package grub2-common)";
      const reason = `${host} (${facts.osId} ${facts.osVersion}) keeps its kernel arguments in a way that is not known here: it has no ${program}`;
      refusals.push({ property: "arguments", reason });
    }
    if (inputs.expectIommu !== undefined && facts.iommuHardware === "none") {
      const reason = `the firmware of ${host} describes no IOMMU; turn on VT-d or AMD-Vi in its firmware set-up (BIOS)`;
      refusals.push({ property: "expectIommu", reason });
    } else if (facts.iommuHardware !== "intel" && inputs.arguments.some((one) => /^intel_iommu=/.test(one))) {
      const reason = `${host} has no Intel IOMMU, so that intel_iommu does nothing there; leave it out`;
      refusals.push({ property: "arguments", reason });
    }
    return refusals;
  },

  requests: ({ adapterFirmware: firmware }, names) => [
    contentOf(commandLinePath),
    ...(firmware === undefined
      ? []
      : [
          contentOf(`${devicePath(firmware.pciAddress)}/sriov_totalvfs`),
          contentOf(firmwareMarkerPath(firmware.pciAddress)),
        ]),
    contentOf("/sys/kernel/iommu_groups/*/type"),
    ...(["grub-debian", "grubby"] as const).flatMap((kind) => bootLoaderVariant(kind)?.requests(names) ?? []),
  ],

  observe: (inputs, files, names, facts) => ({
    arguments: argumentsInEffect(files.text(commandLinePath) ?? "", inputs.arguments),
    iommuGroupType: iommuGroupType(files),
    persisted: isWritten(inputs, names, files, facts),
    ...observeFirmware(inputs, files),
  }),

  compare: (inputs, observed) => {
    const expected = inputs.expectIommu?.type;
    // Under "DMA" the kernel may flush lazily, which it calls DMA-FQ: the translation is the same.
    const isExpected =
      expected === undefined ||
      observed.iommuGroupType === expected ||
      (expected === "DMA" && observed.iommuGroupType === "DMA-FQ");
    return changesOf(observed, {
      arguments: inputs.arguments,
      ...(isExpected ? {} : { iommuGroupType: expected }),
      persisted: true,
      ...compareFirmware(inputs, observed),
    });
  },

  writes: (_inputs, names) => bootLoaderVariant("grub-debian")?.writes(names) ?? [],

  remember: (inputs, files) => ({
    replaced: sameKeyed(files.text(commandLinePath) ?? "", inputs.arguments),
    wanted: inputs.arguments,
  }),

  apply: ({ inputs, names, files, facts }, before) =>
    isWritten(inputs, names, files, facts)
      ? []
      : (bootLoaderVariant(facts.bootLoader)?.write(
          names,
          inputs.arguments,
          before.wanted,
          before.replaced,
        ) ?? []),

  restore: ({ inputs, names, facts }, before, journal) =>
    bootLoaderVariant(facts.bootLoader)?.restore(
      names,
      [...new Set([...before.wanted, ...inputs.arguments])],
      before.replaced,
      restoreFiles(journal),
    ) ?? [],

  reboot: {
    // With every argument in effect and the IOMMU still not as expected, another boot would find the same.
    isDue: (changes) =>
      changes.some(({ property }) => property === "arguments" || property === "firmwareWaits"),
    timeoutSeconds: (inputs) => inputs.rebootTimeoutSeconds,
    purpose: ({ arguments: wanted, adapterFirmware: firmware }) =>
      `so that ${[wanted.join(" "), ...(firmware === undefined ? [] : ["the firmware's configuration"])].join(" and ")} takes effect`,
    afterRestore: (host) => `${host} runs with the former kernel arguments from its next reboot on`,
  },
};

function observeFirmware({ adapterFirmware: firmware }: KernelArgumentsInputs, files: HostFiles) {
  if (firmware === undefined) return {};
  return {
    virtualFunctionsOffered: offeredFunctions(files, firmware.pciAddress),
    ...(files.has(firmwareMarkerPath(firmware.pciAddress)) ? { firmwareWaits: true as const } : {}),
  };
}

/** What of the firmware should be otherwise. Without a marker another boot would find the same. */
function compareFirmware(
  { adapterFirmware: firmware }: KernelArgumentsInputs,
  observed: z.infer<typeof observedSchema>,
): { firmwareWaits?: undefined; virtualFunctionsOffered?: number } {
  if (firmware === undefined) return {};
  const isOffered = (observed.virtualFunctionsOffered ?? 0) >= firmware.virtualFunctions;
  return {
    firmwareWaits: undefined,
    ...(isOffered ? {} : { virtualFunctionsOffered: firmware.virtualFunctions }),
  };
}

function isWritten(
  inputs: KernelArgumentsInputs,
  names: SettingNames,
  files: HostFiles,
  facts: HostFacts,
): boolean {
  return bootLoaderVariant(facts.bootLoader)?.isWritten(files, names, inputs.arguments) ?? false;
}

/**
 * The type that most IOMMU groups have; `none` without groups. Entries are counted: the folders are there even while the
 * IOMMU is off (seen; Linux ABI/testing/sysfs-kernel-iommu_groups).
 */
function iommuGroupType(files: HostFiles): string {
  const counts = new Map<string, number>();
  for (const [path] of files.match(/^\/sys\/kernel\/iommu_groups\/\d+\/type$/)) {
    const type = files.value(path) ?? "";
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].sort((left, right) => right[1] - left[1])[0]?.[0] ?? "none";
}
