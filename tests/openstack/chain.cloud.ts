/**
 * Lease, servers, appliance, suite and outputs as one chain: the servers of the small OpenStack are no machines, so emulated nodes
 * stand for them, to which an ssh configuration leads (way/). Everything else is the shipped program, run as a user runs it.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Results, resultsSchema } from "../../benchmarks/results.ts";
import { readLedger } from "../../benchmarks/runner/ledger.ts";
import { runFiles } from "../../benchmarks/runner/run-directory.ts";
import { inventorySchema } from "../../infra/inventory.ts";
import { Blazar } from "../../infra/openstack/blazar.ts";
import { checkoutDirectory, projectName, resultsDirectory, stackDirectory } from "../../infra/paths.ts";
import { keepLogs } from "../e2e/logs.ts";
import { output, pulumi, run, start } from "../e2e/program.ts";
import { type RawHost, rawStack, remoteOf, removeRawNodes, startRawNodes } from "../e2e/raw-nodes.ts";
import {
  cloudDirectory,
  cloudsFile,
  credentialSecrets,
  holdings,
  nodeType,
  nothing,
  project,
  region,
  sessionOf,
} from "./project.ts";

const stack = "e2e-cloud";
const alice = sessionOf("alice");
const blazar = new Blazar(alice);
const runs = join(resultsDirectory, stack);
const suite = {
  benchmarks: ["ib_send_lat", "ib_write_lat", "ib_send_bw"],
  sizesBytes: [8],
  launches: 8,
  iterations: 100,
};
const attemptsInAll = suite.benchmarks.length * suite.launches;
/** Until when the lease's end is waited for: Blazar looks every ten seconds. */
const answerLimitMs = 120_000;
/** More than an hour's lease has left once its servers are there, and less than all of it. */
const nearlyTheLeaseSeconds = 57 * 60;

/** Lets the console of the server that a node stands for show the node's host key, as cloud-init has it do. */
function showHostKey({ connection }: RawHost, index: number): void {
  const folder = join(cloudDirectory, "console");
  mkdirSync(folder, { recursive: true });
  const lines = [
    "-----BEGIN SSH HOST KEY KEYS-----",
    `${connection.hostKey} root@n${index + 1}`,
    "-----END SSH HOST KEY KEYS-----",
  ];
  writeFileSync(join(folder, `testbed-${stack}-n${index + 1}`), `${lines.join("\n")}\n`);
}

/** Events of the only run that there is; none before it. */
function ledgerEvents() {
  const folders = readdirSync(resultsDirectory).includes(stack)
    ? readdirSync(runs).filter((name) => /^\d/.test(name))
    : [];
  expect(folders.length).toBeLessThan(2);
  return folders.flatMap((name) => readLedger(join(runs, name, runFiles.ledger)).events);
}

function validLaunches(): number[] {
  return ledgerEvents().flatMap((event) => (event.event === "valid" ? [event.launch] : []));
}

/** Puts the nodes' clocks forward, which stand for the cloud's. */
async function putClocksForward(seconds: number): Promise<void> {
  const time = Math.floor(Date.now() / 1000) + seconds;
  for (const host of rawHosts) await remoteOf(host).run(["date", "-s", `@${time}`]);
}

const up = () => pulumi("up", "--yes", "--non-interactive", "-s", stack);
const results = async (): Promise<Results> => resultsSchema.parse(await output("results", stack));

let rawHosts: readonly RawHost[] = [];

beforeAll(async () => {
  process.env.OS_CLIENT_CONFIG_FILE = cloudsFile;
  process.env.PATH = `${join(checkoutDirectory, "tests/openstack/way")}:${process.env.PATH}`;
  expect(await holdings(alice)).toEqual(nothing);
  rawHosts = await startRawNodes();
  rawHosts.forEach(showHostKey);
  const config = {
    [`${projectName}:nodes`]: {
      source: "chameleon",
      cloud: "alice",
      site: region,
      project,
      user: "root",
      privateKeyPath: join(stackDirectory(rawStack), "keys", "user"),
      leaseHours: 1,
      nodeType,
      count: 2,
      image: "CC-Ubuntu24.04",
    },
    [`${projectName}:appliance`]: { softRoce: true },
    [`${projectName}:environments`]: ["native"],
    [`${projectName}:suite`]: suite,
  };
  writeFileSync(join(checkoutDirectory, `Pulumi.${stack}.yaml`), stringify({ config }));
  rmSync(runs, { recursive: true, force: true });
  await pulumi("stack", "select", "--create", stack);
});

