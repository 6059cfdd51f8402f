/**
 * Virtual functions of InfiniBand adapters (mlx5): each needs a GUID, which is zero at first, and a port that follows the adapter's. In
 * sysfs where NVIDIA's drivers have it (`sriov/N/{node,port,policy}`), else by `ip link` (Linux drivers/infiniband/hw/mlx5/ib_virt.c).
 * mlx4 gives its virtual functions GUIDs by itself, and they share the adapter's LID.
 */
import * as z from "zod";
import { devicePath } from "../host/pci.ts";
import { type HostFiles, outputOf, type SnapshotRequest } from "../host/snapshot.ts";

const bytesInGuid = 8;
/** First byte of an EUI-64: set for one that no manufacturer gave out, and for a group. */
const localBit = 0x02;
const groupBit = 0x01;
/** The middle bytes, which are filler in NVIDIA's GUIDs (`03:00` or `ff:fe`). */
const fillerByte = 3;

/** What `ip -j -d link show` tells of virtual functions (iproute2 ip/ipaddress.c, from 5.5 on). */
const linksSchema = z.array(
  z.object({
    ifname: z.string().optional(),
    vfinfo_list: z
      .array(
        z.object({
          vf: z.int(),
          "node guid": z.string().optional(),
          "port guid": z.string().optional(),
          link_state: z.string().optional(),
        }),
      )
      .optional(),
  }),
);
const showLinks = ["ip", "-j", "-d", "link", "show"] as const;

/** A port of the adapter and the subnet manager that it knows. */
export interface InfinibandPort {
  readonly rdmaDevice: string;
  /** As in `4: ACTIVE`. */
  readonly state: string;
  readonly lid: number;
  readonly subnetManagerLid: number;
}

/** What must be read for the functions below. */
export function infinibandRequests(pciAddress: string): SnapshotRequest[] {
  const device = devicePath(pciAddress);
  return [
    `content:${device}/infiniband/*/node_guid`,
    `content:${device}/infiniband/*/ports/1/state`,
    `content:${device}/infiniband/*/ports/1/lid`,
    `content:${device}/infiniband/*/ports/1/sm_lid`,
    `content:${device}/sriov/*/node`,
    `content:${device}/sriov/*/port`,
    `content:${device}/sriov/*/policy`,
    "content:/etc/opensm/opensm.conf",
    outputOf(...showLinks),
  ];
}

/**
 * GUIDs for virtual functions, made of the adapter's own: the filler bytes count from 1 on and the first byte says that nobody gave
 * them out. So they are unlike on every adapter, and the same after every boot.
 * @param adapterGuid as sysfs has it, `b83f:d203:0045:abcd`
 * @returns as `ba:3f:d2:00:01:45:ab:cd`; none for a text that is no GUID
 */
export function functionGuids(adapterGuid: string, count: number): string[] {
  const digits = adapterGuid.replaceAll(":", "");
  if (!/^[0-9a-f]{16}$/.test(digits)) return [];
  const own = Array.from({ length: bytesInGuid }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
  return Array.from({ length: count }, (_, index) => {
    const bytes = [...own];
    bytes[0] = ((own[0] ?? 0) | localBit) & ~groupBit;
    bytes[fillerByte] = (index + 1) >> 8;
    bytes[fillerByte + 1] = (index + 1) & 0xff;
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  });
}

/** The GUIDs that the virtual functions of an adapter are to have; none while its RDMA device is not there. */
export function wantedGuids(files: HostFiles, pciAddress: string, count: number): string[] {
  const [found] = files.match(new RegExp(`^${devicePath(pciAddress)}/infiniband/[^/]+/node_guid$`));
  return found === undefined ? [] : functionGuids(files.value(found[0]) ?? "", count);
}

/** Whether every virtual function has its GUIDs and follows the adapter's port. */
export function haveIdentities(files: HostFiles, pciAddress: string, count: number): boolean {
  const wanted = wantedGuids(files, pciAddress, count);
  const found = identitiesInSysfs(files, pciAddress, count) ?? identitiesOfLink(files, pciAddress, count);
  return (
    wanted.length === count &&
    wanted.every((guid, index) => {
      const identity = found[index];
      return identity?.node === guid && identity.port === guid && identity.follows;
    })
  );
}

interface Identity {
  readonly node: string | undefined;
  readonly port: string | undefined;
  readonly follows: boolean;
}

function identitiesInSysfs(files: HostFiles, pciAddress: string, count: number): Identity[] | null {
  const folder = `${devicePath(pciAddress)}/sriov`;
  if (!files.has(`${folder}/0/node`)) return null;
  return Array.from({ length: count }, (_, index) => ({
    node: files.value(`${folder}/${index}/node`),
    port: files.value(`${folder}/${index}/port`),
    follows: files.value(`${folder}/${index}/policy`) === "Follow",
  }));
}

function identitiesOfLink(files: HostFiles, pciAddress: string, count: number): Identity[] {
  const devices = files
    .match(new RegExp(`^${devicePath(pciAddress)}/net/([^/]+)/flags$`))
    .map((found) => found[1]);
  const links = linksSchema.safeParse(parseJson(files.output(...showLinks) ?? "[]")).data ?? [];
  const functions = links.find((one) => devices.includes(one.ifname))?.vfinfo_list ?? [];
  return Array.from({ length: count }, (_, index) => {
    const found = functions.find((one) => one.vf === index);
    return {
      node: found?.["node guid"],
      port: found?.["port guid"],
      follows: found?.link_state === "auto",
    };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function portOf(files: HostFiles, pciAddress: string): InfinibandPort | null {
  const [found] = files.match(new RegExp(`^(${devicePath(pciAddress)}/infiniband/([^/]+)/ports/1)/state$`));
  if (found === undefined) return null;
  const [path, folder = "", rdmaDevice = ""] = found;
  return {
    rdmaDevice,
    state: files.value(path) ?? "",
    lid: Number(files.value(`${folder}/lid`)),
    subnetManagerLid: Number(files.value(`${folder}/sm_lid`)),
  };
}

/** What can be told from a host of the subnet manager that its virtual functions need, and what can't. One sentence each. */
export function subnetManagerNotices(host: string, files: HostFiles, pciAddress: string): string[] {
  const port = portOf(files, pciAddress);
  if (port === null) return [];
  const name = `port 1 of ${port.rdmaDevice} on ${host}`;
  if (port.subnetManagerLid === 0 || !port.state.endsWith("ACTIVE")) {
    return [
      `${name} is in the state "${port.state}": no subnet manager has set it up, so that nothing can be measured over it; start one in the fabric (NVIDIA's opensm with virt_enabled 2)`,
    ];
  }
  const needed =
    "virtual functions of mlx5 need one with virtualization (NVIDIA's opensm with virt_enabled 2 in opensm.conf, or UFM; upstream OpenSM has none), or their ports stay down";
  if (port.subnetManagerLid !== port.lid) {
    return [
      `the subnet manager of ${name} is at LID ${port.subnetManagerLid}, and what it can do can't be seen from ${host}: ${needed}`,
    ];
  }
  const isVirtualizing = /^\s*virt_enabled\s+2\s*$/m.test(files.text("/etc/opensm/opensm.conf") ?? "");
  return isVirtualizing
    ? []
    : [
        `the subnet manager of ${name} runs on ${host} itself, whose /etc/opensm/opensm.conf has no "virt_enabled 2": ${needed}`,
      ];
}
