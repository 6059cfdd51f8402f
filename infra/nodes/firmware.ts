/** The UEFI firmware files that this machine has for QEMU. */
import { existsSync } from "node:fs";
import { join } from "node:path";

export interface Firmware {
  /** Absolute path of the read-only code. */
  readonly code: string;
  /** Absolute path of the template that each node's variable store is copied from. */
  readonly variables: string;
}

/** Pairs of Debian and Ubuntu, then of Fedora and EL, the best first. Without secure boot: nodes boot their own loader. */
const candidates: readonly (readonly [folder: string, code: string, variables: string])[] = [
  ["/usr/share/OVMF", "OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"],
  ["/usr/share/OVMF", "OVMF_CODE.fd", "OVMF_VARS.fd"],
  ["/usr/share/edk2/ovmf", "OVMF_CODE.fd", "OVMF_VARS.fd"],
];

/** The first pair that is complete. Throws a sentence that names what to install. */
export function findFirmware(exists: (path: string) => boolean = existsSync): Firmware {
  for (const [folder, codeName, variablesName] of candidates) {
    const code = join(folder, codeName);
    const variables = join(folder, variablesName);
    if (exists(code) && exists(variables)) return { code, variables };
  }
  throw new Error("emulated nodes boot by UEFI and no OVMF firmware was found: apt-get install ovmf");
}
