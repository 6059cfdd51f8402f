/** The words of OpenSSH's command line, and what it means by its own. Pure. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Connection } from "../inventory.ts";
import type { RemoteFailure } from "./remote.ts";

/** Seconds that an idle shared connection stays open. */
const controlPersistSeconds = 120;
/** Seconds after which a connection attempt is given up, unless told otherwise. */
const defaultConnectTimeoutSeconds = 15;

/** Quotes words for the POSIX shell that sshd hands a command to, so that each arrives as it was given. */
export function quoteWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/** What OpenSSH's error text means. Its words are stable over the releases in Debian 11 to 13 and EL 8 to 10. */
export function classifySshFailure(stderr: string): RemoteFailure {
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)) return "host-key-changed";
  if (/Host key verification failed|No .* host key is known/.test(stderr)) return "host-key-unknown";
  if (/Permission denied|Too many authentication failures/.test(stderr)) return "permission-denied";
  if (
    /Connection (refused|timed out|closed|reset)|No route to host|Could not resolve|timed out during banner|Network is unreachable/.test(
      stderr,
    )
  ) {
    return "unreachable";
  }
  return "other";
}

/** `user@address:port` as far as given, for messages. */
export function describeConnection(connection: Connection): string {
  const user = connection.user === undefined ? "" : `${connection.user}@`;
  const port = connection.port === undefined ? "" : `:${connection.port}`;
  return `${user}${connection.address}${port}`;
}

/** What each failure means for the user; the host's description stands before it. */
export const failureSentences: Record<RemoteFailure, string> = {
  unreachable: "does not answer; check address, port and that the host is up",
  "host-key-unknown":
    "shows a host key that is not the pinned one or is not known; give the right hostKey, or connect once by hand with ssh and check its fingerprint",
  "host-key-changed":
    "shows another host key than the known one; somebody else may be answering, or the host was set up anew",
  "permission-denied": "refuses the login; check user and key",
  other: "can't be used by ssh",
};

/**
 * Options that accept one host key and no other, whatever known_hosts files say. KnownHostsCommand (OpenSSH 8.5 and later)
 * hands the key over without a file that somebody would have to keep and remove.
 */
export function pinnedHostKeyOptions(hostKey: string): string[] {
  return [
    `KnownHostsCommand=/bin/echo pinned ${hostKey}`,
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
    "HostKeyAlias=pinned",
    "UpdateHostKeys=no",
  ].flatMap((option) => ["-o", option]);
}

/** How patient a remote is. */
export interface SshRemoteOptions {
  /** Seconds within which the host must show its ssh banner; the key exchange after it may take as long as it needs. */
  readonly connectTimeoutSeconds?: number;
}

/** The socket of the one connection that everything shares which goes to the same host in the same way. */
export function controlPathOf(connection: Connection, socketDirectory: string): string {
  const { address, port, user, privateKeyPath, hostKey } = connection;
  const identity = JSON.stringify([address, port, user, privateKeyPath, hostKey]);
  const digest = createHash("sha256").update(identity).digest("hex").slice(0, 12);
  return join(socketDirectory, `${digest}.ssh`);
}

/** The options for a connection, as words: key, pinned host key, and the shared connection. Pure. */
export function sshOptions(
  connection: Connection,
  controlPath: string,
  { connectTimeoutSeconds = defaultConnectTimeoutSeconds }: SshRemoteOptions = {},
): string[] {
  const options = [
    "BatchMode=yes",
    `ConnectTimeout=${connectTimeoutSeconds}`,
    "ServerAliveInterval=10",
    "ServerAliveCountMax=6",
    "ControlMaster=auto",
    `ControlPath=${controlPath}`,
    `ControlPersist=${controlPersistSeconds}`,
    "LogLevel=ERROR",
  ];
  if (connection.privateKeyPath !== undefined) {
    options.push(`IdentityFile=${connection.privateKeyPath}`, "IdentitiesOnly=yes");
  }
  const words = options.flatMap((option) => ["-o", option]);
  if (connection.hostKey !== undefined) words.push(...pinnedHostKeyOptions(connection.hostKey));
  else words.push("-o", "StrictHostKeyChecking=yes");
  return words;
}

/** The ssh words that reach a connection: options and destination, without a command. Pure. */
export function sshArguments(
  connection: Connection,
  controlPath: string,
  remoteOptions: SshRemoteOptions = {},
): string[] {
  const words = sshOptions(connection, controlPath, remoteOptions);
  if (connection.port !== undefined) words.push("-p", String(connection.port));
  if (connection.user !== undefined) words.push("-l", connection.user);
  return [...words, "--", connection.address];
}
