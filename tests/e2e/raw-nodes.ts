/**
 * Hosts that are nobody's yet: the machines of an emulated stack without all that a stack puts on them. To a stack of the
 * source `existing` they are like hosts of the user's own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import type { Connection } from "../../infra/inventory.ts";
import { checkoutDirectory, projectName, socketDirectory, stackDirectory } from "../../infra/paths.ts";
import { withoutComment } from "../../infra/remote/public-key.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";
import { pulumi, run } from "./program.ts";

/** The stack that the machines belong to. */
export const rawStack = "e2e-hosts";
/** Away from the ports of the stack `emulated`, which may be there at the same time. */
export const managementPortBase = 24260;
const nodeCount = 2;
const answerLimitMs = 300_000;
const answerPauseMs = 2000;

/** A machine with the way to it. */
export interface RawHost {
  readonly name: string;
  readonly connection: Connection & { readonly hostKey: string };
  readonly fabricAddress: string;
}

/** What machines stand on; nothing above them is declared to the engine. */
const machineResources = [
  "**::stack-folders",
  "**::images",
  "**::libvirt",
  "**::accelerator",
  "**-key",
  "**-seed-file",
  "**libvirt:index/**",
  "**providers:libvirt::**",
];

/**
 * Starts the machines and waits until they answer. Their boot loader's file is
 * the one that they make themselves, as on any host that has ever been updated.
 */
export async function startRawNodes(): Promise<RawHost[]> {
  const config = {
    [`${projectName}:nodes`]: { source: "emulated", count: nodeCount, managementPortBase },
    [`${projectName}:environments`]: ["native"],
  };
  writeFileSync(join(checkoutDirectory, `Pulumi.${rawStack}.yaml`), stringify({ config }));
  await pulumi("stack", "select", "--create", rawStack);
  const targets = machineResources.flatMap((name) => ["--target", name]);
  const up = await pulumi("up", "--yes", "--non-interactive", "-s", rawStack, ...targets);
  if (up.exitCode !== 0) throw new Error(`the machines did not start:\n${up.stdout}`);
  const hosts = Array.from({ length: nodeCount }, (_, index) => rawHost(index));
  await Promise.all(hosts.map(answers));
  return hosts;
}

/** Takes the machines away. */
export async function removeRawNodes(): Promise<void> {
  await run("env", [`TESTBED_STACK=${rawStack}`, "tools/down"]);
}

function rawHost(index: number): RawHost {
  const keys = join(stackDirectory(rawStack), "keys");
  const hostKey = withoutComment(readFileSync(join(keys, `n${index + 1}-host.pub`), "utf8"));
  const port = managementPortBase + index;
  return {
    name: `h${index + 1}`,
    connection: { address: "127.0.0.1", port, user: "root", privateKeyPath: join(keys, "user"), hostKey },
    fabricAddress: `198.18.0.${index + 1}`,
  };
}

/** The machine's own way in, whatever stack it belongs to by now. */
export function remoteOf({ name, connection }: RawHost): SshRemote {
  return new SshRemote(name, connection, socketDirectory(rawStack));
}

async function answers(host: RawHost): Promise<void> {
  const remote = remoteOf(host);
  const until = Date.now() + answerLimitMs;
  for (;;) {
    try {
      await remote.run(["update-grub"]);
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(answerPauseMs);
    }
  }
}
