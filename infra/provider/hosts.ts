/** The hosts that this run of the provider has talked to: one access and one reading of the facts each. */
import * as z from "zod";
import { connectionSchema, type NodeSource, nodeSourceSchema } from "../inventory.ts";
import { SshRemote } from "../remote/ssh.ts";
import { type HostAccess, HostError, RemoteHostAccess } from "./host/access.ts";
import { factRequests, type HostFacts, parseFacts } from "./host/facts.ts";

/** Whether a host was made by this stack. One that does not answer is then still starting, or gone; others are in trouble. */
export function isMadeByStack(source: NodeSource): boolean {
  return source !== "existing";
}

/** How a resource names its host. */
export const hostReferenceSchema = z.strictObject({
  host: z.string().min(1),
  source: nodeSourceSchema,
  connection: connectionSchema,
  socketDirectory: z.string().min(1),
});
export type HostReference = z.infer<typeof hostReferenceSchema>;

/** Seconds within which sshd must show its banner: user-mode networks accept at once, whoever listens behind. */
const connectTimeoutSeconds = 5;

export class Hosts {
  readonly #open: (reference: HostReference) => HostAccess;
  readonly #accesses = new Map<string, HostAccess>();
  readonly #facts = new Map<HostAccess, Promise<HostFacts>>();

  /** @param open makes the access to a host; tests give a fake */
  constructor(open: (reference: HostReference) => HostAccess = openBySsh) {
    this.#open = open;
  }

  access(reference: HostReference): HostAccess {
    const { host, connection, socketDirectory } = reference;
    const key = JSON.stringify({ host, connection, socketDirectory });
    const known = this.#accesses.get(key);
    if (known !== undefined) return known;
    const access = this.#open(reference);
    this.#accesses.set(key, access);
    return access;
  }

  /**
   * What the host is; read once in a run. Throws RemoteError when it can't be reached, HostError when we are not root
   * there.
   */
  facts(reference: HostReference): Promise<HostFacts> {
    const access = this.access(reference);
    let facts = this.#facts.get(access);
    if (facts === undefined) {
      facts = readFacts(access);
      this.#facts.set(access, facts);
      facts.catch(() => this.#facts.delete(access));
    }
    return facts;
  }

  /** Lets the next question read the host anew, as after a reboot. */
  forget(reference: HostReference): void {
    this.#facts.delete(this.access(reference));
  }
}

async function readFacts(access: HostAccess): Promise<HostFacts> {
  const login = await access.login();
  if (login.userId !== 0 && !login.passwordlessSudo) {
    throw new HostError(
      `${access.description} gives no root rights: log in as root, or let this user run "sudo -n" without a password`,
    );
  }
  return parseFacts(await access.read(factRequests), login.connectedDevices);
}

function openBySsh(reference: HostReference): HostAccess {
  const remote = new SshRemote(reference.host, reference.connection, reference.socketDirectory, {
    connectTimeoutSeconds,
  });
  return new RemoteHostAccess(remote, () => remote.close());
}
