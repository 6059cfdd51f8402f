/** How virtual functions are made, by the adapter's driver. One variant each; a driver that is none of them is refused. */
import type { SettingNames } from "../host/names.ts";
import type { Operation } from "../host/operations.ts";
import { type Adapter, devicePath } from "../host/pci.ts";
import {
  type BootScript,
  isPersisted,
  onHostScript,
  persist,
  reloadUnits,
  runNow,
  unlinkUnit,
} from "../host/persistence.ts";
import type { HostFiles } from "../host/snapshot.ts";
import { wantedGuids } from "./infiniband-functions.ts";
import type { VirtualFunctionsInputs } from "./virtual-functions.ts";

/** What was before, as far as a variant puts it back. */
export interface FormerVirtualFunctions {
  readonly count: number;
  /** Value of `sriov_drivers_autoprobe`. */
  readonly driversAutoprobe: string;
}

export interface DriverVariant {
  /** Why it can't be done safely on this host; null when it can. */
  refuse(host: string, adapter: Adapter, managementDrivers: readonly string[]): string | null;
  /** What the user should know beforehand of a change; null for nothing. */
  notice(host: string): string | null;
  /** Whether the host binds its own driver to virtual functions. */
  hostDriver(files: HostFiles, pciAddress: string): "none" | "default";
  isPersisted(files: HostFiles, names: SettingNames, inputs: VirtualFunctionsInputs): boolean;
  apply(files: HostFiles, names: SettingNames, inputs: VirtualFunctionsInputs): Operation[];
  /** @param restoreFiles puts back the files that apply wrote */
  restore(
    files: HostFiles,
    names: SettingNames,
    inputs: VirtualFunctionsInputs,
    before: FormerVirtualFunctions,
    restoreFiles: readonly Operation[],
  ): Operation[];
}

/** The variant for a kernel driver; null when there is none to count on. */
export function driverVariant(driver: string): DriverVariant | null {
  if (driver === "") return null;
  return driver === "mlx4_core" ? moduleParameters : sysfs;
}

/** Where the mlx4 parameters lie: read last by modprobe, so that ours win over others. */
export function modprobePath(names: SettingNames): string {
  return `/etc/modprobe.d/zz-${names.unit.replace(/\.service$/, ".conf")}`;
}

/**
 * The modprobe.d file for mlx4_core, whose driver has no way to make virtual functions but parameters at load time
 * (Linux drivers/net/ethernet/mellanox/mlx4/main.c; form as in rdma-core's own mlx4.conf). Pure.
 */
export function renderMlx4Options(inputs: Pick<VirtualFunctionsInputs, "count" | "hostDriver">): string {
  const probed = inputs.hostDriver === "none" ? 0 : inputs.count;
  return `options mlx4_core num_vfs=${inputs.count} probe_vf=${probed}\n`;
}

/** igb, mlx5_core and every other driver that takes a count by sysfs (Linux ABI/testing/sysfs-bus-pci). */
const sysfs: DriverVariant = {
  refuse: () => null,
  notice: () => null,
  hostDriver: (files, pciAddress) =>
    files.value(`${devicePath(pciAddress)}/sriov_drivers_autoprobe`) === "0" ? "none" : "default",
  isPersisted: (files, names, inputs) => isPersisted(files, names, sysfsBootScript(inputs, files)),
  apply(files, names, inputs) {
    const boot = sysfsBootScript(inputs, files);
    const install = isPersisted(files, names, boot) ? [] : persist(names, boot);
    return [...install, runNow(names, boot)];
  },
  restore(files, names, inputs, before, restoreFiles) {
    const device = devicePath(inputs.pciAddress);
    const count = files.value(`${device}/sriov_numvfs`);
    const autoprobe = files.value(`${device}/sriov_drivers_autoprobe`);
    const isSame = count === String(before.count) && autoprobe === before.driversAutoprobe;
    const values: Operation[] =
      count === undefined || isSame
        ? []
        : [
            { kind: "write", path: `${device}/sriov_numvfs`, value: "0" },
            { kind: "write", path: `${device}/sriov_drivers_autoprobe`, value: before.driversAutoprobe },
            ...(before.count === 0
              ? []
              : [{ kind: "write", path: `${device}/sriov_numvfs`, value: String(before.count) } as const]),
          ];
    return [...values, ...unlinkUnit(names), ...restoreFiles, reloadUnits];
  },
};

function sysfsBootScript(inputs: VirtualFunctionsInputs, files: HostFiles): BootScript {
  const guids = inputs.infiniband === true ? wantedGuids(files, inputs.pciAddress, inputs.count) : [];
  return {
    description: `${inputs.count} virtual functions of ${inputs.pciAddress}`,
    script: "virtual-functions.sh",
    arguments: [inputs.pciAddress, String(inputs.count), inputs.hostDriver === "none" ? "0" : "1", ...guids],
  };
}

/** ConnectX-3: parameters of mlx4_core, applied by loading the driver anew. */
const moduleParameters: DriverVariant = {
  refuse: (host, adapter, managementDrivers) =>
    adapter.carriesManagement || managementDrivers.includes("mlx4_core")
      ? `${adapter.pciAddress} on ${host} is driven by mlx4_core, which must be loaded anew to change virtual functions, and carries the connection to ${host}`
      : null,
  notice: (host) =>
    `mlx4_core takes its number of virtual functions when it is loaded: it will be loaded anew on ${host}, where RDMA and network devices of ConnectX-3 go away for some seconds; if something uses it, a reboot of ${host} does the same`,
  hostDriver: (files) =>
    /[1-9]/.test(files.value("/sys/module/mlx4_core/parameters/probe_vf") ?? "0") ? "default" : "none",
  isPersisted: (files, names, inputs) => files.text(modprobePath(names)) === renderMlx4Options(inputs),
  apply: (_files, names, inputs) => [
    { kind: "install", path: modprobePath(names), mode: "0644", content: renderMlx4Options(inputs) },
    ...loadMlx4(names),
  ],
  restore(files, names, _inputs, _before, restoreFiles) {
    const isApplied = files.has(modprobePath(names));
    return isApplied ? [...restoreFiles, ...loadMlx4(names), ...restoreFiles] : [...restoreFiles];
  },
};

function loadMlx4(names: SettingNames): Operation[] {
  const content = onHostScript("mlx4-virtual-functions.sh");
  return [
    { kind: "install", path: names.scriptPath, mode: "0755", content },
    { kind: "run", command: ["/bin/sh", names.scriptPath] },
  ];
}
