/** The domains of guests as libvirt is given them: the provider's XML, and what the stylesheet makes of it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GuestDevices, renderGuestXslt } from "./guest-xslt.ts";

const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;
const sample = readFileSync(join(import.meta.dirname, "testdata", "provider-guest.xml"), "utf8");
/** The provider's XML for a cloud image under KVM: without a kernel of its own. */
const cloudSample = sample
  .replace('<domain type="qemu">', '<domain type="kvm">')
  .replaceAll(/^ +<(kernel|initrd|cmdline)>.*\n/gm, "");

const lean: GuestDevices = {
  accelerator: "tcg",
  managementPort: 24300,
  reachesOut: false,
  consolePath: "/var/log/libvirt/qemu/a{b}&c.console",
  sharedMemory: { name: "testbed-proto", sizeMib: 1 },
  pinnedCpus: [],
  numaNode: null,
  hugepageKib: null,
};
const pinned: GuestDevices = {
  ...lean,
  accelerator: "kvm",
  reachesOut: true,
  pinnedCpus: [4, 6],
  numaNode: 1,
  hugepageKib: 1_048_576,
};
const pciFunction = (bus: string, slot: string): string =>
  `<hostdev mode="subsystem" type="pci" managed="yes"><source><address domain="0x0000" bus="${bus}" slot="${slot}" function="0x0"/></source></hostdev>`;
/** What is plugged in while an environment is active. */
const devices = {
  none: "",
  virtualFunction: pciFunction("0x01", "0x10"),
  wholeAdapter: pciFunction("0x01", "0x00"),
  virtio:
    '<interface type="direct"><mac address="56:4e:28:00:00:00"/><source dev="fab0" mode="bridge"/><model type="virtio"/></interface>',
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "guest-xslt-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The domain with a device plugged in, as libvirt would show it. */
function domainXml(source: string, guest: GuestDevices, device: string): string {
  const stylesheet = join(folder, "guest.xsl");
  const input = join(folder, "provider.xml");
  writeFileSync(stylesheet, renderGuestXslt(guest));
  writeFileSync(input, source);
  const result = spawnSync("xsltproc", ["--nomkdir", "--nonet", stylesheet, input], { encoding: "utf8" });
  expect(result.stderr).toBe("");
  return result.stdout.replace("  </devices>", `${device === "" ? "" : `    ${device}\n`}  </devices>`);
}

describe.skipIf(!has("xsltproc"))("the domain of", () => {
  const domains = {
    "lean-tcg": () => domainXml(sample, lean, devices.none),
    "cloud-kvm-pinned": () => domainXml(cloudSample, pinned, devices.none),
    "vm-sriov": () => domainXml(sample, lean, devices.virtualFunction),
    "vm-passthrough": () => domainXml(sample, lean, devices.wholeAdapter),
    "vm-virtio": () => domainXml(sample, lean, devices.virtio),
  };

  test.each(Object.entries(domains))("%s is what it was seen to be", async (name, domain) => {
    await expect(domain()).toMatchFileSnapshot(`testdata/guest-${name}.golden.xml`);
  });

  test.skipIf(!has("virt-xml-validate")).each(Object.entries(domains))(
    "%s is one that libvirt's schema accepts",
    (name, domain) => {
      const file = join(folder, `${name}.xml`);
      writeFileSync(file, domain());
      const result = spawnSync("virt-xml-validate", [file, "domain"], { encoding: "utf8" });
      expect(result.stderr + result.stdout).toContain("validates");
    },
  );

  test("the project's own guest reaches nothing by its management device; a cloud image's guest may fetch packages", () => {
    expect(domains["lean-tcg"]()).toContain(
      'value="user,id=management,restrict=on,hostfwd=tcp:127.0.0.1:24300-:22"',
    );
    expect(domains["cloud-kvm-pinned"]()).not.toContain("restrict=on");
  });
});
