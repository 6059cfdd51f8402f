/** The address of a node's libvirt for the libvirt provider, whose ssh is Go's and reads little of the user's configuration. Pure. */
import type { Connection } from "../inventory.ts";

/** What OpenSSH makes of a connection's address (`ssh -G`). */
export interface ResolvedHost {
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
}

/** Reads the lines `keyword value` that `ssh -G` prints. */
export function parseResolvedHost(printed: string): ResolvedHost {
  const values = new Map(
    printed.split("\n").map((line): [string, string] => {
      const blank = line.indexOf(" ");
      return [line.slice(0, blank), line.slice(blank + 1)];
    }),
  );
  return {
    hostName: values.get("hostname") ?? "",
    port: Number(values.get("port")),
    user: values.get("user") ?? "",
  };
}

const bracketed = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/**
 * A known_hosts file of the pinned key alone. The provider looks the host up by the name that the user's configuration gives it,
 * and by the port that stands there.
 */
export function renderPinnedHost(connection: Connection, { hostName, port }: ResolvedHost): string {
  const pattern = (name: string): string => (port === 22 ? name : `[${name}]:${port}`);
  const patterns = new Set([connection.address, hostName].map(pattern));
  return `${[...patterns].join(",")} ${connection.hostKey}\n`;
}

/**
 * The address. Of several ways to log in the provider tries the first only, so that a key that is given stands alone.
 * @param knownHostsPath of the pinned key; undefined: the user's own file decides
 */
export function libvirtUri(
  connection: Connection,
  { user, port }: ResolvedHost,
  knownHostsPath: string | undefined,
): string {
  const query = new URLSearchParams();
  if (connection.privateKeyPath !== undefined) query.set("keyfile", connection.privateKeyPath);
  if (knownHostsPath !== undefined) query.set("knownhosts", knownHostsPath);
  query.set("sshauth", connection.privateKeyPath === undefined ? "agent,privkey" : "privkey");
  return `qemu+ssh://${encodeURIComponent(user)}@${bracketed(connection.address)}:${port}/system?${query}`;
}
