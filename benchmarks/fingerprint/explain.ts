/** What a node changes by itself, as rules in a table: the first that fits tells why a difference is none of the testbed's. */
import type { Change } from "./compare.ts";
import type { Section } from "./fingerprint.ts";

export interface Circumstances {
  /** Whether the node was booted between the two fingerprints. */
  readonly rebooted: boolean;
  /** Whether a file that decides on the next kernel command line differs. */
  readonly bootFilesDiffer: boolean;
}

interface Rule {
  readonly section: Section;
  readonly reason: string;
  fits(change: Change, circumstances: Circumstances): boolean;
}

/** In the names of everything that the testbed makes: with these no excuse counts. */
const ours = /hpc-virtualization-testbed|testbed-/;
/** Modules that the testbed's settings load themselves, and unload. */
const ownModules = ["rdma_rxe", "vfio_pci", "macvtap"];

const rules: readonly Rule[] = [
  {
    section: "host",
    reason:
      "the running kernel still has it; the boot loader's files are as before, so the next boot has it not",
    fits: ({ key }, { bootFilesDiffer }) => key === "kernel-command-line" && !bootFilesDiffer,
  },
  {
    section: "host",
    reason: "another of the installed kernels was booted",
    fits: ({ key }, { rebooted }) => key === "kernel-release" && rebooted,
  },
  {
    section: "iommu",
    reason: "follows the running kernel's command line, which the next boot has as before",
    fits: (_change, { bootFilesDiffer }) => !bootFilesDiffer,
  },
  {
    section: "module",
    reason: "the kernel loads it by itself when something asks for it; a boot starts without",
    fits: ({ key, before }) => before === null && !ownModules.includes(key),
  },
  {
    section: "module",
    reason: "was loaded on demand before the reboot",
    fits: ({ after }, { rebooted }) => after === null && rebooted,
  },
  {
    section: "mac-address",
    reason: "a virtual function gets a random address whenever it is made",
    fits: ({ before, after }) => [before, after].every((value) => value?.endsWith(" virtual-function")),
  },
  {
    section: "mac-address",
    reason: "the kernel makes up the address of a virtual device at each boot",
    fits: ({ before, after }, { rebooted }) =>
      rebooted && [before, after].every((value) => value?.endsWith(" virtual")),
  },
  {
    section: "address",
    reason: "the network hands it out for a time",
    fits: ({ before, after }) => (after ?? before) === "dynamic",
  },
  {
    section: "digest",
    reason: "the node writes this file by itself",
    fits: ({ key }) =>
      /^\/(boot\/grub\/grubenv|etc\/(resolv\.conf|adjtime|mtab|ld\.so\.cache|\.updated))$/.test(key),
  },
  {
    section: "unit",
    reason: "libvirt and what it asks for are started on demand, and end by themselves or with the next boot",
    fits: ({ key, before, after }) =>
      /^(libvirtd|virt\w+d|systemd-machined|polkit)(-\w+)?\.(service|socket)$/.test(key) &&
      !isFailed(before) &&
      !isFailed(after),
  },
  {
    section: "file",
    reason: "libvirt makes folders and sockets of its own when it first runs",
    fits: ({ key, before, after }) =>
      before === null && /^[ds] /.test(after ?? "") && /^\/(etc|var\/lib)\/libvirt\//.test(key),
  },
  {
    section: "file",
    reason: "libvirt gives its own folders the owner of its configuration when it first runs",
    fits: ({ key, before, after }) =>
      key.startsWith("/var/lib/libvirt/") &&
      before?.startsWith("d ") === true &&
      withoutOwner(before) === withoutOwner(after ?? ""),
  },
  ...(["libvirt", "network", "mac-address", "address"] as const).map(
    (section): Rule => ({
      section,
      reason: "libvirt's own network, which it starts when it is first asked",
      fits: ({ key, before }) =>
        before === null && /^(virbr0\b|\/run\/libvirt\/network\/default\.xml$)/.test(key),
    }),
  ),
  {
    section: "unit-file",
    reason: "one of systemd's generators makes it, or not, at each boot",
    fits: ({ before, after }, { rebooted }) =>
      rebooted && [before, after].every((state) => state === null || state === "generated"),
  },
  {
    section: "unit",
    reason: "runs once, on a timer or on demand, so another boot finds it in another state",
    fits: ({ before, after }, { rebooted }) => rebooted && !isFailed(after) && !isFailed(before),
  },
];

/** Why a difference is none that the testbed left; null when it is. */
export function explain(change: Change, circumstances: Circumstances): string | null {
  if (ours.test(change.key)) return null;
  const rule = rules.find((one) => one.section === change.section && one.fits(change, circumstances));
  return rule?.reason ?? null;
}

/** A file as it was printed, "d 750 0:0", but for owner and group. */
function withoutOwner(file: string): string {
  return file.replace(/ \d+:\d+$/, "");
}

function isFailed(state: string | null): boolean {
  return state?.startsWith("failed") ?? false;
}
