/**
 * Which NVIDIA driver stacks fit which adapters, releases and kernels. Sources: NVIDIA's release notes and "General Support" pages of
 * MLNX_OFED 4.9-4.0.8.0, 4.9-7.1.0.0, 24.10-1.1.4.0 and 24.10-3.2.5.0 and of DOCA 2.9 to 3.2 (docs.nvidia.com/networking,
 * docs.nvidia.com/doca), and the names of published archives, which carry the release that they are built for.
 */
import { type NvidiaGeneration, nvidiaGeneration } from "../host/adapter-models.ts";
import type { HostFacts } from "../host/facts.ts";
import type { HostRelease } from "../host/releases.ts";

/** Stacks besides the distribution's own. */
export type VendorStack = "mlnx-ofed" | "doca-ofed";

interface SupportedRelease {
  readonly family: HostRelease["family"];
  readonly version: string;
  /** EL: the last minor release that is supported. */
  readonly lastMinor?: number;
  /** Kernels that the archive's modules are made for. Another one needs modules built on the host. */
  readonly kernels: readonly string[];
}

/** Versions of a stack that fit the same hosts. */
export interface DriverSeries {
  readonly stack: VendorStack;
  readonly name: string;
  /** What versions of the series begin with. */
  readonly versions: readonly string[];
  readonly adapters: readonly NvidiaGeneration[];
  readonly releases: readonly SupportedRelease[];
  /** Whether modules may be built for kernels other than those of `releases`. */
  readonly buildsForOtherKernels: boolean;
}

export const driverSeries: readonly DriverSeries[] = [
  {
    // "This version provides long term support for ConnectX-3, ConnectX-3 Pro, Connect-IB" (release notes of 4.9). Its sources do
    // not build on later kernels. Archives …-rhel8.6 (4.9-6.0.6.0) and …-ubuntu22.04 (4.9-7.1.0.0) are the last of their families.
    stack: "mlnx-ofed",
    name: "MLNX_OFED 4.9 LTS",
    versions: ["4.9-"],
    adapters: ["ConnectX-3", "Connect-IB", "ConnectX-4", "ConnectX-5", "ConnectX-6"],
    releases: [
      { family: "el", version: "8", lastMinor: 6, kernels: ["4.18"] },
      { family: "ubuntu", version: "22.04", kernels: ["5.15"] },
    ],
    buildsForOtherKernels: false,
  },
  {
    // "As of v5.1-0.6.6.0 ConnectX-3, ConnectX-3 Pro, Connect-IB no longer supported"; the last branch before DOCA-OFED.
    // Archives …-rhel9.6 and …-ubuntu24.04 are the last of their families.
    stack: "mlnx-ofed",
    name: "MLNX_OFED 23.10 and 24.10 LTS",
    versions: ["23.10-", "24.10-"],
    adapters: ["ConnectX-4", "ConnectX-5", "ConnectX-6", "ConnectX-7", "BlueField", "BlueField-2"],
    releases: [
      { family: "debian", version: "12", kernels: ["6.1"] },
      { family: "ubuntu", version: "22.04", kernels: ["5.15"] },
      { family: "ubuntu", version: "24.04", kernels: ["6.8"] },
      { family: "el", version: "8", lastMinor: 10, kernels: ["4.18"] },
      { family: "el", version: "9", lastMinor: 6, kernels: ["5.14"] },
    ],
    buildsForOtherKernels: true,
  },
  {
    // "DOCA 2.9.0 (and its LTS branch) is the final software version to support ConnectX-4"; "does not support ConnectX-8".
    stack: "doca-ofed",
    name: "DOCA-OFED 2.9 LTS",
    versions: ["2.9."],
    adapters: ["ConnectX-4", "ConnectX-5", "ConnectX-6", "ConnectX-7", "BlueField-2", "BlueField-3"],
    releases: [
      { family: "debian", version: "12", kernels: ["6.1"] },
      { family: "ubuntu", version: "22.04", kernels: ["5.15"] },
      { family: "ubuntu", version: "24.04", kernels: ["6.8"] },
      { family: "el", version: "8", lastMinor: 10, kernels: ["4.18"] },
      { family: "el", version: "9", lastMinor: 6, kernels: ["5.14"] },
    ],
    buildsForOtherKernels: true,
  },
  {
    // Packages for rhel8, rhel9, rhel10 (linux.mellanox.com/public/repo/doca/3.2.0), ubuntu2204, ubuntu2404 and debian125.
    // Ubuntu 26.04 has packages of its own archive only (doca-ofed-generic), which NVIDIA's are not to be mixed with.
    stack: "doca-ofed",
    name: "DOCA-OFED 3.x",
    versions: ["3."],
    adapters: ["ConnectX-5", "ConnectX-6", "ConnectX-7", "ConnectX-8", "BlueField-2", "BlueField-3"],
    releases: [
      { family: "debian", version: "12", kernels: ["6.1"] },
      { family: "ubuntu", version: "22.04", kernels: ["5.15"] },
      { family: "ubuntu", version: "24.04", kernels: ["6.8"] },
      { family: "el", version: "8", lastMinor: 10, kernels: ["4.18"] },
      { family: "el", version: "9", lastMinor: 6, kernels: ["5.14"] },
      { family: "el", version: "10", lastMinor: 1, kernels: ["6.12"] },
    ],
    buildsForOtherKernels: true,
  },
];

