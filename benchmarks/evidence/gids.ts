/** The one place that knows GID tables: which entry a fabric address has. */
import { isIPv4, isIPv6 } from "node:net";

/** One entry of a port's GID table that is not empty. */
export interface Gid {
  readonly index: number;
  readonly gid: string;
  /** As in `RoCE v2`; null when the kernel does not say. */
  readonly type: string | null;
  /** Null on InfiniBand. */
  readonly networkDevice: string | null;
}

/** The 32 hexadecimal digits of an address in a GID table: IPv4 as ::ffff:a.b.c.d. Null when it is no address. */
export function gidDigits(address: string): string | null {
  if (isIPv4(address)) {
    const digits = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
    return `${"0".repeat(20)}ffff${digits.join("")}`;
  }
  if (!isIPv6(address)) return null;
  const [head = "", tail] = address.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const left = groups(head);
  const right = groups(tail ?? "");
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right]
    .map((group) => group.padStart(4, "0"))
    .join("")
    .toLowerCase();
}

/**
 * The GID to use with -x: on Ethernet the RoCE v2 entry of the fabric address, without which perftest may take a link-local
 * one; none on InfiniBand (null). `undefined`: there should be one and there is none.
 */
export function chooseGid(
  { linkLayer, gids }: { readonly linkLayer: string | null; readonly gids: readonly Gid[] },
  fabricAddress: string,
): Gid | null | undefined {
  if (linkLayer !== "Ethernet") return null;
  const wanted = gidDigits(fabricAddress);
  return gids.find(({ gid, type }) => type === "RoCE v2" && gid.replaceAll(":", "").toLowerCase() === wanted);
}
