/**
 * A control plane behind HTTP on this machine, as large as a deployment asks for: what a preview reads of Keystone, Blazar, Nova, Neutron
 * and Glance, and servers of Nova's that boot for a given time. It counts what it is asked.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ControlPlaneOptions {
  /** From a request to its answer. */
  readonly latencyMs: number;
  /** From Nova's acceptance of a server to ACTIVE. */
  readonly bootMs: number;
}

const region = "RegionOne";
const project = { id: "project-1", name: "CHI-000000", domain: { id: "default", name: "Default" } };
const user = { id: "user-1", name: "bench", domain: { id: "default", name: "Default" } };
const services = {
  identity: "/identity/v3",
  reservation: "/v1",
  compute: "/v2.1",
  network: "/network",
  image: "/image",
};
const tokenMs = 3_600_000;

export class ControlPlane {
  requests = 0;
  readonly #options: ControlPlaneOptions;
  readonly #servers = new Map<string, { readonly name: string; readonly activeMs: number }>();
  readonly #http: Server;

  constructor(options: ControlPlaneOptions) {
    this.#options = options;
    this.#http = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", async () => {
        this.requests += 1;
        await sleep(options.latencyMs);
        const path = (request.url ?? "").replace(/\?.*$/, "").replace(/\/$/, "");
        const { status, body } = this.#answer(`${request.method} ${path}`, Buffer.concat(pieces).toString());
        response.writeHead(status, {
          "Content-Type": "application/json",
          "X-Subject-Token": "token",
          Date: new Date().toUTCString(),
        });
        response.end(JSON.stringify(body));
      });
    });
  }

  /** Starts it, and gives the variables by which clients find it. */
  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return {
      OS_AUTH_URL: `${this.#address()}${services.identity}`,
      OS_AUTH_TYPE: "v3applicationcredential",
      OS_APPLICATION_CREDENTIAL_ID: "bench",
      OS_APPLICATION_CREDENTIAL_SECRET: "bench",
      OS_REGION_NAME: region,
    };
  }

  stop(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #address(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  #answer(request: string, body: string): { status: number; body: unknown } {
    const id = request.split("/").at(-1) ?? "";
    const found = this.#lists(request);
    if (found !== undefined) return { status: 200, body: found };
    if (request === "POST /identity/v3/auth/tokens") return { status: 201, body: { token: this.#token() } };
    if (request === "POST /v2.1/servers") {
      const { server } = JSON.parse(body) as { server: { name: string } };
      const made = `server-${this.#servers.size + 1}`;
      this.#servers.set(made, { name: server.name, activeMs: Date.now() + this.#options.bootMs });
      return { status: 202, body: { server: { id: made } } };
    }
    const server = this.#servers.get(id);
    if (server === undefined) return { status: 404, body: { error: { message: `there is no ${request}` } } };
    if (request.startsWith("DELETE")) {
      this.#servers.delete(id);
      return { status: 204, body: null };
    }
    return { status: 200, body: { server: this.#server(id, server) } };
  }

  #lists(request: string): unknown {
    switch (request) {
      case "GET /identity/v3":
        return {
          version: {
            id: "v3.14",
            status: "stable",
            links: [{ rel: "self", href: `${this.#address()}/identity/v3/` }],
          },
        };
      case "GET /v1/leases":
        return { leases: [] };
      case "GET /v2.1/flavors":
        return { flavors: [{ id: "flavour-1", name: "baremetal" }] };
      case "GET /v2.1/os-keypairs":
        return { keypairs: [] };
      case "GET /v2.1/servers/detail":
        return { servers: [...this.#servers].map(([id, server]) => this.#server(id, server)) };
      case "GET /image/v2/images":
        return { images: [{ id: "image-1", name: "CC-Ubuntu24.04", created_at: "2026-01-01T00:00:00Z" }] };
      case "GET /network/v2.0/networks":
        return {
          networks: [
            { id: "network-1", name: "sharednet1" },
            { id: "network-2", name: "public", "router:external": true },
          ],
        };
      case `GET /network/v2.0/quotas/${project.id}/details.json`:
        return { quota: { floatingip: { limit: -1, used: 0 } } };
      default:
        return undefined;
    }
  }

  #server(id: string, { name, activeMs }: { readonly name: string; readonly activeMs: number }) {
    return { id, name, status: Date.now() < activeMs ? "BUILD" : "ACTIVE", metadata: {} };
  }

  #token() {
    const now = Date.now();
    const catalog = Object.entries(services).map(([type, path]) => ({
      ...{ id: type, name: type, type },
      endpoints: [
        { id: type, interface: "public", region, region_id: region, url: `${this.#address()}${path}` },
      ],
    }));
    const [issued_at, expires_at] = [now, now + tokenMs].map((time) => new Date(time).toISOString());
    return {
      methods: ["application_credential"],
      issued_at,
      expires_at,
      user,
      project,
      roles: [{ id: "member", name: "member" }],
      catalog,
    };
  }
}
