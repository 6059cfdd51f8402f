/**
 * Remote over the plain OpenSSH client with one shared connection a host, so that the user's ssh configuration, agent and
 * jump hosts work, and a command costs a round trip and not a handshake.
 */
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { Connection } from "../inventory.ts";
import {
  type Remote,
  RemoteError,
  type RemoteFailure,
  type RemoteOptions,
  type RemoteResult,
} from "./remote.ts";

/** Seconds that an idle shared connection stays open. */
const controlPersistSeconds = 120;
/** Seconds after which a connection attempt is given up, unless told otherwise. */
const defaultConnectTimeoutSeconds = 15;
/** OpenSSH's own exit status for "the connection failed". */
const sshFailureStatus = 255;

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

const failureSentences: Record<RemoteFailure, string> = {
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

/** A Remote that runs commands by OpenSSH. The control socket lies in socketDirectory. */
export class SshRemote implements Remote {
  readonly description: string;
  readonly #words: string[];

  /** @param name the node's name, for messages */
  constructor(name: string, connection: Connection, socketDirectory: string, options: SshRemoteOptions = {}) {
    this.description = `${name} (${describeConnection(connection)})`;
    mkdirSync(socketDirectory, { recursive: true, mode: 0o700 });
    this.#words = sshArguments(connection, controlPathOf(connection, socketDirectory), options);
  }

  async run(command: readonly string[], options: RemoteOptions = {}): Promise<RemoteResult> {
    const result = await execa("ssh", [...this.#words, quoteWords(command)], {
      ...(options.inputFile === undefined
        ? { input: options.input ?? "" }
        : { inputFile: options.inputFile }),
      reject: false,
      stripFinalNewline: false,
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    const timedOut = result.timedOut === true;
    if (result.exitCode === sshFailureStatus && !timedOut) {
      const failure = classifySshFailure(result.stderr);
      // A remote command may itself exit with 255; then ssh has printed nothing that we know of.
      if (failure !== "other" || result.stderr.trim() === "") {
        throw new RemoteError(failure, this.#sentence(failure, result.stderr));
      }
    }
    if (result.exitCode === undefined && !timedOut && result.failed) {
      throw new RemoteError("other", this.#sentence("other", result.shortMessage ?? ""));
    }
    return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? null, timedOut };
  }

  script(
    text: string,
    commandArguments: readonly string[] = [],
    options: Omit<RemoteOptions, "input" | "inputFile"> = {},
  ): Promise<RemoteResult> {
    return this.run(["sh", "-s", "--", ...commandArguments], { ...options, input: text });
  }

  /** Ends the shared connection; the next command opens a new one. Used before and after a reboot. */
  async close(): Promise<void> {
    const index = this.#words.indexOf("--");
    const words = [...this.#words.slice(0, index), "-O", "exit", ...this.#words.slice(index)];
    await execa("ssh", words, { reject: false, stdin: "ignore" });
  }

  #sentence(failure: RemoteFailure, stderr: string): string {
    const said = stderr.trim().split("\n").at(-1) ?? "";
    return `${this.description} ${failureSentences[failure]}${said === "" ? "" : ` (ssh said: ${said})`}`;
  }
}
