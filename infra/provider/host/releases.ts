/** The operating systems that the settings are written for. What a host runs is looked up here, and refused when it is not here. */

/** Hosts that are prepared the same way: EL is Red Hat Enterprise Linux and what is built from its sources. */
export type OsFamily = "debian" | "ubuntu" | "el";

/** A supported release of a family. */
export interface HostRelease {
  readonly family: OsFamily;
  /** As the table has it: `24.04`, or `9` for every minor release of EL 9. */
  readonly version: string;
  /** Minor release of EL, 4 for `9.4`; null where VERSION_ID tells none, as on CentOS Stream. */
  readonly minor: number | null;
}

interface SupportedFamily {
  readonly family: OsFamily;
  /** For sentences. */
  readonly name: string;
  /** Values of ID in os-release. */
  readonly ids: readonly string[];
  readonly versions: readonly string[];
}

const supportedFamilies: readonly SupportedFamily[] = [
  { family: "debian", name: "Debian", ids: ["debian"], versions: ["12", "13"] },
  { family: "ubuntu", name: "Ubuntu", ids: ["ubuntu"], versions: ["22.04", "24.04", "26.04"] },
  {
    family: "el",
    name: "EL (RHEL, CentOS Stream, Rocky, AlmaLinux, Oracle)",
    ids: ["rhel", "centos", "rocky", "almalinux", "ol"],
    versions: ["8", "9", "10"],
  },
];

/**
 * The release of a host; null for one that is not supported.
 * @param osId ID of os-release
 * @param osVersion VERSION_ID of os-release, as `13`, `24.04` or `9.4`
 */
export function hostRelease(osId: string, osVersion: string): HostRelease | null {
  for (const { family, ids, versions } of supportedFamilies) {
    if (!ids.includes(osId)) continue;
    const [major = "", minor] = osVersion.split(".");
    const version = family === "el" ? major : osVersion;
    if (!versions.includes(version)) return null;
    return { family, version, minor: family !== "el" || minor === undefined ? null : Number(minor) };
  }
  return null;
}

/** Why a host that is not in the table is not touched. */
export function unsupportedReleaseSentence(host: string, osId: string, osVersion: string): string {
  const supported = supportedFamilies
    .map(({ name, versions }) => `${name} ${versions.join(", ")}`)
    .join("; ");
  return `${host} runs an operating system that is not supported: its os-release has ID=${osId || "(none)"}, VERSION_ID=${osVersion || "(none)"}; supported are ${supported}`;
}