afterAll(async () => {
  keepLogs(rawStack);
  await run("npx", ["testbed", "reap", "--owner", stack, "--cloud", "alice", "--yes"]);
  await pulumi("stack", "rm", "--yes", "--force", stack);
  await removeRawNodes();
  await pulumi("stack", "rm", "--yes", "--force", rawStack);
  rmSync(join(cloudDirectory, "console"), { recursive: true });
});

test("a lease that ends during a run ends up with a sentence, and what was measured is kept", async () => {
  const command = start("tools/pulumi", ["up", "--yes", "--non-interactive", "-s", stack]);
  let hasEnded = false;
  const ended = command.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded && validLaunches().length < 2) await sleep(500);
  const [lease] = await blazar.list();
  await execa("tests/openstack/cloud/expire", [lease?.id ?? ""], { cwd: checkoutDirectory });
  const { exitCode, stdout } = await ended;
  expect(exitCode, stdout).not.toBe(0);
  expect(stdout).toMatch(/n[12] \(root@192\.0\.2\.\d+\) does not answer/);
  const count = validLaunches().length;
  expect(count).toBeGreaterThanOrEqual(2);
  expect(count).toBeLessThan(attemptsInAll);

  const until = Date.now() + answerLimitMs;
  while ((await blazar.list())[0]?.status !== "TERMINATED" && Date.now() < until) await sleep(1000);
  expect((await holdings(alice)).servers).toEqual([]);
});

test("the preview says that the lease is over", async () => {
  const { exitCode, stdout } = await pulumi("preview", "--non-interactive", "-s", stack);
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toMatch(
    /the lease "testbed-e2e-cloud" is TERMINATED: its end was .* UTC; a new one is needed/,
  );
});

test("a run stops before its lease ends, and up hands out what was measured until then", async () => {
  const before = validLaunches();
  await putClocksForward(nearlyTheLeaseSeconds);
  const { exitCode, stdout } = await up();
  expect(exitCode, stdout).toBe(0);
  expect((await results()).ending).toMatchObject({ reason: "lease" });
  expect(validLaunches().slice(0, before.length)).toEqual(before);
  expect((await holdings(alice)).leases).toEqual([`testbed-${stack} ACTIVE`]);
});

test("more hours let the run go on with what is missing, to its end", async () => {
  const before = validLaunches();
  await putClocksForward(0);
  await pulumi("config", "set", "--path", "nodes.leaseHours", "2", "-s", stack);
  const { exitCode, stdout } = await up();
  expect(exitCode, stdout).toBe(0);
  const { cells, ending } = await results();
  expect(cells.map(({ benchmark, status }) => `${benchmark} ${status}`).sort()).toEqual(
    suite.benchmarks.map((benchmark) => `${benchmark} valid`).sort(),
  );
  expect(ending).toMatchObject({ reason: "planned" });
  const launches = validLaunches();
  expect(launches.slice(0, before.length)).toEqual(before);
  expect(new Set(launches).size).toBe(attemptsInAll);
  expect(launches.length).toBe(attemptsInAll);
});

test("the outputs name the leased nodes, and another up changes nothing", async () => {
  const inventory = inventorySchema.parse(await output("inventory", stack));
  expect(inventory.lease).toMatchObject({ site: region, nodeType });
  expect(inventory.nodes.map(({ name, connection }) => `${name} ${connection.hostKey}`)).toEqual(
    rawHosts.map(({ connection }, index) => `n${index + 1} ${connection.hostKey}`),
  );
  const again = await pulumi("up", "--yes", "--non-interactive", "--expect-no-changes", "-s", stack);
  expect(again.exitCode, again.stdout).toBe(0);
});

test("no secret is in state, outputs or results", async () => {
  const state = await pulumi("stack", "export", "-s", stack);
  const shown = await pulumi("stack", "output", "--json", "--show-secrets", "-s", stack);
  const files = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"));
  const everything = [state.stdout, shown.stdout, ...texts].join("\n");
  expect(everything).toContain(nodeType);
  for (const secret of credentialSecrets()) expect(everything).not.toContain(secret);
  expect(everything).not.toMatch(/gAAAAA[\w-]{50}/);
  expect(everything).not.toContain("PRIVATE KEY");
});

test("destroy leaves nothing on the cloud", async () => {
  const destroy = await pulumi("destroy", "--yes", "--non-interactive", "-s", stack);
  expect(destroy.exitCode, destroy.stdout).toBe(0);
  expect(await holdings(alice)).toEqual(nothing);
});
