/**
 * What guests need of a host: kernel modules, loaded and kept over reboots; a libvirt that answers; and the accelerator, found
 * by booting a guest and never by the existence of `/dev/kvm`.
 */
import * as z from "zod";
import type { HostFacts } from "../host/facts.ts";
import { restoreFiles } from "../host/journal.ts";
import type { SettingNames } from "../host/names.ts";
import type { Operation } from "../host/operations.ts";
import { guestDriver } from "../host/pci.ts";
import { onHostScript } from "../host/persistence.ts";
import { contentOf, type HostFiles } from "../host/snapshot.ts";
import { type Change, changesOf, type Setting } from "../setting.ts";
import { refuseGuests } from "./virtualization-refusals.ts";

const wholeNumber = (minimum: number) => {
  const sentence = `must be a whole number of at least ${minimum}`;
  return z.int(sentence).min(minimum, sentence);
};

const inputsSchema = z.strictObject({
  pciAddress: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, "must be like 0000:01:00.0"),
  /** All guests of the host together. */
  guests: z.strictObject({
    count: wholeNumber(1),
    virtualCpus: wholeNumber(1),
    memoryMib: wholeNumber(1),
    pinnedCpus: z.array(wholeNumber(0)),
    numaNode: wholeNumber(0).nullable(),
    hugepages: z.boolean(),
    ivshmem: z.strictObject({ name: z.string().min(1), sizeMib: wholeNumber(1) }),
  }),
  /** Huge pages that the host sets aside. */
  hugepages: z.strictObject({ sizeKib: wholeNumber(4), count: wholeNumber(0) }),
  devices: z.strictObject({ passthrough: z.boolean(), virtualFunctions: z.boolean(), virtio: z.boolean() }),
  wantedAccelerator: z.enum(["auto", "kvm", "tcg"]),
  /** Whether the host is itself an emulated machine. */
  emulatedHost: z.boolean(),
  /** The firmware is made to offer virtual functions before: what it offers at preview does not count. */
  changesFirmware: z.literal(true).optional(),
});
export type VirtualizationInputs = z.infer<typeof inputsSchema>;

const observedSchema = z.object({
  /** The modules for the wanted devices that are loaded. */
  kernelModules: z.array(z.string()),
  persisted: z.boolean(),
  libvirtAnswers: z.boolean(),
  /** `unknown` before a guest was booted. */
  accelerator: z.enum(["kvm", "tcg", "unknown"]),
  acceleratorReason: z.string(),
});
type Observed = z.infer<typeof observedSchema>;
type Accelerator = Pick<Observed, "accelerator" | "acceleratorReason">;

const beforeSchema = z.strictObject({ loadedModules: z.array(z.string()) });

/** Every module that this setting may load: what was loaded before is remembered for all of them. */
const moduleNames = [guestDriver, "macvtap"];

export const virtualization: Setting<VirtualizationInputs, Observed, z.infer<typeof beforeSchema>> = {
  type: "Virtualization",
  inputsSchema,
  observedSchema,
  beforeSchema,
  replacedBy: [],

  key: () => "virtualization",

  refuse: refuseGuests,

  requests: (_inputs, names) => [
    ...moduleNames.flatMap((name) => [
      `present:${modulePath(name)}` as const,
      contentOf(`${modulePath(name)}/refcnt`),
    ]),
    `present:/sys/bus/pci/drivers/${guestDriver}/*:*:*`,
    contentOf(modulesLoadPath(names)),
    contentOf(names.scriptPath),
    contentOf(resultPath(names)),
  ],

  observe: (inputs, files, names, facts) => ({
    kernelModules: wantedModules(inputs).filter((name) => files.has(modulePath(name))),
    persisted: files.text(modulesLoadPath(names)) === renderModulesLoad(names, inputs),
    libvirtAnswers: facts.libvirtAnswers,
    ...chosenAccelerator(inputs, files, names, facts),
  }),

  compare: (inputs, observed) => [
    ...changesOf(observed, {
      kernelModules: wantedModules(inputs),
      persisted: true,
      libvirtAnswers: true,
    }),
    ...acceleratorChange(inputs, observed),
  ],

  writes: (_inputs, names) => [modulesLoadPath(names), names.scriptPath, resultPath(names)],

  remember: (_inputs, files) => ({
    loadedModules: moduleNames.filter((name) => files.has(modulePath(name))),
  }),

  apply({ inputs, names, files, facts }) {
    const missing = wantedModules(inputs).filter((name) => !files.has(modulePath(name)));
    const now = chosenAccelerator(inputs, files, names, facts);
    return [
      ...missing.map((name): Operation => ({ kind: "run", command: ["modprobe", name] })),
      {
        kind: "install",
        path: modulesLoadPath(names),
        mode: "0644",
        content: renderModulesLoad(names, inputs),
      },
      ...(acceleratorChange(inputs, now).length === 0 ? [] : probe(inputs, names, facts)),
    ];
  },

  restore({ files }, before, journal) {
    const unloaded = moduleNames.filter(
      (name) => files.has(modulePath(name)) && !before.loadedModules.includes(name) && !isInUse(files, name),
    );
    return [
      ...unloaded.map((name): Operation => ({ kind: "run", command: ["modprobe", "-r", name] })),
      ...restoreFiles(journal),
    ];
  },
};

