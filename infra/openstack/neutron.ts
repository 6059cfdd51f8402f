/** What is read of Neutron (networking API 2.0), and what is taken away there. */
import * as z from "zod";
import { CloudError } from "./cloud-error.ts";
import type { CloudSession } from "./session.ts";

const portSchema = z.looseObject({
  id: z.string(),
  name: z.string().default(""),
  tags: z.array(z.string()).default([]),
});
const floatingIpSchema = z.looseObject({
  id: z.string(),
  floating_ip_address: z.string().default(""),
  description: z.string().default(""),
  tags: z.array(z.string()).default([]),
});

export interface Port {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
}

export interface FloatingIp {
  readonly id: string;
  readonly address: string;
  readonly description: string;
  readonly tags: readonly string[];
}

const networkSchema = z
  .looseObject({ id: z.string(), name: z.string(), "router:external": z.boolean().default(false) })
  .transform((network) => ({ id: network.id, name: network.name, external: network["router:external"] }));
export type Network = z.output<typeof networkSchema>;

const quotaSchema = z.object({
  quota: z.object({ floatingip: z.object({ limit: z.int(), used: z.int() }) }),
});

export class Neutron {
  readonly #session: CloudSession;

  constructor(session: CloudSession) {
    this.#session = session;
  }

  async networks(): Promise<Network[]> {
    return z.object({ networks: z.array(networkSchema) }).parse(await this.#get("/networks")).networks;
  }

  /** The project's own. */
  async ports(): Promise<Port[]> {
    const { id } = await this.#session.project();
    return z.object({ ports: z.array(portSchema) }).parse(await this.#get(`/ports?project_id=${id}`)).ports;
  }

  /** The project's own. */
  async floatingIps(): Promise<FloatingIp[]> {
    const { id } = await this.#session.project();
    const answer = await this.#get(`/floatingips?project_id=${id}`);
    return z
      .object({ floatingips: z.array(floatingIpSchema) })
      .parse(answer)
      .floatingips.map(({ floating_ip_address: address, ...rest }) => ({ ...rest, address }));
  }

  async deletePort(id: string): Promise<void> {
    await this.#session.request({ service: "network", method: "DELETE", path: `/ports/${id}` });
  }

  async deleteFloatingIp(id: string): Promise<void> {
    await this.#session.request({ service: "network", method: "DELETE", path: `/floatingips/${id}` });
  }

  /** Floating IPs that the project may still have; null: without limit, or this user may not ask. */
  async floatingIpsLeft(): Promise<number | null> {
    const { id } = await this.#session.project();
    try {
      const { quota } = quotaSchema.parse(await this.#get(`/quotas/${id}/details.json`));
      return quota.floatingip.limit < 0 ? null : quota.floatingip.limit - quota.floatingip.used;
    } catch (error) {
      if (error instanceof CloudError && (error.status === 403 || error.status === 404)) return null;
      throw error;
    }
  }

  #get(path: string): Promise<unknown> {
    return this.#session.request({ service: "network", method: "GET", path });
  }
}
