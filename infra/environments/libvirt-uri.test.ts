import { expect, test } from "vitest";
import { libvirtUri, parseResolvedHost, renderPinnedHost } from "./libvirt-uri.ts";

const printed = "host node\nuser cc\nhostname 192.0.2.7\nport 2222\nidentityfile ~/.ssh/id_ed25519\n";
const host = { hostName: "192.0.2.7", port: 2222, user: "cc" };

test("what ssh -G prints is read", () => {
  expect(parseResolvedHost(printed)).toEqual(host);
});

test("a pinned key stands under every name that the provider may look it up by", () => {
  const connection = { address: "node", hostKey: "ssh-ed25519 AAAA" };
  expect(renderPinnedHost(connection, host)).toBe("[node]:2222,[192.0.2.7]:2222 ssh-ed25519 AAAA\n");
  expect(renderPinnedHost(connection, { hostName: "node", port: 22, user: "cc" })).toBe(
    "node ssh-ed25519 AAAA\n",
  );
});

test("a key that is given stands alone; without one the agent is asked", () => {
  expect(libvirtUri({ address: "127.0.0.1", privateKeyPath: "/k/a b" }, host, "/k/known")).toBe(
    "qemu+ssh://cc@127.0.0.1:2222/system?keyfile=%2Fk%2Fa+b&knownhosts=%2Fk%2Fknown&sshauth=privkey",
  );
  expect(libvirtUri({ address: "::1" }, host, undefined)).toBe(
    "qemu+ssh://cc@[::1]:2222/system?sshauth=agent%2Cprivkey",
  );
});
