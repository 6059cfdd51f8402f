/**
 * Finds out how the libvirt provider reaches a node, and keeps the node's pinned host key in a file for it.
 * Run as `libvirt-reach.ts prepare|remove` with the request as JSON in TESTBED_REQUEST; prints what libvirtReachSchema says.
 */
import { rmSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import * as z from "zod";
import { connectionSchema } from "../inventory.ts";
import { libvirtUri, parseResolvedHost, renderPinnedHost } from "./libvirt-uri.ts";

const requestSchema = z.strictObject({
  connection: connectionSchema,
  knownHostsPath: z.string().describe("file for the pinned host key, if there is one"),
});
export type LibvirtReachRequest = z.infer<typeof requestSchema>;

const { connection, knownHostsPath } = requestSchema.parse(JSON.parse(process.env.TESTBED_REQUEST ?? "null"));
switch (process.argv[2]) {
  case "prepare": {
    const words = [
      ...(connection.port === undefined ? [] : ["-p", String(connection.port)]),
      ...(connection.user === undefined ? [] : ["-l", connection.user]),
    ];
    const { stdout } = await execa("ssh", ["-G", ...words, "--", connection.address], { stdin: "ignore" });
    const host = parseResolvedHost(stdout);
    if (connection.hostKey !== undefined) {
      writeFileSync(knownHostsPath, renderPinnedHost(connection, host), { mode: 0o600 });
    }
    const pinned = connection.hostKey === undefined ? undefined : knownHostsPath;
    process.stdout.write(`${JSON.stringify({ uri: libvirtUri(connection, host, pinned) })}\n`);
    break;
  }
  case "remove":
    rmSync(knownHostsPath, { force: true });
    break;
  default:
    process.stderr.write("usage: libvirt-reach.ts prepare|remove\n");
    process.exitCode = 2;
}
