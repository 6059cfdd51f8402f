/** What the stylesheets of nodes and guests have in common: both turn the libvirt provider's domain XML into what its schema lacks. */

/** Escapes text for an XML attribute value. */
function attribute(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Escapes text for an attribute of the stylesheet's result: there braces would begin an expression. */
export function resultAttribute(text: string): string {
  return attribute(text).replaceAll("{", "{{").replaceAll("}", "}}");
}

/** A serial console that is written to a file. */
export function serialConsole(path: string, { append }: { readonly append?: "off" } = {}): string {
  const mode = append === undefined ? "" : ` append="${append}"`;
  return `<serial type="file"><source path="${resultAttribute(path)}"${mode}/><target port="0"/></serial>`;
}

/** Where libvirt would add a device by itself, that there shall be none. */
export const noUsb = '<controller type="usb" model="none"/>';
export const noMemoryBalloon = '<memballoon model="none"/>';

/** Slot of the first disk on the root bus; those below are libvirt's for the chipset and for ports. */
const firstDiskSlot = 4;

/** Devices that the provider or libvirt add, and that nobody has a use for, or that are declared anew. */
const droppedDevices = [
  "graphics",
  "video",
  "audio",
  "channel",
  "console",
  "serial",
  "memballoon",
  "rng",
].map((name) => `/domain/devices/${name}`);

/** How a domain differs from what the provider makes of its declaration; each part is XML. */
export interface DomainParts {
  /** In place of the provider's element `features`. */
  readonly features: string;
  /** In place of the provider's element `cpu`. */
  readonly cpu: string;
  /** After the provider's devices, in this order. */
  readonly devices: readonly string[];
  /** Elements at the end of the domain, before the words for QEMU. */
  readonly atEnd?: readonly string[];
  /** Words of QEMU's command line that libvirt has no elements for. */
  readonly qemuWords: readonly string[];
  /** More templates. */
  readonly templates: string;
}

/** Renders a stylesheet that keeps a domain as the provider gives it, but for what its parts say. */
export function domainStylesheet(parts: DomainParts): string {
  const { features, cpu, devices, atEnd = [], qemuWords, templates } = parts;
  const indented = (elements: readonly string[], depth: number): string =>
    elements.map((element) => `${" ".repeat(depth)}${element}\n`).join("");
  const words = qemuWords.map((word) => `<qemu:arg value="${resultAttribute(word)}"/>`);
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
${indented(atEnd, 6)}      <qemu:commandline>
${indented(words, 8)}      </qemu:commandline>
    </domain>
  </xsl:template>

  <xsl:template match="/domain/features">
    ${features}
  </xsl:template>

  <xsl:template match="/domain/cpu">
    ${cpu}
  </xsl:template>

  <xsl:template match="/domain/devices">
    <devices>
      <xsl:apply-templates select="@*|node()"/>
${indented(devices, 6)}    </devices>
  </xsl:template>

  <xsl:template match="${droppedDevices.join("|")}"/>

  <!-- On the root bus: ports stay free for what is plugged in, and each that libvirt would add costs the firmware time under emulation. -->
  <xsl:template match="/domain/devices/disk/target">
    <target dev="{@dev}" bus="{@bus}"/>
    <address type="pci" domain="0x0000" bus="0x00" slot="0x0{${firstDiskSlot} + count(../preceding-sibling::disk)}" function="0x0"/>
  </xsl:template>

  <!-- A disk can be made again from its image: no flush is worth waiting for. -->
  <xsl:template match="/domain/devices/disk/driver">
    <driver name="qemu" type="{@type}" cache="unsafe"/>
  </xsl:template>
${templates}</xsl:stylesheet>
`;
}
