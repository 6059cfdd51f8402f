/** Our file in /etc/default/grub.d, for Debian's update-grub. */
import { projectName } from "../../paths.ts";
import type { SettingNames } from "../host/names.ts";
import { argumentKey, argumentPattern } from "./arguments.ts";

/** Named to be read after `50-cloudimg-settings.cfg`, which would override what is set before it. */
export function grubDropInPath(names: SettingNames): string {
  return `/etc/default/grub.d/zz-${projectName}-${names.stack}.cfg`;
}

/**
 * The drop-in's text. update-grub reads it with sh, not bash, after /etc/default/grub and earlier drop-ins; it drops what
 * they set for the same keys and adds the wanted arguments. Pure.
 * @throws Error for an argument that could not stand there unquoted
 */
export function renderGrubDropIn(wanted: readonly string[]): string {
  for (const argument of wanted) {
    if (!argumentPattern.test(argument)) throw new Error(`not a plain kernel argument: ${argument}`);
  }
  // The kernel takes "intel-iommu" and "intel_iommu" for the same: so does the pattern.
  const keys = [...new Set(wanted.map((argument) => argumentKey(argument).replaceAll("_", "[_-]")))];
  const patterns = keys.map((key) => `${key} | ${key}=*`).join(" | ");
  return `# Written by ${projectName}; goes when the stack is destroyed. Read by sh.
testbed_without_conflicts() {
  testbed_kept=
  set -f
  for testbed_word in $1; do
    case $testbed_word in
    ${patterns}) ;;
    *) testbed_kept="$testbed_kept $testbed_word" ;;
    esac
  done
  set +f
  testbed_kept=\${testbed_kept# }
}
testbed_without_conflicts "\${GRUB_CMDLINE_LINUX-}"
GRUB_CMDLINE_LINUX=$testbed_kept
testbed_without_conflicts "\${GRUB_CMDLINE_LINUX_DEFAULT-}"
GRUB_CMDLINE_LINUX_DEFAULT="\${testbed_kept:+$testbed_kept }${wanted.join(" ")}"
`;
}
