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

/**
 * A stylesheet that keeps a domain as the provider gives it, but for what its parts say.
 * @param atEnd elements at the end of the domain, before the words for QEMU
 * @param qemuWords words of QEMU's command line that libvirt has no elements for
 * @param templates more templates
 */
export function domainStylesheet(atEnd: string, qemuWords: readonly string[], templates: string): string {
  const words = qemuWords.map((word) => `        <qemu:arg value="${resultAttribute(word)}"/>\n`);
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
${atEnd}      <qemu:commandline>
${words.join("")}      </qemu:commandline>
    </domain>
  </xsl:template>
${templates}</xsl:stylesheet>
`;
}
