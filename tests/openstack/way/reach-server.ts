/**
 * The way to a server of the small OpenStack: to the machine that stands for it, for as long as the cloud has the server.
 * Usage: reach-server.ts FLOATING_IP    (as ssh's ProxyCommand)
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { Nova } from "../../../infra/openstack/nova.ts";
import { managementPortBase } from "../../e2e/raw-nodes.ts";
import { sessionOf } from "../project.ts";

const lookPauseMs = 1000;

const address = process.argv[2] ?? "";
const session = sessionOf("alice");
const schema = z.object({ floatingips: z.array(z.object({ description: z.string() })) });
const path = `/floatingips?floating_ip_address=${encodeURIComponent(address)}`;
const { floatingips } = schema.parse(await session.request({ service: "network", method: "GET", path }));
// A stack describes a floating IP by the name of its server, which ends with the number of its node.
const server = floatingips[0]?.description ?? "";
const number = Number(/-n(\d+)$/.exec(server)?.[1]);
const nova = new Nova(session);
const isThere = async (): Promise<boolean> =>
  (await nova.servers()).some(({ name, status }) => name === server && status === "ACTIVE");

if (!(number > 0) || !(await isThere())) {
  process.stderr.write(`connect to host ${address}: No route to host\n`);
  process.exit(1);
}
const socket = connect(managementPortBase + number - 1, "127.0.0.1");
socket.on("error", () => process.exit(1)).on("close", () => process.exit(0));
process.stdin.pipe(socket);
socket.pipe(process.stdout);
while (await isThere()) await sleep(lookPauseMs);
process.exit(1);
