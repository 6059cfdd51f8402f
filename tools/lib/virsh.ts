/** How virsh is asked of any libvirt that the libvirt provider reaches. Pure. */
import { quoteWords } from "../../infra/remote/ssh-words.ts";

/** Seconds within which a node must show its ssh banner. */
const connectTimeoutSeconds = 15;

/**
 * The command line for virsh's words. virsh itself does not know the provider's parameters of a qemu+ssh address (key file and
 * pinned host keys), and would ask its user: there it runs on the other machine, by the OpenSSH client.
 */
export function virshCommand(uri: string, words: readonly string[]): [string, ...string[]] {
  const { protocol, hostname, port, username, searchParams, pathname } = new URL(uri);
  if (protocol !== "qemu+ssh:") return ["virsh", "--connect", uri, ...words];
  const keyFile = searchParams.get("keyfile");
  const knownHosts = searchParams.get("knownhosts");
  const options = [
    "BatchMode=yes",
    `ConnectTimeout=${connectTimeoutSeconds}`,
    "StrictHostKeyChecking=yes",
    ...(keyFile === null ? [] : [`IdentityFile=${keyFile}`, "IdentitiesOnly=yes"]),
    ...(knownHosts === null ? [] : [`UserKnownHostsFile=${knownHosts}`]),
  ];
  return [
    "ssh",
    ...options.flatMap((option) => ["-o", option]),
    ...(port === "" ? [] : ["-p", port]),
    ...(username === "" ? [] : ["-l", decodeURIComponent(username)]),
    "--",
    hostname,
    quoteWords(["virsh", "--connect", `qemu://${pathname}`, ...words]),
  ];
}
