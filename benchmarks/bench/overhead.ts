/**
 * What the runner costs: wall time of a suite over that of the same commands in a bare loop over the same ssh connections,
 * block by block in turn so that both meet the same load. `node benchmarks/bench/overhead.ts INVENTORY [SUITE]`, JSON out.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Inventory, inventorySchema } from "../../infra/inventory.ts";
import type { Remote } from "../../infra/remote/remote.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";
import { parseJson } from "../input.ts";
import { type LedgerEvent, readLedger } from "../runner/ledger.ts";
import { runPlan } from "../runner/run.ts";
import { createRun, runFiles } from "../runner/run-directory.ts";
import { planRun } from "../runner/schedule.ts";
import { resolveSuite, type Suite, suiteSchema } from "../suite.ts";

/** What overhead.ts prints: wall times of the same launches, and the suite's over the bare loop's. */
export interface Overhead {
  readonly launches: number;
  /** Launches of the suite that its parsers accepted. */
  readonly launchesValid: number;
  readonly suiteSeconds: number;
  readonly bareSeconds: number;
  readonly ratio: number;
}

type Started = Extract<LedgerEvent, { event: "started" }>;

/** Ports of the bare loop lie apart from the runner's. */
const barePortOffset = 2000;

function withOtherPort(command: readonly string[]): string[] {
  const place = command.indexOf("-p") + 1;
  return command.map((word, index) => (index === place ? String(Number(word) + barePortOffset) : word));
}

/** One launch as a person's loop does it: start the server, start the client until the server takes it. */
async function bareLaunch(
  inventory: Inventory,
  remoteOf: (node: string) => Remote,
  started: Started,
): Promise<void> {
  const environment = inventory.environments.find(({ name }) => name === started.environment);
  const prefix = (node: string): readonly string[] =>
    environment?.placements.find((placement) => placement.node === node)?.commandPrefix ?? [];
  const [passive] = started.servers;
  if (passive === undefined) throw new Error("the launch has no passive side");
  const server = remoteOf(passive.node).run([...prefix(passive.node), ...withOtherPort(passive.command)]);
  for (;;) {
    const client = await remoteOf(started.client.node).run([
      ...prefix(started.client.node),
      ...withOtherPort(started.client.command),
    ]);
    if (client.exitCode !== 1 || !client.stderr.includes("Couldn't connect to ")) break;
  }
  await server;
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await action();
  return (performance.now() - begun) / 1000;
}

async function main(inventoryPath: string, suitePath: string | undefined): Promise<void> {
  const inventory = parseJson(inventorySchema, readFileSync(inventoryPath, "utf8"), "the inventory");
  const suiteText = suitePath === undefined ? "{}" : readFileSync(suitePath, "utf8");
  const suite = resolveSuite(parseJson(suiteSchema, suiteText, "the suite"), inventory);
  const remotes = new Map<string, Remote>(
    inventory.nodes.map((node) => [
      node.name,
      new SshRemote(node.name, node.connection, inventory.socketDirectory),
    ]),
  );
  const remoteOf = (node: string): Remote => {
    const remote = remotes.get(node);
    if (remote === undefined) throw new Error(`the inventory has no node ${node}`);
    return remote;
  };
  // Opens the shared connections: neither side is to pay for that.
  await Promise.all([...remotes.values()].map((remote) => remote.run(["true"])));
  const folder = mkdtempSync(join(tmpdir(), "testbed-overhead-"));
  let suiteSeconds = 0;
  let bareSeconds = 0;
  let launches = 0;
  let launchesValid = 0;
  for (let block = 0; block < suite.launches; block++) {
    const part: Suite = { ...suite, launches: 1, warmUpLaunches: 0, retries: 0, seed: suite.seed + block };
    const directory = createRun(folder, planRun(part, inventory), inventory, new Date());
    suiteSeconds += await secondsOf(() => runPlan({ directory, inventory, remoteOf }));
    const { events } = readLedger(join(directory, runFiles.ledger));
    const started = events.filter((event) => event.event === "started");
    launches += started.length;
    launchesValid += events.filter((event) => event.event === "valid").length;
    for (const event of started) bareSeconds += await secondsOf(() => bareLaunch(inventory, remoteOf, event));
  }
  rmSync(folder, { recursive: true });
  const ratio = suiteSeconds / bareSeconds;
  const overhead: Overhead = { launches, launchesValid, suiteSeconds, bareSeconds, ratio };
  process.stdout.write(`${JSON.stringify(overhead)}\n`);
}

const [inventoryPath, suitePath] = process.argv.slice(2);
if (inventoryPath === undefined) {
  process.stderr.write("usage: overhead.ts INVENTORY [SUITE]\n");
  process.exitCode = 2;
} else {
  await main(inventoryPath, suitePath);
}
