/** Kernel arguments as words: which are in effect, which conflict, and which a host needs. Pure. */
import type { IommuHardware } from "../host/facts.ts";

/** What an argument must look like, so that it can stand in a boot loader's file unquoted. */
export const argumentPattern = /^[A-Za-z0-9_.-]+(=[A-Za-z0-9_.,:@/+-]*)?$/;

/** The part before `=`. The kernel takes dashes and underscores for the same (kernel-parameters.rst). */
export function argumentKey(argument: string): string {
  return (argument.split("=")[0] ?? "").replaceAll("-", "_");
}

/** Words of a command line with one of the keys of `wanted`, in their order. */
export function sameKeyed(commandLine: string, wanted: readonly string[]): string[] {
  const keys = new Set(wanted.map(argumentKey));
  return words(commandLine).filter((word) => keys.has(argumentKey(word)));
}

/**
 * The wanted arguments that a running kernel's command line puts in effect. For a key that stands there several times
 * the last words count, as many as are wanted of it.
 */
export function argumentsInEffect(commandLine: string, wanted: readonly string[]): string[] {
  return wanted.filter((argument) => {
    const wantedOfKey = sameKeyed(wanted.join(" "), [argument]);
    const found = sameKeyed(commandLine, [argument]).slice(-wantedOfKey.length);
    return found.join(" ") === wantedOfKey.join(" ");
  });
}

/**
 * The arguments that turn the IOMMU on and let the host's own DMA pass it by. `intel_iommu` is for Intel's only; AMD's is on
 * whenever the firmware shows it, and `amd_iommu=on` is no documented value (Linux admin-guide/kernel-parameters.txt).
 * The firmware's word counts and not the processor's vendor: an emulated machine may have an AMD processor and VT-d (seen).
 */
export function iommuArguments(hardware: IommuHardware): string[] {
  return hardware === "intel" ? ["intel_iommu=on", "iommu=pt"] : ["iommu=pt"];
}

/** The words of a command line. Words that quotes hold together are one. */
function words(commandLine: string): string[] {
  return commandLine.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
}
