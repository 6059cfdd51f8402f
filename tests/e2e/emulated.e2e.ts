/**
 * The main job from end to end, as the README says: one command builds an emulated testbed and measures in it, one command
 * takes it away. The steps follow each other and share one testbed.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import { resultsSchema } from "../../benchmarks/results.ts";
import { inventorySchema } from "../../infra/inventory.ts";
import { outputsSchema } from "../../infra/outputs.ts";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { adapterSteps } from "./adapter-steps.ts";
import { findLeftovers } from "./leftovers.ts";
import { keepLogs } from "./logs.ts";
import { mpiSteps } from "./mpi-steps.ts";
import { previewWith, shippedConfiguration } from "./previews.ts";
import { output, printed, pulumi, run, stack, start } from "./program.ts";
import { refusedHostSteps } from "./refused-host-steps.ts";
import { reportSteps } from "./report-steps.ts";
import { Testbed } from "./testbed.ts";

const verbs = ["ib_send_lat", "ib_write_lat", "ib_read_lat", "ib_send_bw", "ib_write_bw", "ib_read_bw"];
const environments = ["native", "vm-passthrough", "vm-sriov", "container-passthrough"];
/** Pulumi's own limit for what stays readable as a stack output in this project. */
const outputLimitBytes = 64 * 1024;

const testbed = new Testbed();

async function gitStatus(): Promise<string> {
  return (await execa("git", ["status", "--porcelain"], { cwd: checkoutDirectory })).stdout;
}

