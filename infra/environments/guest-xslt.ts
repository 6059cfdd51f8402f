/**
 * The stylesheet that turns the libvirt provider's domain XML into a guest. The provider's schema (0.8.3) has no shared memory, no
 * pinning, no huge pages, no console file and no ports for hot-plugging, and adds devices that a guest has no use for.
 */
import {
  domainStylesheet,
  noMemoryBalloon,
  noUsb,
  resultAttribute,
  serialConsole,
} from "../domain-stylesheet.ts";

/** MAC address of every guest's management device: each is alone on its user-mode network. */
export const managementMac = "52:54:00:12:34:56";

export interface GuestDevices {
  readonly accelerator: "kvm" | "tcg";
  /** Port on 127.0.0.1 of the node that leads to the guest's port 22. */
  readonly managementPort: number;
  /** Whether the guest may reach the networks of its node by the management device; other networks are the fabric's. */
  readonly reachesOut: boolean;
  /** Absolute path, on the node, of the file that the serial console is written to. */
  readonly consolePath: string;
  readonly sharedMemory: { readonly name: string; readonly sizeMib: number };
  /** Processors of the node, in the order of the virtual processors; empty: any. */
  readonly pinnedCpus: readonly number[];
  readonly numaNode: number | null;
  /** Size of the huge pages that the guest's memory is of; null: of ordinary pages. */
  readonly hugepageKib: number | null;
}

/** Slot of the root bus, after those of disks; 0x1e has the management device. */
const sharedMemorySlot = 8;
/** Ports that a device can be plugged into while the guest runs; each costs a booting guest time. */
const hotPlugPorts = 3;

/** Where the guest's memory and processors are on the node. */
function renderPlacement({ pinnedCpus, numaNode, hugepageKib }: GuestDevices): string[] {
  const pins = pinnedCpus.map((cpu, index) => `<vcpupin vcpu="${index}" cpuset="${cpu}"/>`);
  return [
    hugepageKib === null
      ? ""
      : `<memoryBacking><hugepages><page size="${hugepageKib}" unit="KiB"/></hugepages><locked/></memoryBacking>`,
    pins.length === 0 ? "" : `<cputune>${pins.join("")}</cputune>`,
    numaNode === null ? "" : `<numatune><memory mode="strict" nodeset="${numaNode}"/></numatune>`,
  ].filter((text) => text !== "");
}

/** Where ports are listed, the root that they are on must be too. */
function renderPorts(): string[] {
  const ports = Array.from(
    { length: hotPlugPorts },
    (_, index) => `<controller type="pci" index="${index + 1}" model="pcie-root-port"/>`,
  );
  return ['<controller type="pci" index="0" model="pcie-root"/>', ...ports];
}

function renderSharedMemory({ name, sizeMib }: GuestDevices["sharedMemory"]): string {
  return `<shmem name="${resultAttribute(name)}"><model type="ivshmem-plain"/><size unit="M">${sizeMib}</size><address type="pci" domain="0x0000" bus="0x00" slot="0x0${sharedMemorySlot}" function="0x0"/></shmem>`;
}

/** Renders the stylesheet. Fabric devices are not in it: the runner plugs them in and out. */
export function renderGuestXslt(devices: GuestDevices): string {
  // Under emulation QEMU refuses the node's own processor, and `maximum` has all that it can emulate.
  const cpu =
    devices.accelerator === "kvm"
      ? '<cpu mode="host-passthrough" check="none" migratable="off"/>'
      : '<cpu mode="maximum" check="none"/>';
  const restriction = devices.reachesOut ? "" : "restrict=on,";
  const port = devices.managementPort;
  return domainStylesheet({
    features: "<features><acpi/><apic/></features>",
    cpu,
    devices: [
      ...renderPorts(),
      serialConsole(devices.consolePath, { append: "off" }),
      renderSharedMemory(devices.sharedMemory),
      noUsb,
      noMemoryBalloon,
    ],
    atEnd: [...renderPlacement(devices), "<on_crash>destroy</on_crash>"],
    // libvirt's own user-mode interface has no port forwarding. Only the node itself reaches the port.
    qemuWords: [
      "-netdev",
      `user,id=management,${restriction}hostfwd=tcp:127.0.0.1:${port}-:22`,
      "-device",
      `virtio-net-pci,netdev=management,mac=${managementMac},romfile=,bus=pcie.0,addr=0x1e`,
    ],
    templates: `
  <xsl:template match="/domain/on_crash|/domain/memoryBacking|/domain/cputune|/domain/numatune"/>
`,
  });
}
