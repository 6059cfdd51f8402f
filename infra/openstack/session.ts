/** A session with a cloud: a token of Keystone's that is renewed in time, and requests to the services of its catalogue. */
import * as z from "zod";
import { CloudError, messageIn } from "./cloud-error.ts";
import type { Credentials } from "./credentials.ts";
import type { CloudRequest, CloudResponse, Transport } from "./transport.ts";

/** Services by their types in Keystone's catalogue. */
export type ServiceType = "reservation" | "compute" | "network" | "image";

const serviceTitles: Readonly<Record<ServiceType, string>> = {
  reservation: "Blazar",
  compute: "Nova",
  network: "Neutron",
  image: "Glance",
};

/** The version in a service's path, where its address in the catalogue may lack it. */
const versionPaths: Partial<Record<ServiceType, string>> = { network: "/v2.0", image: "/v2" };

/** A token counts as expired this long before its end: a request may take a while to be looked at. */
const expiryMarginMs = 60_000;
/** Clocks that differ by less are no news. */
export const toleratedSkewMs = 5 * 60_000;

const tokenSchema = z.object({
  token: z.object({
    expires_at: z.iso.datetime(),
    user: z.object({ id: z.string(), name: z.string() }),
    project: z.object({ id: z.string(), name: z.string() }),
    catalog: z.array(
      z.object({
        type: z.string(),
        endpoints: z.array(
          z.object({ interface: z.string(), region: z.string().nullable(), url: z.string() }),
        ),
      }),
    ),
  }),
});
type Token = z.infer<typeof tokenSchema>["token"] & { readonly secret: string };

/** What a request to a service is. */
export interface ServiceRequest {
  readonly service: ServiceType;
  readonly method: CloudRequest["method"];
  /** With its leading slash, below the service's version. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class CloudSession {
  readonly #credentials: Credentials;
  readonly #transport: Transport;
  readonly #localNowMs: () => number;
  #token: Promise<Token> | undefined;
  #skewMs = 0;

  /** @param localNowMs this machine's clock, milliseconds of the epoch */
  constructor(credentials: Credentials, transport: Transport, localNowMs: () => number = Date.now) {
    this.#credentials = credentials;
    this.#transport = transport;
    this.#localNowMs = localNowMs;
  }

