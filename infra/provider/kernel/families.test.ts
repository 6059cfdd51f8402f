/** Kernel arguments on every supported family: what would be done, held as golden files, and what update-grub would make of it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { familyFiles, familyNames } from "../fixtures/recorded-hosts.ts";
import { parseFacts } from "../host/facts.ts";
import { journalOf } from "../host/journal.ts";
import { settingNames } from "../host/names.ts";
import { kernelArguments } from "../settings/kernel-arguments.ts";
import { grubDropInPath, renderGrubDropIn } from "./grub-drop-in.ts";

const names = settingNames("dev", "kernel-arguments");
const inputs = { arguments: ["intel_iommu=on", "iommu=pt"], rebootTimeoutSeconds: 600 };

describe.each(familyNames)("kernel arguments on %s", (family) => {
  const files = familyFiles(family);
  const facts = parseFacts(files, ["eno1"]);

  test("are not there, are written, and are put back", async () => {
    expect(kernelArguments.refuse("n1", inputs, facts)).toEqual([]);
    const observed = kernelArguments.observe(inputs, files, names, facts);
    const changes = kernelArguments.compare(inputs, observed);
    expect(kernelArguments.reboot?.isDue(changes)).toBe(true);
    const before = kernelArguments.remember(inputs, files);
    const journal = journalOf(names, kernelArguments.writes(inputs, names), files, before);
    const context = { inputs, names, facts, files };
    const golden = {
      release: facts.release,
      bootLoader: facts.bootLoader,
      observed,
      apply: kernelArguments.apply(context, before),
      restore: kernelArguments.restore(context, before, journal),
    };
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(
      `../fixtures/families/${family}.kernel-arguments.golden.json`,
    );
  });
});

const folder = mkdtempSync(join(tmpdir(), "testbed-grub-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04"] as const)(
  "our drop-in comes after the cloud image's own on %s, and keeps what that sets",
  (family) => {
    const files = familyFiles(family);
    const dropIns = files.match(/^\/etc\/default\/grub\.d\/.*\.cfg$/).map(([path]) => path);
    expect(dropIns.map((path) => basename(path))).toContain("50-cloudimg-settings.cfg");
    const texts = new Map([...dropIns, "/etc/default/grub"].map((path) => [path, files.text(path) ?? ""]));
    texts.set(grubDropInPath(names), renderGrubDropIn(inputs.arguments));
    for (const [path, text] of texts) writeFileSync(join(folder, basename(path)), text);
    // As grub-mkconfig does: /etc/default/grub, then the drop-ins in the shell's order.
    const script = `. ./grub; for each in ./*.cfg; do . "$each"; done; printf '%s' "$GRUB_CMDLINE_LINUX_DEFAULT"`;
    const printed = execFileSync("sh", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect(printed).toBe("console=tty1 console=ttyS0 intel_iommu=on iommu=pt");
  },
);
