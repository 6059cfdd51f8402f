/**
 * The stylesheet that turns the libvirt provider's domain XML into an emulated node. The provider's schema (0.8.3) has no IOMMU,
 * no igb, no console file and no choice of disk bus, and adds graphics that Debian's QEMU refuses.
 */

export interface DomainDevices {
  /** `tcg` lets every feature of QEMU's CPU be seen; `kvm` gives the host's. */
  readonly accelerator: "kvm" | "tcg";
  /** Port on 127.0.0.1 of this machine that leads to the node's port 22. */
  readonly managementPort: number;
  /** Absolute path of the file that the serial console is written to. */
  readonly consolePath: string;
  readonly memoryMib: number;
}

/** Most memory that q35 has below 4 GiB (hw/i386/pc_q35.c: 2 GiB, when there is more than fits below its PCI hole). */
const lowMemoryMib = 2048;

/** Slot of the first disk on the root bus; those below are libvirt's for the chipset. */
const firstDiskSlot = 4;

/** Escapes text for an XML attribute value. */
function attribute(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Renders the stylesheet. */
export function renderDomainXslt(devices: DomainDevices): string {
  const cpu = devices.accelerator === "kvm" ? "host-passthrough" : "maximum";
  // In an XSLT attribute braces would begin an expression.
  const consolePath = attribute(devices.consolePath).replaceAll("{", "{{").replaceAll("}", "}}");
  const port = devices.managementPort;
  // QEMU 10.0 before 10.0.13 loses the upper half of the addresses of an igb's virtual functions. Firmware puts them above 4 GiB
  // unless the processor has no such addresses and there is no window for them; that fits where all memory is below.
  const isLow = devices.memoryMib <= lowMemoryMib;
  const addressBits = isLow ? '<maxphysaddr mode="emulate" bits="32"/>' : "";
  const noHighWindow = isLow
    ? `
        <qemu:arg value="-fw_cfg"/>
        <qemu:arg value="name=opt/ovmf/X-PciMmio64Mb,string=0"/>`
    : "";
  const root = isLow
    ? '<controller type="pci" index="0" model="pcie-root"><pcihole64 unit="KiB">0</pcihole64></controller>'
    : '<controller type="pci" index="0" model="pcie-root"/>';
  return `<?xml version="1.0"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <xsl:output method="xml" omit-xml-declaration="yes" indent="yes"/>
  <xsl:strip-space elements="*"/>

  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
  </xsl:template>

  <xsl:template match="/domain">
    <domain>
      <xsl:apply-templates select="@*"/>
      <xsl:apply-templates select="node()[not(self::qemu:commandline)]"/>
      <!-- libvirt's own user-mode interface has no port forwarding. Management reaches the loopback address only. -->
      <qemu:commandline>
        <qemu:arg value="-netdev"/>
        <qemu:arg value="user,id=mgmt,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22"/>
        <qemu:arg value="-device"/>
        <qemu:arg value="virtio-net-pci,netdev=mgmt,romfile=,addr=0x10"/>${noHighWindow}
      </qemu:commandline>
    </domain>
  </xsl:template>

  <!-- QEMU's interrupt controller: the IOMMU's interrupt remapping needs it under KVM. -->
  <xsl:template match="/domain/features">
    <features><acpi/><apic/><ioapic driver="qemu"/></features>
  </xsl:template>

  <xsl:template match="/domain/cpu">
    <cpu mode="${cpu}" check="none">${addressBits}</cpu>
  </xsl:template>

  <xsl:template match="/domain/devices">
    <devices>
      <xsl:apply-templates select="@*|node()"/>
      <serial type="file">
        <source path="${consolePath}"/>
        <target port="0"/>
      </serial>
      <controller type="usb" model="none"/>
      ${root}
      <memballoon model="none"/>
      <iommu model="intel">
        <driver intremap="on" caching_mode="on" iotlb="on"/>
      </iommu>
    </devices>
  </xsl:template>

  <xsl:template match="/domain/devices/graphics|/domain/devices/video|/domain/devices/audio|/domain/devices/channel|/domain/devices/console|/domain/devices/serial|/domain/devices/memballoon|/domain/devices/rng"/>

  <!-- On the root bus: each root port that libvirt would add costs the firmware time under emulation. -->
  <xsl:template match="/domain/devices/disk/target">
    <target dev="{@dev}" bus="{@bus}"/>
    <address type="pci" domain="0x0000" bus="0x00" slot="0x0{${firstDiskSlot} + count(../preceding-sibling::disk)}" function="0x0"/>
  </xsl:template>

  <!-- A node's disk can be made again from its image: no flush is worth waiting for. -->
  <xsl:template match="/domain/devices/disk/driver">
    <driver name="qemu" type="{@type}" cache="unsafe"/>
  </xsl:template>

  <xsl:template match="/domain/devices/interface/model">
    <model type="igb"/>
    <rom enabled="no"/>
  </xsl:template>
</xsl:stylesheet>
`;
}
