/** Looks at a node: runs observe.sh there and reads what it prints. */
import type { Inventory, InventoryGuest, InventoryNode } from "../../infra/inventory.ts";
import { projectName } from "../../infra/paths.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { ActivationError } from "./activation.ts";
import { readLibvirt } from "./libvirt-text.ts";
import { type NetworkDevice, type NodeState, nodeStateSchema } from "./node-state.ts";
import { observeScript } from "./scripts.ts";

/** The first call of virsh may have to start libvirt. */
const observeTimeoutMs = 180_000;
/** IFF_UP is read by the script; these are ARPHRD_ETHER and ARPHRD_INFINIBAND of if_arp.h. */
const linkLayers: Readonly<Record<string, NetworkDevice["linkLayer"]>> = {
  "1": "ethernet",
  "32": "infiniband",
};

/** The file on a node that keeps what its adapter's network device was like while the adapter is away. */
export function memoryFile(stack: string): string {
  return `/run/${projectName}/${stack}/adapter-network`;
}

/** What a node is like now. Throws RemoteError when it can't be reached, ActivationError when it can't be looked at. */
export async function observeNode(
  remote: Remote,
  node: InventoryNode,
  inventory: Pick<Inventory, "stack">,
): Promise<NodeState> {
  const strange = node.guests.find(({ domain }) => !/^[\w.+-]+$/.test(domain));
  if (strange !== undefined) {
    throw new ActivationError(
      `the inventory names a guest's domain "${strange.domain}"; right would be letters, digits, . _ + -`,
    );
  }
  const words = [
    node.adapter.pciAddress,
    memoryFile(inventory.stack),
    ...node.guests.map(({ domain }) => domain),
  ];
  const result = await remote.script(observeScript, words, { timeoutMs: observeTimeoutMs });
  if (result.exitCode !== 0) {
    const said = result.stderr.trim().split("\n").at(-1) ?? "";
    throw new ActivationError(
      `${remote.description} can't be looked at${result.timedOut ? ` in ${observeTimeoutMs / 1000} s` : ""}${said === "" ? "" : `: ${said}`}`,
    );
  }
  return parseNodeState(result.stdout, node);
}

