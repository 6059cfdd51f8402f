/** The edge to one host: read many files, carry out operations, reboot. Everything above it is tested with a fake. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Remote, RemoteError, type RemoteResult } from "../../remote/remote.ts";
import { additionalSeconds, describeOperation, type Operation, operationWords } from "./operations.ts";
import { type HostFiles, parseSnapshot, type SnapshotRequest } from "./snapshot.ts";

/** Milliseconds after which a batch of operations is given up; update-grub or dracut may take minutes. */
const operationTimeoutMs = 600_000;
/** Milliseconds for reading: slow only where the host is. */
const readTimeoutMs = 120_000;

/** The host answered, and something that was asked of it could not be done. One sentence for the user. */
export class HostError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HostError";
  }
}

/** Who we are on a host, and how we came. */
export interface HostLogin {
  readonly userId: number;
  /** Whether a login that is not root may use sudo without a password. */
  readonly passwordlessSudo: boolean;
  /** The host's own address of our connection; empty when sshd does not tell. */
  readonly localAddress: string;
  /** Network devices that carry `localAddress`. */
  readonly connectedDevices: readonly string[];
}

/** What settings need of a host. */
export interface HostAccess {
  /** For messages, as in `n1 (root@127.0.0.1:24201)`. */
  readonly description: string;
  login(): Promise<HostLogin>;
  /** Throws RemoteError when the host can't be reached. */
  read(requests: readonly SnapshotRequest[]): Promise<HostFiles>;
  /** Carries out all, in order; throws HostError naming the first that failed. */
  apply(operations: readonly Operation[]): Promise<void>;
  /** Ends shared connections, as before a reboot. */
  disconnect(): Promise<void>;
}

const script = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
const snapshotScript = script("snapshot.sh");
const probeScript = script("probe.sh");
const applyScript = script("apply.sh");

/** Reads what probe.sh printed. */
export function parseLogin(printed: string): HostLogin {
  let userId = -1;
  let passwordlessSudo = false;
  let localAddress = "";
  const addresses: { device: string; address: string }[] = [];
  for (const line of printed.split("\n")) {
    const [kind, ...words] = line.split(/\s+/);
    if (kind === "uid") userId = Number(words[0]);
    else if (kind === "sudo") passwordlessSudo = words[0] === "yes";
    else if (kind === "connection") localAddress = words[2] ?? "";
    else if (kind === "address" && words[1] !== undefined && words[3] !== undefined) {
      // `2: eth0    inet 10.0.2.15/24 …`; a VLAN is printed as `eth0.5@eth0`.
      addresses.push({ device: words[1].split("@")[0] ?? "", address: words[3].split("/")[0] ?? "" });
    }
  }
  const wanted = localAddress.split("%")[0];
  const connectedDevices = addresses.filter((one) => one.address === wanted).map((one) => one.device);
  return { userId, passwordlessSudo, localAddress, connectedDevices };
}

/** HostAccess over a Remote. With a login that is not root, everything goes through `sudo -n`. */
export class RemoteHostAccess implements HostAccess {
  readonly description: string;
  readonly #remote: Remote;
  readonly #close: () => Promise<void>;
  #login: Promise<HostLogin> | null = null;

  /** @param close ends the remote's shared connection */
  constructor(remote: Remote, close: () => Promise<void>) {
    this.description = remote.description;
    this.#remote = remote;
    this.#close = close;
  }

  login(): Promise<HostLogin> {
    // Kept, so that the first command opens the shared connection alone and all others find it.
    this.#login ??= this.#probe().catch((error: unknown) => {
      this.#login = null;
      throw error;
    });
    return this.#login;
  }

  async read(requests: readonly SnapshotRequest[]): Promise<HostFiles> {
    const result = await this.#asRoot(snapshotScript, requests, readTimeoutMs);
    if (result.exitCode !== 0)
      throw new HostError(`${this.description}: reading its files ${ending(result)}`);
    return parseSnapshot(result.stdout);
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    if (operations.length === 0) return;
    const words = operations.flatMap(operationWords);
    const timeoutMs = operationTimeoutMs + additionalSeconds(operations) * 1000;
    const result = await this.#asRoot(applyScript, words, timeoutMs);
    if (result.exitCode === 0) return;
    const number = /^failed (\d+)$/m.exec(result.stdout)?.[1];
    const failed = number === undefined ? undefined : operations[Number(number)];
    const what = failed === undefined ? "a change" : describeOperation(failed);
    throw new HostError(`${this.description}: ${what} ${ending(result)}`);
  }

  async disconnect(): Promise<void> {
    this.#login = null;
    await this.#close();
  }

  async #probe(): Promise<HostLogin> {
    const result = await this.#remote.script(probeScript, [], { timeoutMs: readTimeoutMs });
    if (result.timedOut) {
      throw new RemoteError("unreachable", `${this.description} accepts a login but does not answer`);
    }
    return parseLogin(result.stdout);
  }

  async #asRoot(text: string, words: readonly string[], timeoutMs: number): Promise<RemoteResult> {
    const login = await this.login();
    if (login.userId === 0) return this.#remote.script(text, words, { timeoutMs });
    const command = ["sudo", "-n", "--", "sh", "-s", "--", ...words];
    return this.#remote.run(command, { input: text, timeoutMs });
  }
}

function ending(result: RemoteResult): string {
  if (result.timedOut) return "took too long and was given up";
  const said = result.stderr.trim().split("\n").at(-1) ?? "";
  return said === "" ? `failed with status ${result.exitCode}` : `failed: ${said}`;
}
