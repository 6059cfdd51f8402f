import { expect, test } from "vitest";
import { virshCommand } from "./virsh.ts";

test("this machine's libvirt is asked directly, also by the socket of a private one", () => {
  const uri = "qemu:///system?socket=/tmp/testbed/libvirt-sock";
  expect(virshCommand(uri, ["list"])).toEqual(["virsh", "--connect", uri, "list"]);
});

test("a node's libvirt is asked on the node, with the stack's key and the pinned host key", () => {
  const uri = "qemu+ssh://root@127.0.0.1:24200/system?keyfile=/s/keys/user&knownhosts=/s/n1.known_hosts";
  const command = virshCommand(uri, ["undefine", "a b"]);
  expect(command[0]).toBe("ssh");
  for (const option of ["IdentityFile=/s/keys/user", "UserKnownHostsFile=/s/n1.known_hosts", "BatchMode=yes"])
    expect(command).toContain(option);
  expect(command.slice(command.indexOf("-p"))).toEqual([
    "-p",
    "24200",
    "-l",
    "root",
    "--",
    "127.0.0.1",
    "virsh --connect qemu:///system undefine 'a b'",
  ]);
});
