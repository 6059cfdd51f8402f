/** The identity of an emulated node, handed to it on a small disk. Read by images/node-root/usr/local/sbin/testbed-seed. */

export interface NodeSeed {
  readonly hostname: string;
  /** One line of authorized_keys, for root. */
  readonly authorizedKey: string;
  /** OpenSSH private host key (ed25519), with its line ends. Made before the first boot, so that it can be pinned. */
  readonly hostPrivateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostPublicKey: string;
  readonly fabricMac: string;
  /** Bytes. */
  readonly fabricMtu: number;
  /** IPv4 address on the fabric. */
  readonly fabricAddress: string;
  /** Bits of the fabric's network. */
  readonly prefixLength: number;
}

/** One value as the node reads it: in base64, so that no value can be taken for another line, with one line end. */
function line(name: string, value: string): string {
  const text = value.endsWith("\n") ? value : `${value}\n`;
  return `${name} ${Buffer.from(text, "utf8").toString("base64")}\n`;
}

/** The seed disk's `user-data`: lines `NAME BASE64`. */
export function renderSeed(seed: NodeSeed): string {
  return [
    line("hostname", seed.hostname),
    line("authorized-key", seed.authorizedKey),
    line("host-private-key", seed.hostPrivateKey),
    line("host-public-key", seed.hostPublicKey),
    line("fabric-mac", seed.fabricMac.toLowerCase()),
    line("fabric-mtu", String(seed.fabricMtu)),
    line("fabric-address", `${seed.fabricAddress}/${seed.prefixLength}`),
  ].join("");
}
