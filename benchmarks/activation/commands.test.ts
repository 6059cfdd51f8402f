/** The commands `status` and `activate`, and the release of adapters at the deletion of a stack. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkoutDirectory } from "../../infra/paths.ts";
import { environmentNamed } from "../commands/activate.ts";
import { readInventory } from "../commands/inventory-source.ts";
import { readStatus, statusText } from "../commands/status.ts";
import { takeLock } from "../runner/lock.ts";
import { stepLine } from "./edge.ts";
import { testInventory } from "./testing/inventory.ts";
import { deployedNode } from "./testing/simulated-node.ts";
import { SimulatedRemote } from "./testing/simulated-remote.ts";

const inventory = testInventory(2);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-commands-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("status shows a table of the nodes and what is active on all", async () => {
  const models = new Map(inventory.nodes.map(({ name }) => [name, deployedNode()]));
  for (const guest of models.get("n1")?.guests ?? []) guest.state = "paused";
  const status = await readStatus(
    inventory,
    (name) => new SimulatedRemote(name, models.get(name) ?? deployedNode()),
  );
  expect(status.nodes[0]?.state.adapter?.driver).toBe("igb");
  expect(statusText(status)).toBe(`\
node  adapter             VFs     held by        guests                  active
----  ------------------  ------  -------------  ----------------------  -----------------------------
n1    0000:01:00.0 (igb)  3 of 7  n1: fab0 rxe0  g1 paused, g2 paused    native, container-passthrough
n2    0000:01:00.0 (igb)  3 of 7  n2: fab0 rxe0  g1 running, g2 running  native, container-passthrough
active on every node of test: native, container-passthrough
`);
});

test("a step as a line of progress", () => {
  expect(stepLine({ node: "n1", step: "pause g1", seconds: 1.25 })).toBe("n1: pause g1 (1.3 s)");
});

describe("readInventory", () => {
  test("takes a file, or what the stack says", async () => {
    const file = join(folder, "inventory.json");
    writeFileSync(file, JSON.stringify(inventory));
    expect(await readInventory({ inventory: file, stack: "none" })).toEqual(inventory);
    const asked: string[] = [];
    const read = await readInventory({ stack: "lab" }, async (stack) => {
      asked.push(stack);
      return { exitCode: 0, stdout: JSON.stringify(inventory), stderr: "" };
    });
    expect(read).toEqual(inventory);
    expect(asked).toEqual(["lab"]);
  });

  test("says in a sentence that there is none", async () => {
    const stderr = "error: no stack named 'lab' found\n";
    const outcome = readInventory({ stack: "lab" }, async () => ({ exitCode: 255, stdout: "", stderr }));
    await expect(outcome).rejects.toThrow(
      `stack "lab" has no inventory (pulumi said: no stack named 'lab' found); deploy it with tools/up, or name a file with --inventory`,
    );
  });
});

test("an unknown environment is refused with the names there are", () => {
  expect(() => environmentNamed(inventory, "vm")).toThrow(
    expect.objectContaining({
      exitStatus: 2,
      message:
        'stack "test" has no environment vm; it has native, vm-passthrough, vm-sriov, container-passthrough, container-sriov, vm-virtio',
    }),
  );
});

describe("programs", () => {
  const program = (script: string, words: string[], environment: Record<string, string> = {}) =>
    execa(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", join(checkoutDirectory, "benchmarks", script), ...words],
      { env: environment, reject: false },
    );

  test("activate waits for nobody: a benchmark that runs is named", async () => {
    const file = join(folder, "inventory.json");
    writeFileSync(file, JSON.stringify(inventory));
    const release = takeLock(join(folder, "test", ".lock"));
    const result = await program("cli.ts", ["activate", "native", "--inventory", file, "--results", folder]);
    release();
    expect(result.stderr).toBe(
      `testbed: another runner (process ${process.pid}) is measuring this stack; wait for it or end it`,
    );
    expect(result.exitCode).toBe(1);
  });

  test("adapter-release does nothing when a stack is made, and says what is wrong with a request", async () => {
    expect(await program("activation/adapter-release.ts", ["create"])).toMatchObject({
      exitCode: 0,
      stdout: '{"steps":[]}',
    });
    const refused = await program("activation/adapter-release.ts", ["release"], { TESTBED_REQUEST: "{}" });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /^the adapters could not be given back: the request in TESTBED_REQUEST is not valid: inventory/,
    );
    expect((await program("activation/adapter-release.ts", [])).exitCode).toBe(2);
  });
});
