/**
 * Hosts that are nobody's yet: the machines of an emulated stack without all that a stack puts on them. To a stack of the
 * source `existing` they are like hosts of the user's own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { checkoutDirectory, projectName, socketDirectory, stackDirectory } from "../../infra/paths.ts";
import { withoutComment } from "../../infra/remote/public-key.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";
import type { HostConfiguration } from "./previews.ts";
import { pulumi, run } from "./program.ts";

/** The stack that the machines belong to. */
export const rawStack = "e2e-hosts";
/** Away from the ports of the stack `emulated`, which may be there at the same time. */
export const managementPortBase = 24260;
const nodeCount = 2;
const answerLimitMs = 300_000;
const answerPauseMs = 2000;

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
 * Starts the machines and waits until they answer; gives them as a stack of existing hosts names them. Their boot loader's file is
 * the one that they make themselves, as on any host that has ever been updated.
 */
export async function startRawNodes(): Promise<HostConfiguration[]> {
  const config = {
    [`${projectName}:nodes`]: { source: "emulated", count: nodeCount, managementPortBase },
    [`${projectName}:environments`]: ["native"],
  };
  writeFileSync(join(checkoutDirectory, `Pulumi.${rawStack}.yaml`), stringify({ config }));
  await pulumi("stack", "select", "--create", rawStack);
  const targets = machineResources.flatMap((name) => ["--target", name]);
  const up = await pulumi("up", "--yes", "--non-interactive", "-s", rawStack, ...targets);
  if (up.exitCode !== 0) throw new Error(`the machines did not start:\n${up.stdout}`);
  const hosts = Array.from({ length: nodeCount }, (_, index) => hostConfiguration(index));
  await Promise.all(hosts.map(answers));
  return hosts;
}

/** Takes the machines away. */
export async function removeRawNodes(): Promise<void> {
  await run("env", [`TESTBED_STACK=${rawStack}`, "tools/down"]);
}

function hostConfiguration(index: number): HostConfiguration {
  const keys = join(stackDirectory(rawStack), "keys");
  const hostKey = readFileSync(join(keys, `n${index + 1}-host.pub`), "utf8");
  return {
    name: `h${index + 1}`,
    address: "127.0.0.1",
    port: managementPortBase + index,
    user: "root",
    privateKeyPath: join(keys, "user"),
    hostKey: withoutComment(hostKey),
    fabricAddress: `198.18.0.${index + 1}`,
  };
}

async function answers(host: HostConfiguration): Promise<void> {
  const { address, port, user, privateKeyPath, hostKey } = host as Record<string, string> & { port: number };
  const connection = { address: `${address}`, port, user, privateKeyPath, hostKey } as ConstructorParameters<
    typeof SshRemote
  >[1];
  const remote = new SshRemote(String(host.name), connection, socketDirectory(rawStack));
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
