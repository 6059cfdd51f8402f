/** What is made, read and taken away at Nova (compute API 2.1). */
import * as z from "zod";
import type { CloudSession } from "./session.ts";

const serverSchema = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    metadata: z.record(z.string(), z.string()).default({}),
    "OS-EXT-AZ:availability_zone": z.string().nullish(),
    fault: z.looseObject({ message: z.string() }).optional(),
  })
  .transform((server) => ({
    id: server.id,
    name: server.name,
    /** As in BUILD, ACTIVE, ERROR. */
    status: server.status,
    metadata: server.metadata,
    /** `blazar_<reservation id>` on a leased host; absent while the server is on no host. */
    availabilityZone: server["OS-EXT-AZ:availability_zone"] ?? undefined,
    /** Why the server is in ERROR. */
    fault: server.fault?.message,
  }));
export type Server = z.output<typeof serverSchema>;

const namedSchema = z.looseObject({ id: z.string(), name: z.string() });

/** A server on a leased host. */
export interface NewServer {
  readonly name: string;
  readonly imageId: string;
  readonly flavourId: string;
  /** Name of the user's key pair. */
  readonly keyPair: string;
  readonly portId: string;
  /** Not the lease's own id: with that Nova accepts the server and then finds no host for it. */
  readonly reservationId: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Plain text for cloud-init. */
  readonly userData: string;
}

/** Servers that one answer holds at most (Nova's own default limit). */
const serversInAnswer = 1000;

export class Nova {
  readonly #session: CloudSession;

  constructor(session: CloudSession) {
    this.#session = session;
  }

  /** Every server of the project. */
  async servers(): Promise<Server[]> {
    const all: Server[] = [];
    for (;;) {
      const marker = all.at(-1)?.id;
      const path = `/servers/detail?limit=${serversInAnswer}${marker === undefined ? "" : `&marker=${marker}`}`;
      const { servers } = z.object({ servers: z.array(serverSchema) }).parse(await this.#get(path));
      all.push(...servers);
      if (servers.length < serversInAnswer) return all;
    }
  }

  /** Throws CloudError 404 for a server that is not there. */
  async server(id: string): Promise<Server> {
    return z.object({ server: serverSchema }).parse(await this.#get(`/servers/${id}`)).server;
  }

  /** Asks for a server, and gives its id: whether it comes to be is shown only later by its status. */
  async createServer(server: NewServer): Promise<string> {
    const answer = await this.#session.request({
      service: "compute",
      method: "POST",
      path: "/servers",
      body: {
        server: {
          name: server.name,
          imageRef: server.imageId,
          flavorRef: server.flavourId,
          key_name: server.keyPair,
          networks: [{ port: server.portId }],
          metadata: server.metadata,
          user_data: Buffer.from(server.userData).toString("base64"),
        },
        "os:scheduler_hints": { reservation: server.reservationId },
      },
    });
    return z.object({ server: z.looseObject({ id: z.string() }) }).parse(answer).server.id;
  }

  async deleteServer(id: string): Promise<void> {
    await this.#session.request({ service: "compute", method: "DELETE", path: `/servers/${id}` });
  }

  /** What the server's console has shown so far; empty where there is none yet. */
  async consoleOutput(id: string): Promise<string> {
    const answer = await this.#session.request({
      service: "compute",
      method: "POST",
      path: `/servers/${id}/action`,
      body: { "os-getConsoleOutput": {} },
    });
    return z.object({ output: z.string().nullish() }).parse(answer).output ?? "";
  }

  async flavours(): Promise<{ readonly id: string; readonly name: string }[]> {
    return z.object({ flavors: z.array(namedSchema) }).parse(await this.#get("/flavors")).flavors;
  }

  /** The user's key pairs. */
  async keyPairs(): Promise<{ readonly name: string; readonly publicKey: string }[]> {
    const pair = z.object({ keypair: z.looseObject({ name: z.string(), public_key: z.string() }) });
    const { keypairs } = z.object({ keypairs: z.array(pair) }).parse(await this.#get("/os-keypairs"));
    return keypairs.map(({ keypair }) => ({ name: keypair.name, publicKey: keypair.public_key }));
  }

  async deleteKeyPair(name: string): Promise<void> {
    const path = `/os-keypairs/${encodeURIComponent(name)}`;
    await this.#session.request({ service: "compute", method: "DELETE", path });
  }

  #get(path: string): Promise<unknown> {
    return this.#session.request({ service: "compute", method: "GET", path });
  }
}
