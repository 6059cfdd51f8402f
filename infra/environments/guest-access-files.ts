/** The files by which a node reaches its guests. Pure. */
import { join } from "node:path";
import * as z from "zod";
import { accessDirectory, guestSocketDirectory } from "./guest-places.ts";

export const reachedGuestSchema = z.strictObject({
  name: z.string(),
  port: z.int().describe("on 127.0.0.1 of the node"),
  hostKey: z.string().describe("'ssh-ed25519 AAAA…'"),
});
export type ReachedGuest = z.infer<typeof reachedGuestSchema>;

/** Seconds within which a guest must show its ssh banner: under two layers of emulation that may take minutes. */
const connectTimeoutSeconds = 600;
/** Seconds that an idle shared connection stays open: a handshake in such a guest takes a quarter of a minute. */
const controlPersistSeconds = 3600;

/** The node's ssh configuration for its guests, by their names. The user's own one plays no part. */
export function renderSshConfig(stack: string, guests: readonly ReachedGuest[]): string {
  const directory = accessDirectory(stack);
  const hosts = guests.map(({ name, port }) =>
    [`Host ${name}`, "  HostName 127.0.0.1", `  Port ${port}`, `  HostKeyAlias ${name}`, ""].join("\n"),
  );
  const common = [
    "Host *",
    "  User root",
    `  IdentityFile ${join(directory, "key")}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${join(directory, "known_hosts")}`,
    "  GlobalKnownHostsFile /dev/null",
    "  StrictHostKeyChecking yes",
    "  UpdateHostKeys no",
    "  BatchMode yes",
    "  ControlMaster auto",
    `  ControlPath ${join(guestSocketDirectory(stack), "%n.ssh")}`,
    `  ControlPersist ${controlPersistSeconds}`,
    `  ConnectTimeout ${connectTimeoutSeconds}`,
    "  ServerAliveInterval 30",
    "  ServerAliveCountMax 10",
    "  LogLevel ERROR",
    "",
  ];
  return [...hosts, common.join("\n")].join("\n");
}

/** The host keys of the guests and no others. */
export function renderKnownHosts(guests: readonly ReachedGuest[]): string {
  return guests.map(({ name, hostKey }) => `${name} ${hostKey}\n`).join("");
}

/** What install-access.sh reads: lines `NAME MODE BASE64`. */
export function renderInstallation(
  stack: string,
  guests: readonly ReachedGuest[],
  privateKey: string,
  inGuestText: string,
): string {
  const file = (name: string, mode: string, text: string): string =>
    `${name} ${mode} ${Buffer.from(text, "utf8").toString("base64")}\n`;
  return [
    file("key", "0600", privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`),
    file("known_hosts", "0600", renderKnownHosts(guests)),
    file("sockets", "0600", `${guestSocketDirectory(stack)}\n`),
    file("ssh_config", "0600", renderSshConfig(stack, guests)),
    // Last: where it is, everything that it needs is there.
    file("in-guest", "0700", inGuestText),
  ].join("");
}
