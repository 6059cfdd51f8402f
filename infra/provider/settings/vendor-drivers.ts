/** RDMA drivers of NVIDIA's, MLNX_OFED or DOCA-OFED, installed from an archive with a known digest. */
import * as z from "zod";
import { HostError } from "../host/access.ts";
import { nvidiaDriver, nvidiaGeneration } from "../host/adapter-models.ts";
import type { HostFacts } from "../host/facts.ts";
import type { SettingNames } from "../host/names.ts";
import type { Operation } from "../host/operations.ts";
import { onHostScript } from "../host/persistence.ts";
import { type HostFiles, outputOf, type SnapshotRequest } from "../host/snapshot.ts";
import type { Refusal } from "../setting.ts";
import { misfits, seriesOf, type VendorStack } from "./driver-support.ts";

export const vendorStackSchema = z.enum(["mlnx-ofed", "doca-ofed"]);

/** What to install, and for which adapter. */
export const vendorDriversSchema = z.strictObject({
  /** As in `24.10-1.1.4.0` or `3.2.1`. */
  version: z.string().regex(/^\d[\w.-]*$/, "must be a version as in 24.10-1.1.4.0 or 3.2.1"),
  /** URL that the host can reach, or a path on the host. */
  source: z.string().regex(/^(https?:\/\/|\/)\S+$/, "must be a URL that the host can reach, or a path on it"),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be the archive's SHA-256, 64 hexadecimal digits"),
  /** Build modules for the running kernel. */
  buildModules: z.boolean(),
  /** The adapter that they are for, as in `0000:01:00.0`. */
  pciAddress: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, "must be like 0000:01:00.0"),
});
export type VendorDrivers = z.infer<typeof vendorDriversSchema>;

/** A vendor's stack that is on a host. */
export interface InstalledStack {
  readonly stack: VendorStack;
  readonly version: string;
}

/** Building modules and an initial RAM disk for each kernel may take this long on a slow host. */
const installSeconds = 5400;
const ofedInfo = ["ofed_info", "-s"] as const;

/** What must be read so that `installedStack` can tell. */
export const installedStackRequests: readonly SnapshotRequest[] = [
  outputOf(...ofedInfo),
  "present:/usr/share/doca-host-*",
];

/**
 * The stack that is installed; null for the distribution's own. `ofed_info -s` prints `MLNX_OFED_LINUX-24.10-1.1.4.0:`, or
 * `OFED-internal-25.10-1.7.1:` for the one of DOCA, whose own version is in the name of its repository's folder.
 */
export function installedStack(files: HostFiles): InstalledStack | null {
  const printed = files.output(...ofedInfo)?.replace(/:$/, "") ?? "";
  const ofed = /^MLNX_OFED_LINUX-(\S+)$/.exec(printed)?.[1];
  if (ofed !== undefined) return { stack: "mlnx-ofed", version: ofed };
  const doca = files.match(/^\/usr\/share\/doca-host-(\d+\.\d+\.\d+)[^/]*$/)[0]?.[1];
  return printed === "" || doca === undefined ? null : { stack: "doca-ofed", version: doca };
}

/** Why the stack is not for this host. */
export function refuseVendorDrivers(
  host: string,
  stack: VendorStack,
  { version, buildModules, pciAddress }: VendorDrivers,
  facts: HostFacts,
): Refusal[] {
  const vendorDevice = [...facts.adapters, ...facts.adaptersWithoutSriov].find(
    (one) => one.pciAddress === pciAddress,
  )?.vendorDevice;
  if (vendorDevice === undefined) {
    return [{ property: "vendor", reason: `${host} has no adapter ${pciAddress} to install ${stack} for` }];
  }
  const refusals = misfits(host, { stack, version, buildModules, vendorDevice }, facts).map((reason) => ({
    property: "vendor",
    reason,
  }));
  const carrying = facts.managementDrivers.filter((driver) => /^mlx[45]_core$/.test(driver));
  if (carrying.length > 0) {
    const reason = `${host} is reached over an adapter of ${carrying.join(" and ")}, which the installation loads anew: that would cut us off; install ${stack} by hand, or use the inbox drivers`;
    refusals.push({ property: "vendor", reason });
  }
  return refusals;
}

/** The files that an installation needs on the host besides the packages. */
export function vendorPaths(names: SettingNames): { script: string; packages: string } {
  const base = names.scriptPath.replace(/\.sh$/, "");
  return { script: `${base}-vendor.sh`, packages: `${base}-vendor.packages` };
}

/**
 * Installs the stack.
 * @param before what there was before us
 * @throws HostError where another one is that we did not install and could not put back
 */
export function installVendorDrivers(
  names: SettingNames,
  stack: VendorStack,
  { version, source, sha256, buildModules }: VendorDrivers,
  before: InstalledStack | null,
): Operation[] {
  if (before !== null) {
    throw new HostError(
      `${before.stack} ${before.version} is installed already, and could not be put back after ${stack} ${version}; uninstall it by hand, or configure that one`,
    );
  }
  const { script, packages } = vendorPaths(names);
  const words = ["install", stack, source, sha256, buildModules ? "yes" : "no", packages];
  return [
    { kind: "install", path: script, mode: "0755", content: onHostScript("rdma-drivers.sh") },
    { kind: "run", command: ["/bin/sh", script, ...words], additionalSeconds: installSeconds },
  ];
}

/** Takes the stack away, and puts back the packages that it had replaced. */
export function removeVendorDrivers(names: SettingNames, stack: VendorStack): Operation[] {
  const { script, packages } = vendorPaths(names);
  return [
    { kind: "install", path: script, mode: "0755", content: onHostScript("rdma-drivers.sh") },
    {
      kind: "run",
      command: ["/bin/sh", script, "remove", stack, packages],
      additionalSeconds: installSeconds,
    },
  ];
}

/** Said at preview: what will happen to the host's drivers. */
export function vendorDriversNotice(host: string, stack: VendorStack, { version }: VendorDrivers): string {
  const name = seriesOf(stack, version)?.name ?? stack;
  return `${name} (${version}) will be installed on ${host}, which may take an hour: it replaces the distribution's RDMA packages and loads the adapters' drivers anew; destroying takes it away again`;
}

/** Why an adapter without a driver has none, where the kernel tells it; null when it does not. */
export function missingDriverSentence(host: string, vendorDevice: string, facts: HostFacts): string | null {
  const generation = nvidiaGeneration(vendorDevice);
  if (generation === null) return null;
  const driver = nvidiaDriver(generation);
  if (facts.inboxAdapterDrivers.includes(driver)) return null;
  return `the kernel ${facts.kernelRelease} of ${host} has no ${driver}, which a ${generation} needs: install the kernel's further modules (kernel-modules-extra, linux-modules-extra) or a release that has it`;
}
