/**
 * Hosts of one's own are left as they were: a stack of the source `existing` over machines that survive its destroy, held to
 * fingerprints from before the first `up` and after `destroy`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { resultsSchema } from "../../benchmarks/results.ts";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { keepLogs } from "./logs.ts";
import { output, pulumi, run } from "./program.ts";
import { rawStack, removeRawNodes, startRawNodes } from "./raw-nodes.ts";

const stack = "e2e-existing";
const folder = mkdtempSync(join(tmpdir(), "testbed-e2e-"));
const hostsFile = join(folder, "hosts.json");

async function fingerprint(name: string): Promise<string> {
  const file = join(folder, `${name}.json`);
  const outcome = await run("npx", ["testbed", "fingerprint", "--hosts", hostsFile, "-o", file]);
  expect(outcome.exitCode).toBe(0);
  return file;
}

beforeAll(async () => {
  const hosts = await startRawNodes();
  writeFileSync(hostsFile, JSON.stringify(hosts.map(({ name, connection }) => ({ name, connection }))));
  const declared = hosts.map(({ connection, ...host }) => ({ ...host, ...connection }));
  const config = {
    [`${projectName}:nodes`]: { source: "existing", hosts: declared },
    [`${projectName}:appliance`]: { softRoce: true },
    [`${projectName}:environments`]: ["native", "vm-sriov"],
    [`${projectName}:guest`]: { virtualCpus: 1, memoryMib: 320 },
    [`${projectName}:suite`]: { benchmarks: ["ib_send_lat"], sizesBytes: [8], launches: 1 },
  };
  writeFileSync(join(checkoutDirectory, `Pulumi.${stack}.yaml`), stringify({ config }));
  await pulumi("stack", "select", "--create", stack);
});

afterAll(async () => {
  keepLogs(rawStack);
  await pulumi("stack", "rm", "--yes", "--force", stack);
  await removeRawNodes();
  await pulumi("stack", "rm", "--yes", "--force", rawStack);
  rmSync(folder, { recursive: true });
});

test("after up and destroy nothing differs on the hosts but what a reboot changes by itself", async () => {
  const before = await fingerprint("before");
  const up = await pulumi("up", "--yes", "--non-interactive", "-s", stack);
  expect(up.exitCode, `${up.stdout}\n${up.stderr}`).toBe(0);
  const results = resultsSchema.parse(await output("results", stack));
  expect(results.cells.map(({ environment, status }) => `${environment} ${status}`).sort()).toEqual([
    "native valid",
    "vm-sriov valid",
  ]);

  const during = await fingerprint("during");
  const compare = (after: string) => run("npx", ["testbed", "fingerprint", "--compare", before, after]);
  // A comparison that finds nothing in a host full of this project's things would prove nothing of the next one.
  expect((await compare(during)).exitCode).toBe(1);

  expect((await pulumi("destroy", "--yes", "--non-interactive", "-s", stack)).exitCode).toBe(0);
  const comparison = await compare(await fingerprint("after"));
  expect(comparison.exitCode, comparison.stdout).toBe(0);
});
