/** Reads what virsh printed for observe.sh: the list of domains, and each guest's description. */
import { convert } from "xmlbuilder2";
import type { InventoryGuest } from "../../infra/inventory.ts";
import type { GuestState, NodeState } from "./node-state.ts";

/** States as virsh names them. One that is going down is still there; one that crashed runs nothing. */
const states: Readonly<Record<string, GuestState["state"]>> = {
  running: "running",
  idle: "running",
  "in shutdown": "running",
  pmsuspended: "running",
  paused: "paused",
  "shut off": "shut-off",
  crashed: "shut-off",
};

/**
 * What libvirt says of the guests. Pure. Devices are those of guests that run or are paused: what a guest that is shut off
 * would get at its next start is none of the adapter's holders.
 */
export function readLibvirt(
  text: string,
  guests: readonly InventoryGuest[],
): Pick<NodeState, "guests" | "libvirtFailure"> {
  const [list = "", ...descriptions] = text.split(/^=== /m);
  const listed = new Map<string, string>();
  for (const line of list.split("\n")) {
    const match = /^\s*(?:\d+|-)\s+(\S+)\s+(\S.*?)\s*$/.exec(line);
    if (match !== null) listed.set(match[1] ?? "", match[2] ?? "");
  }
  const xmlOf = new Map(
    descriptions.map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end).trim(), section.slice(end + 1)];
    }),
  );
  const answered = guests.length === 0 || /^\s*Id\s+Name\s+State/m.test(list);
  return {
    libvirtFailure: answered ? null : (list.trim().split("\n").at(-1) ?? ""),
    guests: guests.map(({ name, domain }) => {
      const said = listed.get(domain);
      const state = said === undefined ? "missing" : (states[said] ?? "running");
      const live = state === "running" || state === "paused";
      return { name, domain, state, ...devicesOf(live ? (xmlOf.get(domain) ?? "") : "") };
    }),
  };
}

type XmlNode = { readonly [name: string]: unknown };

/** The host's devices in a domain's description. */
function devicesOf(text: string): Pick<GuestState, "pciDevices" | "interfaces"> {
  const begin = text.indexOf("<domain");
  const end = text.lastIndexOf("</domain>");
  if (begin < 0 || end < 0) return { pciDevices: [], interfaces: [] };
  const document = convert(text.slice(begin, end + "</domain>".length), { format: "object" }) as XmlNode;
  const devices = child(child(document, "domain"), "devices");
  return {
    pciDevices: children(devices, "hostdev")
      .filter((device) => device["@type"] === "pci")
      .map((device) => pciAddressOf(child(child(device, "source"), "address"))),
    interfaces: children(devices, "interface")
      .filter((device) => device["@type"] === "direct")
      .map((device) => ({
        macAddress: String(child(device, "mac")["@address"]).toLowerCase(),
        networkDevice: String(child(device, "source")["@dev"]),
      })),
  };
}

/** Elements of a name: the library gives one as an object and several as an array. */
function children(node: XmlNode, name: string): XmlNode[] {
  const found = node[name];
  if (found === undefined || typeof found === "string") return [];
  return Array.isArray(found) ? (found as XmlNode[]) : [found as XmlNode];
}

function child(node: XmlNode, name: string): XmlNode {
  return children(node, name)[0] ?? {};
}

/** As the kernel writes it: libvirt writes each part as a hexadecimal number. */
function pciAddressOf(address: XmlNode): string {
  const part = (key: string, digits: number): string =>
    Number(address[`@${key}`] ?? 0)
      .toString(16)
      .padStart(digits, "0");
  return `${part("domain", 4)}:${part("bus", 2)}:${part("slot", 2)}.${part("function", 1)}`;
}
