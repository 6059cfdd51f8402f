/**
 * The stylesheet that turns the libvirt provider's domain XML into an emulated node. The provider's schema (0.8.3) has no IOMMU,
 * no igb, no console file and no choice of disk bus, and adds graphics that Debian's QEMU refuses.
 */
import { domainStylesheet, noMemoryBalloon, noUsb, serialConsole } from "../domain-stylesheet.ts";

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

/** Renders the stylesheet. */
export function renderDomainXslt(devices: DomainDevices): string {
  const cpu = devices.accelerator === "kvm" ? "host-passthrough" : "maximum";
  const port = devices.managementPort;
  // QEMU 10.0 before 10.0.13 loses the upper half of the addresses of an igb's virtual functions. Firmware puts them above 4 GiB
  // unless the processor has no such addresses and there is no window for them; that fits where all memory is below.
  const isLow = devices.memoryMib <= lowMemoryMib;
  const addressBits = isLow ? '<maxphysaddr mode="emulate" bits="32"/>' : "";
  const noHighWindow = isLow ? ["-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=0"] : [];
  const root = isLow
    ? '<controller type="pci" index="0" model="pcie-root"><pcihole64 unit="KiB">0</pcihole64></controller>'
    : '<controller type="pci" index="0" model="pcie-root"/>';
  // libvirt's own user-mode interface has no port forwarding. Management reaches the loopback address only.
  const management = [
    "-netdev",
    `user,id=mgmt,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`,
    "-device",
    "virtio-net-pci,netdev=mgmt,romfile=,addr=0x10",
  ];
  return domainStylesheet({
    // QEMU's own interrupt controller: the IOMMU's interrupt remapping needs it under KVM.
    features: '<features><acpi/><apic/><ioapic driver="qemu"/></features>',
    cpu: `<cpu mode="${cpu}" check="none">${addressBits}</cpu>`,
    devices: [
      serialConsole(devices.consolePath),
      noUsb,
      root,
      noMemoryBalloon,
      '<iommu model="intel"><driver intremap="on" caching_mode="on" iotlb="on"/></iommu>',
    ],
    qemuWords: [...management, ...noHighWindow],
    templates: `
  <xsl:template match="/domain/devices/interface/model">
    <model type="igb"/>
    <rom enabled="no"/>
  </xsl:template>
`,
  });
}
