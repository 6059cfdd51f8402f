/** The clouds that this run of the provider has talked to: one session each, so that there is one log-in. */
import { readCredentials } from "../openstack/credentials.ts";
import { CloudSession } from "../openstack/session.ts";
import { fetchTransport, retryingTransport } from "../openstack/transport.ts";

export class Clouds {
  readonly #open: (cloud: string | undefined) => CloudSession;
  readonly #sessions = new Map<string | undefined, CloudSession>();

  /** @param open makes the session of an entry of clouds.yaml; tests give a simulated cloud */
  constructor(open: (cloud: string | undefined) => CloudSession = openWithCredentials) {
    this.#open = open;
  }

  /**
   * The session of an entry of clouds.yaml; undefined: of the only one, or of the OS_ variables.
   * @throws CredentialsError
   */
  session(cloud: string | undefined): CloudSession {
    const known = this.#sessions.get(cloud);
    if (known !== undefined) return known;
    const session = this.#open(cloud);
    this.#sessions.set(cloud, session);
    return session;
  }
}

function openWithCredentials(cloud: string | undefined): CloudSession {
  return new CloudSession(readCredentials(cloud), retryingTransport(fetchTransport));
}
