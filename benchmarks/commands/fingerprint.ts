/** `testbed fingerprint`: what nodes are like, to be kept before a deployment and held against what they are like after it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import * as z from "zod";
import { connectionSchema } from "../../infra/inventory.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";
import { compareFingerprints } from "../fingerprint/compare.ts";
import { fingerprintSchema } from "../fingerprint/fingerprint.ts";
import { takeFingerprint } from "../fingerprint/take.ts";
import { comparisonText } from "../fingerprint/text.ts";
import { parseJson, UserError } from "../input.ts";
import { readNamedFile } from "./files.ts";
import { defaultStack, readInventory } from "./inventory-source.ts";

/** Nodes that no stack has yet. */
const hostsSchema = z.array(z.strictObject({ name: z.string().min(1), connection: connectionSchema })).min(1);
type Host = z.infer<typeof hostsSchema>[number];

interface Options {
  readonly inventory?: string;
  readonly hosts?: string;
  readonly stack: string;
  readonly node?: string[];
  readonly output?: string;
  readonly compare?: true;
}

export function fingerprintCommand(): Command {
  return new Command("fingerprint")
    .description(
      "print as JSON what nodes are like; with --compare, show what a deployment left on them (status 1 when anything)",
    )
    .argument("[before]", "with --compare: the fingerprint of before")
    .argument("[after]", "with --compare: the fingerprint of after")
    .option("--inventory <file>", "whose nodes; - is standard input; absent: the stack's own inventory")
    .option(
      "--hosts <file>",
      'nodes of no stack: JSON as in [{"name": "n1", "connection": {"address": "n1"}}]',
    )
    .option("--stack <name>", "whose nodes when no file is given", defaultStack)
    .option("--node <name...>", "only these nodes")
    .option("-o, --output <file>", "write the JSON there instead")
    .option("--compare", "hold two fingerprints against each other; no node is asked")
    .action(async (before: string | undefined, after: string | undefined, options: Options) => {
      if (options.compare) compare(before, after);
      else if (before === undefined) await take(options);
      else throw new UserError("files can be given with --compare only", 2);
    });
}

function compare(before: string | undefined, after: string | undefined): void {
  if (before === undefined || after === undefined) {
    throw new UserError("--compare needs two files: the fingerprint of before and that of after", 2);
  }
  const [former, latter] = [before, after].map((file) =>
    parseJson(fingerprintSchema, readNamedFile(file, "the fingerprint"), `the fingerprint ${file}`),
  );
  if (former === undefined || latter === undefined) return;
  const comparison = compareFingerprints(former, latter);
  process.stdout.write(comparisonText(comparison));
  const isClean =
    comparison.unmatched.length === 0 && comparison.differences.every((one) => one.verdict !== "kept");
  process.exitCode = isClean ? 0 : 1;
}

async function take(options: Options): Promise<void> {
  if (options.hosts !== undefined && options.inventory !== undefined) {
    throw new UserError("only one of --hosts and --inventory can be given", 2);
  }
  const hosts = chosen(await readHosts(options), options.node);
  // Sockets of its own: the shared connections end with this command.
  const sockets = mkdtempSync(join(tmpdir(), "testbed-"));
  const nodes = hosts.map(({ name, connection }) => ({
    name,
    remote: new SshRemote(name, connection, sockets),
  }));
  try {
    const text = `${JSON.stringify(await takeFingerprint(nodes, new Date()), null, 1)}\n`;
    if (options.output === undefined) process.stdout.write(text);
    else writeFileSync(options.output, text);
  } finally {
    await Promise.all(nodes.map(({ remote }) => remote.close()));
    rmSync(sockets, { recursive: true, force: true });
  }
}

async function readHosts({ hosts, inventory, stack }: Options): Promise<readonly Host[]> {
  if (hosts !== undefined) {
    return parseJson(hostsSchema, readNamedFile(hosts, "the file of hosts"), "the file of hosts");
  }
  const options = { stack, ...(inventory === undefined ? {} : { inventory }) };
  return (await readInventory(options)).nodes;
}

function chosen(hosts: readonly Host[], names: readonly string[] | undefined): readonly Host[] {
  if (names === undefined) return hosts;
  return names.map((name) => {
    const host = hosts.find((one) => one.name === name);
    if (host !== undefined) return host;
    const known = hosts.map((one) => one.name).join(", ");
    throw new UserError(`there is no node "${name}"; there are ${known}`, 2);
  });
}
