/** Taking a lease away so that nothing stays: servers first, those in ERROR too, which Blazar leaves behind. */
import { CloudError, isNotFound } from "../../openstack/cloud-error.ts";
import { minuteMs } from "../../openstack/lease-time.ts";
import type { Nova, Server } from "../../openstack/nova.ts";
import { stackMetadataKey } from "../../openstack/ownership.ts";
import { type Watch, waitUntilSettled } from "./wait.ts";

const serversLimitMs = 10 * minuteMs;
/** Blazar refuses a deletion with 500 while the lease changes, and while Nova is down for a moment. */
const deletionTries = 6;

/** Whether a server stands on a reservation, or is the stack's and on no host at all. */
export function isServerOf(server: Server, reservationId: string | undefined, stack: string): boolean {
  return server.availabilityZone === `blazar_${reservationId}` || server.metadata[stackMetadataKey] === stack;
}

/**
 * Deletes a lease and the servers on it, and returns when they are gone. What is gone already is no error.
 * @param stack whose servers go even where they got no host
 */
export async function removeLease(watch: Watch, nova: Nova, id: string, stack: string): Promise<void> {
  const lease = await waitUntilSettled(watch, id);
  if (lease === null) return;
  await removeServers(watch, nova, (server) => isServerOf(server, lease.reservation?.id, stack));
  for (let tries = 1; ; tries += 1) {
    try {
      await watch.blazar.delete(id);
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      const mayPass = error instanceof CloudError && (error.status === null || error.status >= 500);
      if (!mayPass || tries === deletionTries) throw error;
      watch.context.log("info", `${error.message}; trying again`);
    }
    await watch.pace.sleep(watch.pace.pauseMs, watch.context.signal);
    if ((await waitUntilSettled(watch, id)) === null) return;
  }
}

async function removeServers(watch: Watch, nova: Nova, isOurs: (server: Server) => boolean): Promise<void> {
  const deadline = (await watch.nowMs()) + serversLimitMs;
  const asked = new Set<string>();
  for (;;) {
    const left = (await nova.servers()).filter((server) => isOurs(server) && server.status !== "DELETED");
    if (left.length === 0) return;
    for (const { id, name, status } of left.filter((server) => !asked.has(server.id))) {
      watch.context.log("info", `deleting the server ${name} (${status})`);
      asked.add(id);
      await nova.deleteServer(id).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
    if ((await watch.nowMs()) > deadline) {
      const names = left.map(({ name, status }) => `${name} (${status})`).join(", ");
      throw new CloudError(
        `Servers are still there ten minutes after their deletion: ${names}; try again later.`,
        null,
      );
    }
    await watch.pace.sleep(watch.pace.pauseMs, watch.context.signal);
  }
}
