/** What observe.sh would print on a simulated node. */
import { type NodeModel, networkAtHome, pciAddressOf, type SimulatedNetwork } from "./simulated-node.ts";

/** @param extra further lines, before those of libvirt */
export function observationOf(node: NodeModel, extra: readonly string[] = []): string {
  const networks: SimulatedNetwork[] = [];
  const functionLines = (
    index: number,
    driver: string | null,
    network: SimulatedNetwork | null,
  ): string[] => {
    const address = pciAddressOf(index);
    if (network !== null) networks.push(network);
    return [
      ...(driver === null ? [] : [`driver ${address} ${driver}`]),
      ...(network === null
        ? []
        : [
            `network ${address} ${network.name} ${network.up ? 1 : 0} ${network.mtuBytes} ${network.macAddress} 1`,
          ]),
      `group ${address} ${20 + index} identity`,
      `member ${address} ${address} 0x020000`,
    ];
  };
  const { adapter, remembered } = node;
  const virtual = node.virtualFunctions.flatMap(({ driver, network }, index) => [
    `virtual ${index} ${pciAddressOf(index)}`,
    ...functionLines(index, driver, network),
  ]);
  const lines = [
    `adapter ${pciAddressOf(-1)}`,
    ...functionLines(-1, adapter.driver, adapter.network),
    `sriov_numvfs ${node.virtualFunctions.length}`,
    "sriov_totalvfs 7",
    `sriov_drivers_autoprobe ${node.autoprobe ? 1 : 0}`,
    ...virtual,
    ...(adapter.network === null
      ? []
      : node.virtualFunctions.map(
          ({ macAddress }, index) =>
            `link vf ${index}     link/ether ${macAddress} brd ff:ff:ff:ff:ff:ff, spoof checking on, link-state auto, trust off`,
        )),
    "address 1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever",
    "address 2: mgmt0    inet 10.0.2.15/24 brd 10.0.2.255 scope global dynamic mgmt0\\       valid_lft 86000sec",
    ...networks.flatMap(({ name, addresses }, index) => [
      ...addresses.map(
        (address) =>
          `address ${index + 3}: ${name}    inet${address.includes(":") ? "6" : ""} ${address} scope global ${name}\\       valid_lft forever`,
      ),
      `address ${index + 3}: ${name}    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever`,
    ]),
    "management 10.0.2.15",
    ...[...node.softRoce].map(([rdma, parent]) => `soft ${rdma} ${parent}`),
    ...[...node.softRoce.keys()].map((rdma, index) => `verbs uverbs${index} ${rdma}`),
    ...(remembered === null
      ? []
      : [
          `remembered device ${remembered.name}`,
          `remembered mac ${remembered.macAddress}`,
          `remembered mtu ${remembered.mtuBytes}`,
          `remembered up ${remembered.up ? 1 : 0}`,
          ...remembered.addresses.map((address) => `remembered address ${address}`),
        ]),
    ...extra,
    "libvirt",
    ...libvirtLines(node),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function libvirtLines({ guests, adapter }: NodeModel): string[] {
  const network = adapter.network?.name ?? networkAtHome().name;
  return [
    " Id   Name   State",
    "----------------------",
    ...guests.flatMap(({ domain, state }, index) =>
      state === "missing"
        ? []
        : [` ${state === "shut-off" ? "-" : index + 1}    ${domain}    ${state.replace("-", " ")}`],
    ),
    "",
    ...guests.flatMap(({ domain, state, functions, interfaces }) => [
      `=== ${domain}`,
      ...(state === "missing"
        ? [`error: failed to get domain '${domain}'`]
        : [
            "<domain type='qemu' id='1' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>",
            `  <name>${domain}</name>`,
            "  <devices>",
            "    <controller type='pci' index='0' model='pcie-root'/>",
            ...functions.map((index) => hostdev(pciAddressOf(index))),
            ...interfaces.map(
              (mac) =>
                `    <interface type='direct'><mac address='${mac}'/><source dev='${network}' mode='bridge'/><model type='virtio'/></interface>`,
            ),
            "  </devices>",
            "  <qemu:commandline><qemu:arg value='-netdev'/></qemu:commandline>",
            "</domain>",
          ]),
      "",
    ]),
  ];
}

function hostdev(address: string): string {
  const [domain = "", bus = "", slot = "", number = ""] = address.split(/[:.]/);
  return (
    "    <hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/><source>" +
    `<address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${number}'/></source>` +
    "<alias name='hostdev0'/><address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/></hostdev>"
  );
}