/** Reads what observe.sh printed. Pure. Throws a ZodError when it is not that. */
export function parseNodeState(
  text: string,
  node: { readonly adapter: { readonly pciAddress: string }; readonly guests: readonly InventoryGuest[] },
): NodeState {
  const [ownText = "", libvirtText = ""] = text.split(/^libvirt\n/m, 2);
  const rows = ownText
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim().split(/\s+/));
  const valuesOf = (key: string): string[][] =>
    rows.filter((row) => row[0] === key).map((row) => row.slice(1));
  const numberOf = (key: string): number => Number(valuesOf(key)[0]?.[0] ?? 0);
  const addresses = valuesOf("address").map(([, device = "", , address = "", ...rest]) => ({
    device: device.split("@")[0] ?? device,
    address,
    global: rest.includes("global"),
  }));

  const functionAt = (pciAddress: string) => {
    const own = (key: string): string[][] =>
      valuesOf(key)
        .filter(([owner]) => owner === pciAddress)
        .map((row) => row.slice(1));
    const group = own("group")[0];
    return {
      pciAddress,
      driver: own("driver")[0]?.[0] ?? null,
      networkDevices: own("network").map(([name, up, mtu, mac = "", type = ""]) => ({
        name,
        up: up === "1",
        mtuBytes: Number(mtu),
        macAddress: mac.toLowerCase(),
        linkLayer: linkLayers[type] ?? "other",
        addresses: addresses
          .filter(({ device, global }) => global && device === name)
          .map((row) => row.address),
      })),
      rdmaDevices: own("rdma").map(([name]) => name),
      iommuGroup:
        group === undefined
          ? null
          : {
              number: Number(group[0]),
              type: group[1],
              others: own("member")
                .filter(([member]) => member !== pciAddress)
                .map(([member, pciClass]) => ({ pciAddress: member, pciClass })),
            },
    };
  };

  const links = valuesOf("link").map((words) => words.join(" "));
  const macOf = (index: number): string | null => {
    // "vf 0 link/ether 52:54:…" of today's iproute2, "vf 0 MAC 52:54:…," of CentOS 7's.
    const pattern = new RegExp(`^vf ${index} +(?:link/ether|MAC) ([0-9a-fA-F:]{17})`);
    return (
      links
        .map((line) => pattern.exec(line)?.[1])
        .find((mac) => mac !== undefined)
        ?.toLowerCase() ?? null
    );
  };
  const virtual = valuesOf("virtual")
    .map(([index, pciAddress = ""]) => ({ index: Number(index), pciAddress }))
    .toSorted((left, right) => left.index - right.index);
  const adapterAddress = valuesOf("adapter")[0]?.[0];
  const remembered = new Map(valuesOf("remembered").map(([key = "", value]) => [key, value]));
  const functions =
    adapterAddress === undefined ? [] : [adapterAddress, ...virtual.map((vf) => vf.pciAddress)];
  const softRoceLinks = valuesOf("soft").map(([rdmaDevice, networkDevice]) => ({
    rdmaDevice,
    networkDevice,
  }));

  return nodeStateSchema.parse({
    adapter:
      adapterAddress === undefined
        ? null
        : {
            ...functionAt(adapterAddress),
            virtualFunctionCount: numberOf("sriov_numvfs"),
            virtualFunctionTotal: numberOf("sriov_totalvfs"),
            autoprobe: numberOf("sriov_drivers_autoprobe") === 1,
            virtualFunctions: virtual.map(({ index, pciAddress }) => ({
              index,
              ...functionAt(pciAddress),
              macAddress: macOf(index),
            })),
          },
    softRoceLinks,
    managementDevices: managementDevices(
      addresses.filter(({ address }) => address.split("/")[0] === valuesOf("management")[0]?.[0]),
      valuesOf("lower"),
    ),
    remembered:
      remembered.size === 0
        ? null
        : {
            networkDevice: remembered.get("device"),
            macAddress: remembered.get("mac"),
            mtuBytes: Number(remembered.get("mtu")),
            up: remembered.get("up") === "1",
            addresses: valuesOf("remembered").flatMap(([key, value]) => (key === "address" ? [value] : [])),
          },
    holders: holdersAmong(valuesOf, functions, softRoceLinks, node.guests),
    ...readLibvirt(libvirtText, node.guests),
  });
}

/** The devices that carry the address we came by, and what those are made of (bridges, bonds, VLANs). */
function managementDevices(
  carriers: readonly { readonly device: string }[],
  lower: readonly string[][],
): string[] {
  const found = new Set(carriers.map(({ device }) => device));
  // A set that grows while it is walked is walked to its end.
  for (const device of found) {
    for (const [upper, below = ""] of lower) if (upper === device) found.add(below);
  }
  return [...found];
}

/** Programs that have the adapter's RDMA devices or its VFIO groups open, the guests' own machines left out. */
function holdersAmong(
  valuesOf: (key: string) => string[][],
  functions: readonly string[],
  softRoceLinks: readonly {
    readonly rdmaDevice?: string | undefined;
    readonly networkDevice?: string | undefined;
  }[],
  guests: readonly InventoryGuest[],
) {
  const ofFunctions = (key: string): string[] =>
    valuesOf(key).flatMap(([owner = "", name = ""]) => (functions.includes(owner) ? [name] : []));
  const networks = ofFunctions("network");
  const rdmaDevices = new Set([
    ...ofFunctions("rdma"),
    ...softRoceLinks.flatMap(({ rdmaDevice = "", networkDevice = "" }) =>
      networks.includes(networkDevice) ? [rdmaDevice] : [],
    ),
  ]);
  const files = new Set([
    ...ofFunctions("group").map((group) => `/dev/vfio/${group}`),
    ...ofFunctions("vfio").map((device) => `/dev/vfio/devices/${device}`),
    ...valuesOf("verbs").flatMap(([name, rdma = ""]) =>
      rdmaDevices.has(rdma) ? [`/dev/infiniband/${name}`] : [],
    ),
  ]);
  const ours = new Set(guests.length === 0 ? [] : valuesOf("guest-process").map(([process]) => process));
  const holders = new Map<string, { processId: number; program: string; device: string }>();
  for (const [process = "", device = "", ...program] of valuesOf("open")) {
    if (files.has(device) && !ours.has(process)) {
      holders.set(`${process} ${device}`, { processId: Number(process), program: program.join(" "), device });
    }
  }
  return [...holders.values()];
}