  /** The project that the credentials are for. */
  async project(): Promise<{ readonly id: string; readonly name: string }> {
    return (await this.#validToken()).project;
  }

  /** Regions that the catalogue has services in. */
  async regions(): Promise<string[]> {
    const { catalog } = await this.#validToken();
    return [
      ...new Set(catalog.flatMap(({ endpoints }) => endpoints.flatMap(({ region }) => region ?? []))),
    ].sort();
  }

  /** The region that is used: the one of the credentials, or the catalogue's only one. */
  async region(): Promise<string> {
    const regions = await this.regions();
    const region = this.#credentials.region ?? (regions.length === 1 ? regions[0] : undefined);
    if (region === undefined) {
      throw new CloudError(
        `${this.#credentials.origin} name no region, and there are several: ${regions.join(", ")}`,
        null,
      );
    }
    return region;
  }

  /** The time as the cloud has it, milliseconds of the epoch: leases begin and end by the cloud's clock. */
  async nowMs(): Promise<number> {
    await this.#validToken();
    return this.#localNowMs() + this.#skewMs;
  }

  /** How far this machine's clock is ahead of the cloud's, milliseconds; negative: behind. */
  async clockAheadMs(): Promise<number> {
    await this.#validToken();
    return 0 - this.#skewMs;
  }

  /**
   * Asks a service and returns the body of its answer.
   * @throws CloudError for every status from 400 on; 401 and 403 say whose fault it is
   */
  async request(request: ServiceRequest): Promise<unknown> {
    const token = await this.#validToken();
    let response = await this.#send(token, request);
    if (response.status === 401) {
      // Revoked, or Keystone's keys were changed: a new token is worth one try.
      this.#token = undefined;
      response = await this.#send(await this.#validToken(), request);
    }
    if (response.status >= 400) throw this.#refusal(request, response, token);
    return response.body;
  }

  async #send(
    token: Token,
    { service, method, path, body, headers }: ServiceRequest,
  ): Promise<CloudResponse> {
    return this.#transport({
      method,
      url: `${await this.#endpoint(token, service)}${path}`,
      headers: { Accept: "application/json", "X-Auth-Token": token.secret, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  #refusal(
    { service, method, path }: ServiceRequest,
    { status, body }: CloudResponse,
    token: Token,
  ): CloudError {
    const title = serviceTitles[service];
    const detail = messageIn(body);
    if (status === 401) {
      return new CloudError(
        `${title} does not accept the token that Keystone has given: ${detail}`,
        status,
        detail,
      );
    }
    // Nova says with 403, Neutron with 409 that a quota is used up.
    if (/\bquota\b/i.test(detail)) {
      return new CloudError(
        `${title} gives the project ${token.project.name} no more: ${detail}; right would be to delete what is not needed, ` +
          "or to ask the site for a larger quota",
        status,
        detail,
      );
    }
    if (status === 403) {
      const who = `${token.user.name} in the project ${token.project.name}`;
      return new CloudError(
        `${title} does not allow ${who} to ${method} ${path.split("?")[0]} (${detail}); ` +
          "the credential needs the role member (and reader beside it), and must be unrestricted",
        status,
        detail,
      );
    }
    return new CloudError(`${title} answers ${method} ${path} with ${status}: ${detail}`, status, detail);
  }

  async #endpoint({ catalog }: Token, service: ServiceType): Promise<string> {
    const region = await this.region();
    const endpoint = catalog
      .filter(({ type }) => type === service)
      .flatMap(({ endpoints }) => endpoints)
      .find((one) => one.interface === "public" && one.region === region);
    if (endpoint === undefined) {
      throw new CloudError(
        `The region ${region} has no ${serviceTitles[service]} (service type ${service} in Keystone's catalogue)`,
        null,
      );
    }
    const url = endpoint.url.replace(/\/+$/, "");
    const version = versionPaths[service];
    return version === undefined || url.endsWith(version) ? url : `${url}${version}`;
  }

  async #validToken(): Promise<Token> {
    const known = await this.#token;
    if (known !== undefined && !this.#isExpired(known)) return known;
    this.#token = this.#logIn();
    this.#token.catch(() => {
      this.#token = undefined;
    });
    return this.#token;
  }

  #isExpired(token: Token): boolean {
    return Date.parse(token.expires_at) - expiryMarginMs <= this.#localNowMs() + this.#skewMs;
  }

  async #logIn(): Promise<Token> {
    const {
      authUrl,
      applicationCredentialId: id,
      applicationCredentialSecret: secret,
      origin,
    } = this.#credentials;
    const { status, headers, body } = await this.#transport({
      method: "POST",
      url: `${authUrl}/auth/tokens`,
      headers: { Accept: "application/json" },
      body: {
        auth: { identity: { methods: ["application_credential"], application_credential: { id, secret } } },
      },
    });
    if (headers.date !== undefined) this.#learnSkew(headers.date);
    if (status === 401) {
      throw new CloudError(
        `Keystone at ${authUrl} does not accept the application credential of ${origin} (401): its id or secret is ` +
          "wrong, or it has expired or was deleted, or it is of another site",
        status,
        messageIn(body),
      );
    }
    if (status >= 400) {
      throw new CloudError(
        `Keystone at ${authUrl} answers ${status}: ${messageIn(body)}; is auth_url in ${origin} right?`,
        status,
        messageIn(body),
      );
    }
    const parsed = tokenSchema.safeParse(body);
    const token = headers["x-subject-token"];
    if (!parsed.success || token === undefined) {
      throw new CloudError(
        `What answers at ${authUrl} is not Keystone v3; is auth_url in ${origin} right?`,
        status,
      );
    }
    return { ...parsed.data.token, secret: token };
  }

  /** The Date header has seconds only, which is enough for leases of minutes. */
  #learnSkew(date: string): void {
    const cloudMs = Date.parse(date);
    if (Number.isNaN(cloudMs)) return;
    const skewMs = cloudMs - this.#localNowMs();
    this.#skewMs = Math.abs(skewMs) < toleratedSkewMs ? 0 : skewMs;
  }
}
