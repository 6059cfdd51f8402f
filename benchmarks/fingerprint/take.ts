/** The edge of the fingerprint: runs the script on every node at the same time. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Remote } from "../../infra/remote/remote.ts";
import { UserError } from "../input.ts";
import { type Fingerprint, FingerprintError, type NodeFingerprint, parseFingerprint } from "./fingerprint.ts";

/** Milliseconds for one node; an emulated one needs about a minute. */
const timeLimitMs = 600_000;

const fingerprintScript = join(import.meta.dirname, "fingerprint.sh");

/** Reads every node. Changes nothing there. Throws UserError or RemoteError when one can't be read. */
export async function takeFingerprint(
  nodes: readonly { readonly name: string; readonly remote: Remote }[],
  taken: Date,
): Promise<Fingerprint> {
  return {
    schemaVersion: 1,
    taken: taken.toISOString(),
    nodes: await Promise.all(nodes.map(({ name, remote }) => takeNode(name, remote))),
  };
}

async function takeNode(name: string, remote: Remote): Promise<NodeFingerprint> {
  const login = await remote.run(["id", "-u"]);
  const asRoot = login.stdout.trim() === "0" ? [] : ["sudo", "-n", "--"];
  const result = await remote.run([...asRoot, "sh", "-s"], {
    input: readFileSync(fingerprintScript, "utf8"),
    timeoutMs: timeLimitMs,
  });
  if (result.timedOut || result.exitCode !== 0) {
    const said = result.stderr.trim().split("\n").at(-1) ?? "";
    const how = result.timedOut ? "took too long" : `ended with status ${result.exitCode}`;
    throw new UserError(`${remote.description}: the fingerprint ${how}${said === "" ? "" : `: ${said}`}`);
  }
  try {
    return { name, facts: parseFingerprint(result.stdout) };
  } catch (error) {
    if (!(error instanceof FingerprintError)) throw error;
    throw new UserError(`${remote.description}: the fingerprint can't be read: ${error.message}`);
  }
}
