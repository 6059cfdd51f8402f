import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderDomainXslt } from "./domain-xslt.ts";

const sample = join(import.meta.dirname, "testdata", "provider-domain.xml");
const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "domain-xslt-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function transform(accelerator: "kvm" | "tcg", memoryMib = 2000): string {
  const stylesheet = join(folder, `${accelerator}.xsl`);
  const consolePath = "/var/log/libvirt/qemu/a{b}&c.console";
  writeFileSync(stylesheet, renderDomainXslt({ accelerator, managementPort: 24201, consolePath, memoryMib }));
  const result = spawnSync("xsltproc", ["--nomkdir", "--nonet", stylesheet, sample], { encoding: "utf8" });
  expect(result.stderr).toBe("");
  return result.stdout;
}

test.skipIf(!has("xsltproc"))("turns the provider's XML into the node's", async () => {
  await expect(transform("tcg")).toMatchFileSnapshot("testdata/node-domain.golden.xml");
});

test.skipIf(!has("xsltproc") || !has("virt-xml-validate"))("gives XML that libvirt's schema accepts", () => {
  const file = join(folder, "domain.xml");
  writeFileSync(file, transform("kvm"));
  const result = spawnSync("virt-xml-validate", [file, "domain"], { encoding: "utf8" });
  expect(result.stderr + result.stdout).toContain("validates");
});

test.skipIf(!has("xsltproc"))(
  "virtual functions lie below 4 GiB (QEMU 10.0.2 loses the upper half of their addresses), where all memory does",
  () => {
    for (const part of ['bits="32"', "<pcihole64", "X-PciMmio64Mb,string=0"]) {
      expect(transform("tcg", 2048)).toContain(part);
      expect(transform("tcg", 4096)).not.toContain(part);
    }
  },
);