/** Where systemd looks for modules to load at boot (modules-load.d(5)). */
export function modulesLoadPath(names: SettingNames): string {
  return `/etc/modules-load.d/${names.unit.replace(/-virtualization\.service$/, ".conf")}`;
}

/** What the probe of the accelerator found; beside the script, so that the folder goes when both went. */
function resultPath(names: SettingNames): string {
  return names.scriptPath.replace(/\.sh$/, ".accelerator");
}

function modulePath(name: string): string {
  return `/sys/module/${name.replaceAll("-", "_")}`;
}

function wantedModules({ devices }: VirtualizationInputs): string[] {
  return [
    ...(devices.passthrough || devices.virtualFunctions ? [guestDriver] : []),
    ...(devices.virtio ? ["macvtap"] : []),
  ];
}

function renderModulesLoad(names: SettingNames, inputs: VirtualizationInputs): string {
  const head = `# What guests need (${names.unit.replace(/\.service$/, "")})`;
  return [head, ...wantedModules(inputs), ""].join("\n");
}

/** Unloading vfio-pci would take its devices from guests: they do not count as references. */
function isInUse(files: HostFiles, name: string): boolean {
  const hasDevices =
    name === guestDriver && files.match(/^\/sys\/bus\/pci\/drivers\/vfio-pci\/[^/]+$/).length > 0;
  return hasDevices || (files.value(`${modulePath(name)}/refcnt`) ?? "0") !== "0";
}

/** The accelerator: given, plain from the facts, or what a booted guest told. */
function chosenAccelerator(
  inputs: VirtualizationInputs,
  files: HostFiles,
  names: SettingNames,
  facts: HostFacts,
): Accelerator {
  const { wantedAccelerator, emulatedHost } = inputs;
  const tcg = (acceleratorReason: string): Accelerator => ({ accelerator: "tcg", acceleratorReason });
  if (wantedAccelerator === "tcg") return tcg("asked for");
  if (wantedAccelerator === "auto" && emulatedHost) return tcg("guests in emulated nodes");
  if (wantedAccelerator === "auto" && !facts.hasKvmDevice) return tcg("the node has no /dev/kvm");
  const [, kernel, accelerator, reason] =
    /^kernel (.*)\naccelerator (.*)\nreason (.*)\n/.exec(files.text(resultPath(names)) ?? "") ?? [];
  // Another kernel may do what the former did not.
  if ((accelerator === "kvm" || accelerator === "tcg") && kernel === facts.kernelRelease) {
    return { accelerator, acceleratorReason: reason ?? "" };
  }
  return { accelerator: "unknown", acceleratorReason: "no guest was booted yet" };
}

function acceleratorChange(inputs: VirtualizationInputs, { accelerator }: Accelerator): Change[] {
  const wanted = inputs.wantedAccelerator;
  const isRight = wanted === "auto" ? accelerator !== "unknown" : accelerator === wanted;
  return isRight ? [] : [{ property: "accelerator", from: accelerator, to: wanted }];
}

function probe(inputs: VirtualizationInputs, names: SettingNames, facts: HostFacts): Operation[] {
  const content = onHostScript("probe-kvm.sh");
  const words = [resultPath(names), facts.kernelRelease, inputs.wantedAccelerator];
  return [
    { kind: "install", path: names.scriptPath, mode: "0755", content },
    { kind: "run", command: ["/bin/sh", names.scriptPath, ...words] },
  ];
}