/** Names of the resources that a preview or an update would touch, from `--json`. */
function touched(stdout: string): string[] {
  const { steps } = JSON.parse(stdout) as { steps?: { op: string; urn: string; detailedDiff?: object }[] };
  return (steps ?? [])
    .filter(({ op }) => !["same", "refresh", "read"].includes(op))
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

afterAll(async () => {
  keepLogs(stack);
  await run("npm", ["run", "--silent", "down"]);
});

describe("mistakes in the configuration are refused before anything is made", () => {
  test("all at once, each with its key, its value and what would be right", async () => {
    const outcome = await previewWith({
      [`${projectName}:nodes`]: { source: "emulated", count: 1 },
      [`${projectName}:enviroments`]: ["native"],
    });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toContain("nodes.count is 1; right would be");
    expect(outcome.stdout).toContain("did you mean environments?");
    expect(findLeftovers(stack)).toEqual([]);
  });

  test("the paper's own stack says that it needs credentials", async () => {
    const outcome = await previewWith(shippedConfiguration("chameleon"));
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toMatch(/There are no credentials|there is no .*\.pub/);
  });
});

describe("one command builds the testbed and measures in it", () => {
  test("Ctrl-C in the middle of npm run up ends it in good order", async () => {
    const up = start("npm", ["run", "--silent", "up"], "", { detached: true });
    await printed(up, "stdout", "waiting for n1 to answer");
    process.kill(-(up.pid ?? 0), "SIGINT");
    expect((await up).exitCode).not.toBe(0);
  });

  test("npm run up goes on from there, ends well and prints a row for each cell", async () => {
    const outcome = await run("npm", ["run", "--silent", "up"]);
    expect(outcome.exitCode).toBe(0);
    for (const benchmark of verbs) expect(outcome.stdout).toContain(benchmark);
    expect(outcome.stdout.toLowerCase()).toContain("emulated");
  });

  test("git status stays clean", async () => {
    expect(await gitStatus()).toBe("");
  });

  test("the inventory output says how to run a command in each environment", async () => {
    const inventory = inventorySchema.parse(await output("inventory"));
    testbed.inventory = inventory;
    expect(inventory.fidelity).toBe("emulated");
    const digests: string[] = [];
    for (const environment of inventory.environments) {
      const placement = environment.placements[0];
      const result = await testbed
        .remoteOf(0)
        .run([...(placement?.commandPrefix ?? []), "sha256sum", "/usr/bin/ib_send_lat"]);
      expect(result.stdout).toMatch(/^[0-9a-f]{64} /);
      digests.push(result.stdout);
    }
    expect(digests).toHaveLength(environments.length);
    expect(new Set(digests).size).toBe(1);
  });

  test("the nodes output says what each node is", async () => {
    const nodes = outputsSchema.shape.nodes.parse(await output("nodes"));
    expect(nodes.map(({ operatingSystem }) => operatingSystem)).toEqual(["debian 13", "debian 13"]);
  });

  test("the appliance is effective on every node", async () => {
    for (const [index, node] of testbed.inventory.nodes.entries()) {
      const groups = await testbed
        .remoteOf(index)
        .run(["find", "/sys/kernel/iommu_groups", "-name", "type", "-exec", "cat", "{}", "+"]);
      expect(groups.stdout.split("\n")).toContain("identity");
      expect(await testbed.virtualFunctionsOf(index)).toBe(String(node.adapter.virtualFunctions));
    }
  });

  test("the results output has a valid row for each cell, read by jq", async () => {
    const text = JSON.stringify(await output("results"));
    expect(Buffer.byteLength(text)).toBeLessThan(outputLimitBytes);
    const results = resultsSchema.parse(JSON.parse(text));
    expect(results.fidelity).toBe("emulated");
    expect(results.counts.launchesProven).toBe(results.counts.launchesValid);
    const filter =
      '[.cells[] | select(.status == "valid") | [.benchmark, .environment] | join(" ")] | unique | .[]';
    const { stdout } = await execa("jq", ["-r", filter], { input: text });
    const expected = verbs.flatMap((benchmark) =>
      environments.map((environment) => `${benchmark} ${environment}`),
    );
    expect(stdout.split("\n").sort()).toEqual(expected.sort());
    const folder = join(checkoutDirectory, results.path);
    for (const file of ["ledger.jsonl", "measurements.jsonl", "results.json"])
      expect(existsSync(join(folder, file))).toBe(true);
    const measurements = readFileSync(join(folder, "measurements.jsonl"), "utf8").trim().split("\n");
    expect(measurements.every((line) => JSON.parse(line).fidelity === "emulated")).toBe(true);
  });

  test("the suite can be run by hand from the inventory output", async () => {
    const words = [
      "testbed",
      "run",
      "--inventory",
      "-",
      "--new",
      "--only",
      "ib_send_lat",
      "--environments",
      "native",
    ];
    const outcome = await run("npx", words, JSON.stringify(testbed.inventory));
    expect(outcome.exitCode).toBe(0);
    const cells = resultsSchema.parse(JSON.parse(outcome.stdout)).cells;
    expect(new Set(cells.map(({ benchmark }) => benchmark))).toEqual(new Set(["ib_send_lat"]));
  });
});

describe("results for people and other tools", () => reportSteps(environments));

describe("MPI programs", () => mpiSteps(testbed));

describe("the adapter has one owner at a time", () => adapterSteps(testbed));

describe("the testbed stays as it was declared", () => {
  test("a second up changes nothing", async () => {
    const begin = Date.now();
    const preview = await pulumi("preview", "--json", "-s", stack);
    expect(touched(preview.stdout)).toEqual([]);
    const update = await pulumi("up", "--yes", "--json", "-s", stack);
    expect(update.exitCode).toBe(0);
    process.stderr.write(`preview and second up: ${(Date.now() - begin) / 1000} s\n`);
  });

  test("drift of one property is shown, and only it is mended", async () => {
    const address = testbed.nodeAt(0).adapter.pciAddress;
    await testbed.remoteOf(0).run(["tee", `/sys/bus/pci/devices/${address}/sriov_numvfs`], { input: "0\n" });
    expect(await testbed.virtualFunctionsOf(0)).toBe("0");

    const preview = await pulumi("preview", "--refresh", "--json", "-s", stack);
    expect(touched(preview.stdout)).toEqual([expect.stringMatching(/^update n1.*virtual-functions$/)]);

    const update = await pulumi("up", "--refresh", "--yes", "-s", stack);
    expect(update.exitCode).toBe(0);
    expect(update.stdout).toMatch(/1 updated/);
    expect(await testbed.virtualFunctionsOf(0)).toBe("2");
  });
});

describe("a stack with hosts of one's own is refused at preview, with a sentence for each mistake", () =>
  refusedHostSteps(testbed));

describe("one command takes it all away", () => {
  test("npm run down leaves nothing but results and the cache, though a node was removed by hand", async () => {
    const { uri } = JSON.parse(
      (await run("tools/run", ["node", "infra/emulation/libvirtd.ts", "status", stack])).stdout,
    );
    await run("virsh", ["-c", uri, "destroy", `testbed-${stack}-n2`]);
    await run("virsh", ["-c", uri, "undefine", "--nvram", `testbed-${stack}-n2`]);
    const outcome = await run("npm", ["run", "--silent", "down"]);
    expect(outcome.exitCode).toBe(0);
    expect(findLeftovers(stack)).toEqual([]);
    expect(existsSync(join(checkoutDirectory, "results", stack))).toBe(true);
    expect(await gitStatus()).toBe("");
  });

  test("a second npm run down finds nothing to do", async () => {
    expect((await run("npm", ["run", "--silent", "down"])).exitCode).toBe(0);
  });
});