/** A stack as the configuration names it. */
export interface WantedStack {
  readonly stack: VendorStack;
  /** As in `24.10-1.1.4.0` or `3.2.1`. */
  readonly version: string;
  /** Build modules for the running kernel. */
  readonly buildModules: boolean;
  /** The adapter that it is for. */
  readonly vendorDevice: string;
}

/** The series that a version belongs to; undefined for one that is not in the table. */
export function seriesOf(stack: VendorStack, version: string): DriverSeries | undefined {
  return driverSeries.find(
    (series) => series.stack === stack && series.versions.some((start) => version.startsWith(start)),
  );
}

/** Why a stack does not fit a host, one sentence each; none when it fits. Pure. */
export function misfits(host: string, wanted: WantedStack, facts: HostFacts): string[] {
  const series = seriesOf(wanted.stack, wanted.version);
  if (series === undefined) {
    const known = driverSeries.filter((one) => one.stack === wanted.stack).map((one) => one.name);
    return [`${wanted.stack} ${wanted.version} is not known here; known are ${known.join(", ")}`];
  }
  const generation = nvidiaGeneration(wanted.vendorDevice);
  const reasons: string[] = [];
  if (generation === null || !series.adapters.includes(generation)) {
    const found = generation === null ? "is none of NVIDIA's" : `is a ${generation}`;
    reasons.push(
      `the adapter ${wanted.vendorDevice} of ${host} ${found}; ${series.name} drives ${series.adapters.join(", ")}; ${fitting(wanted.vendorDevice, facts)}`,
    );
  }
  const release = series.releases.find((one) => isRelease(one, facts.release));
  if (release === undefined) {
    reasons.push(
      `${host} runs ${facts.osId} ${facts.osVersion}; ${series.name} is for ${series.releases.map(describeRelease).join(", ")}; ${fitting(wanted.vendorDevice, facts)}`,
    );
    return reasons;
  }
  const isItsKernel = release.kernels.some((kernel) => facts.kernelRelease.startsWith(`${kernel}.`));
  if (!isItsKernel && !(series.buildsForOtherKernels && wanted.buildModules)) {
    const way = series.buildsForOtherKernels
      ? "boot that one, or let modules be built (buildModules: true)"
      : "boot that one: its sources build on no other";
    reasons.push(
      `${host} runs the kernel ${facts.kernelRelease}; ${series.name} on ${describeRelease(release)} is for ${release.kernels.join(", ")}; ${way}`,
    );
  }
  if (wanted.buildModules && !facts.hasKernelHeaders) {
    const name =
      facts.release?.family === "el"
        ? `kernel-devel-${facts.kernelRelease}`
        : `linux-headers-${facts.kernelRelease}`;
    reasons.push(`modules can't be built on ${host} for its kernel; install ${name}`);
  }
  return reasons;
}

function isRelease(supported: SupportedRelease, release: HostRelease | null): boolean {
  if (release?.family !== supported.family || release.version !== supported.version) return false;
  // CentOS Stream tells no minor release; it is ahead of the last one.
  return (
    supported.lastMinor === undefined || (release.minor !== null && release.minor <= supported.lastMinor)
  );
}

function describeRelease({ family, version, lastMinor }: SupportedRelease): string {
  const name = { debian: "Debian", ubuntu: "Ubuntu", el: "EL" }[family];
  return lastMinor === undefined ? `${name} ${version}` : `${name} ${version} up to ${version}.${lastMinor}`;
}

/** What would fit the adapter and the release, whatever the kernel. */
function fitting(vendorDevice: string, facts: HostFacts): string {
  const generation = nvidiaGeneration(vendorDevice);
  const names = driverSeries
    .filter((one) => generation !== null && one.adapters.includes(generation))
    .filter((one) => one.releases.some((release) => isRelease(release, facts.release)))
    .map((one) => one.name);
  return `fitting would be ${["the inbox drivers", ...names].join(", ")}`;
}
