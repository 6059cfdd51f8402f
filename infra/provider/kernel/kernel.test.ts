import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settingNames } from "../host/names.ts";
import { HostFiles } from "../host/snapshot.ts";
import { argumentPattern, argumentsInEffect, iommuArguments, sameKeyed } from "./arguments.ts";
import { bootLoaderVariant, entryCommandLines, grubCommandLines } from "./boot-loader.ts";
import { renderGrubDropIn } from "./grub-drop-in.ts";

const wanted = ["intel_iommu=on", "iommu=pt"];
const shell = existsSync("/bin/dash") ? "/bin/dash" : "/bin/sh";

/** What update-grub would make of /etc/default/grub followed by our drop-in. */
function readByShell(linux: string, standard: string, arguments_: readonly string[]): [string, string] {
  const script = `set -eu
GRUB_CMDLINE_LINUX=$1
GRUB_CMDLINE_LINUX_DEFAULT=$2
${renderGrubDropIn(arguments_)}
printf '%s\\n%s' "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"`;
  const printed = execFileSync(shell, ["-s", "--", linux, standard], { input: script, encoding: "utf8" });
  const [first = "", second = ""] = printed.split("\n");
  return [first, second];
}

describe("GRUB's drop-in, read by sh", () => {
  test("replaces what was set before for the same keys", () => {
    const [linux, standard] = readByShell("quiet iommu=soft", "intel_iommu=off splash", wanted);
    expect(linux).toBe("quiet");
    expect(standard).toBe("splash intel_iommu=on iommu=pt");
  });

  test("knows that the kernel reads dashes as underscores, and leaves longer names alone", () => {
    const [linux] = readByShell("intel-iommu=off iommu.strict=1 iommu_x=2 iommu", "", wanted);
    expect(linux).toBe("iommu.strict=1 iommu_x=2");
  });

  test("puts the arguments in effect, whatever stood there", () => {
    const word = fc.stringMatching(/^[a-z_*?]{1,8}(=[a-z0-9*?,:]{0,6})?$/);
    const line = fc
      .array(fc.oneof(word, fc.constantFrom("intel_iommu=off", "iommu=off", "iommu")))
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(line, line, (before, standard) => {
        const lines = readByShell(before, standard, wanted);
        const all = lines.join(" ").trim();
        expect(argumentsInEffect(all, wanted)).toEqual(wanted);
        expect(sameKeyed(all, wanted)).toEqual(wanted);
        const others = `${before} ${standard}`
          .split(" ")
          .filter((one) => one !== "" && sameKeyed(one, wanted).length === 0);
        expect(all.split(/\s+/).filter((one) => sameKeyed(one, wanted).length === 0)).toEqual(others);
      }),
      { numRuns: 40 },
    );
  });

  test("takes no argument that a shell would read otherwise", () => {
    expect(() => renderGrubDropIn(["a=$(reboot)"])).toThrow("not a plain kernel argument");
    for (const bad of ["a b", "x='1'", "", "=1", "a=`b`", 'a="b"']) expect(bad).not.toMatch(argumentPattern);
    for (const good of ["quiet", "console=ttyS0,115200", "pci=realloc=off".slice(0, 11)]) {
      expect(good).toMatch(argumentPattern);
    }
  });
});

describe("arguments in effect", () => {
  test.each([
    ["root=/dev/vda rw intel_iommu=on iommu=pt", wanted],
    ["intel_iommu=off intel_iommu=on", ["intel_iommu=on"]],
    ["intel_iommu=on intel_iommu=off iommu=pt", ["iommu=pt"]],
    ["root=/dev/vda", []],
  ])("on %j are %j", (commandLine, expected) => {
    expect(argumentsInEffect(commandLine, wanted)).toEqual(expected);
  });

  test("of a key that is wanted twice are both", () => {
    const consoles = ["console=tty0", "console=ttyS0"];
    expect(argumentsInEffect("console=tty0 console=ttyS0", consoles)).toEqual(consoles);
    expect(argumentsInEffect("console=ttyS0", consoles)).toEqual([]);
  });
});

test("the plan of arguments by IOMMU", () => {
  expect(iommuArguments("intel")).toEqual(wanted);
  expect(iommuArguments("amd")).toEqual(["iommu=pt"]);
});

describe("boot loaders", () => {
  const names = settingNames("dev", "kernel-arguments");

  test("recovery entries of grub.cfg don't count", () => {
    const configuration = `menuentry 'Debian' {
\tlinux\t/boot/vmlinuz-6.12 root=LABEL=root ro quiet
}
menuentry 'recovery' {
\tlinux\t/boot/vmlinuz-6.12 root=LABEL=root ro single
}`;
    expect(grubCommandLines(configuration)).toEqual(["root=LABEL=root ro quiet"]);
  });

  test("EL: entries with and without $kernelopts, and a grub.cfg without entries", () => {
    const entries = new HostFiles(
      new Map([
        ["/boot/loader/entries/a.conf", "title Rocky\noptions root=/dev/sda1 ro intel_iommu=on\n"],
        ["/boot/loader/entries/b.conf", "title RHEL\noptions $kernelopts $tuned_params\n"],
        ["/boot/grub2/grubenv", "# GRUB Environment Block\nkernelopts=root=/dev/sdb1 ro\n####\n"],
      ]),
    );
    expect(entryCommandLines(entries)).toEqual([
      "root=/dev/sda1 ro intel_iommu=on",
      "root=/dev/sdb1 ro $tuned_params",
    ]);
    const withoutEntries = new HostFiles(
      new Map([["/boot/grub2/grub.cfg", "\tlinux /vmlinuz-4.18 root=/dev/sda1 ro iommu=pt\n"]]),
    );
    expect(entryCommandLines(withoutEntries)).toEqual(["root=/dev/sda1 ro iommu=pt"]);
  });

  test("grubby replaces, puts back what is no longer wanted, and restores", () => {
    const grubby = bootLoaderVariant("grubby");
    expect(grubby?.write(names, wanted, ["nosmt", "iommu=pt"], ["intel_iommu=off", "nosmt=force"])).toEqual([
      {
        kind: "run",
        command: [
          "grubby",
          "--update-kernel=ALL",
          "--remove-args=nosmt intel_iommu=off nosmt=force",
          "--args=intel_iommu=on iommu=pt nosmt=force",
        ],
      },
    ]);
    expect(grubby?.restore(names, wanted, ["intel_iommu=off"], [])).toEqual([
      {
        kind: "run",
        command: [
          "grubby",
          "--update-kernel=ALL",
          "--remove-args=intel_iommu=on iommu=pt",
          "--args=intel_iommu=off",
        ],
      },
    ]);
  });

  test("an unknown one has no variant", () => {
    expect(bootLoaderVariant("unknown")).toBeNull();
  });
});
