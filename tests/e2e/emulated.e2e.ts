/**
 * The main job from end to end, as the README says: one command builds an emulated testbed and measures in it, one command
 * takes it away. The steps follow each other and share one testbed.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, test } from "vitest";
import { resultsSchema } from "../../benchmarks/results.ts";
import { type Inventory, inventorySchema } from "../../infra/inventory.ts";
import { outputsSchema } from "../../infra/outputs.ts";
import { checkoutDirectory, projectName } from "../../infra/paths.ts";
import { SshRemote } from "../../infra/remote/ssh.ts";
import { findLeftovers } from "./leftovers.ts";
import { keepLogs } from "./logs.ts";
import { type HostConfiguration, previewExisting, previewWith, shippedConfiguration } from "./previews.ts";
import { output, pulumi, run, stack, start } from "./program.ts";

const verbs = ["ib_send_lat", "ib_write_lat", "ib_read_lat", "ib_send_bw", "ib_write_bw", "ib_read_bw"];
const environments = ["native", "vm-passthrough", "vm-sriov", "container-passthrough"];
/** Pulumi's own limit for what stays readable as a stack output in this project. */
const outputLimitBytes = 64 * 1024;

let inventory: Inventory;

async function gitStatus(): Promise<string> {
  return (await execa("git", ["status", "--porcelain"], { cwd: checkoutDirectory })).stdout;
}

function remoteOf(index: number): SshRemote {
  const node = inventory.nodes[index];
  if (node === undefined) throw new Error(`no node ${index}`);
  return new SshRemote(node.name, node.connection, inventory.socketDirectory);
}

async function virtualFunctionsOf(index: number): Promise<string> {
  const address = inventory.nodes[index]?.adapter.pciAddress;
  const result = await remoteOf(index).run(["cat", `/sys/bus/pci/devices/${address}/sriov_numvfs`]);
  return result.stdout.trim();
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

  test("the paper's own stack says that leasing comes later", async () => {
    const outcome = await previewWith(shippedConfiguration("chameleon"));
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toContain("this version can't lease nodes on Chameleon yet");
  });
});

describe("one command builds the testbed and measures in it", () => {
  test("Ctrl-C in the middle of npm run up ends it in good order", async () => {
    const up = start("npm", ["run", "--silent", "up"], "", { detached: true });
    await new Promise<void>((resolve) => {
      up.stdout.on("data", (chunk) => {
        if (String(chunk).includes("waiting for n1 to answer")) resolve();
      });
      up.finally(resolve);
    });
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
    inventory = inventorySchema.parse(await output("inventory"));
    expect(inventory.fidelity).toBe("emulated");
    const digests: string[] = [];
    for (const environment of inventory.environments) {
      const placement = environment.placements[0];
      const result = await remoteOf(0).run([
        ...(placement?.commandPrefix ?? []),
        "sha256sum",
        "/usr/bin/ib_send_lat",
      ]);
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
    for (const [index, node] of inventory.nodes.entries()) {
      const groups = await remoteOf(index).run([
        "find",
        "/sys/kernel/iommu_groups",
        "-name",
        "type",
        "-exec",
        "cat",
        "{}",
        "+",
      ]);
      expect(groups.stdout.split("\n")).toContain("identity");
      expect(await virtualFunctionsOf(index)).toBe(String(node.adapter.virtualFunctions));
    }
  });

  test("the results output has a valid row for each cell, read by jq", async () => {
    const text = JSON.stringify(await output("results"));
    expect(Buffer.byteLength(text)).toBeLessThan(outputLimitBytes);
    const results = resultsSchema.parse(JSON.parse(text));
    expect(results.fidelity).toBe("emulated");
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
    const outcome = await run("npx", words, JSON.stringify(inventory));
    expect(outcome.exitCode).toBe(0);
    const cells = resultsSchema.parse(JSON.parse(outcome.stdout)).cells;
    expect(new Set(cells.map(({ benchmark }) => benchmark))).toEqual(new Set(["ib_send_lat"]));
  });
});

describe("the adapter has one owner at a time", () => {
  const adapterDriver = async (): Promise<string> => {
    const path = `/sys/bus/pci/devices/${inventory.nodes[0]?.adapter.pciAddress}/driver`;
    return (await remoteOf(0).run(["readlink", path])).stdout.trim().split("/").at(-1) ?? "";
  };
  const activeOnEvery = async (): Promise<readonly string[]> => {
    const { stdout } = await run("npx", ["testbed", "status", "--json"]);
    return (JSON.parse(stdout) as { environments: string[] }).environments;
  };

  test("after the suite it is the nodes'", async () => {
    expect(await output("activeEnvironment")).toBe("native");
    expect(await activeOnEvery()).toEqual(["native", "container-passthrough"]);
  });

  test("a switch that is killed half-way is finished by the next one", async () => {
    const activation = start("npx", ["testbed", "activate", "vm-passthrough"], "", { detached: true });
    await new Promise<void>((resolve) => {
      activation.stderr.on("data", (chunk) => {
        if (String(chunk).includes("0 virtual functions")) resolve();
      });
      activation.finally(resolve);
    });
    process.kill(-(activation.pid ?? 0), "SIGKILL");
    await activation;
    expect(await activeOnEvery()).toEqual([]);

    expect((await run("npx", ["testbed", "activate", "vm-passthrough"])).exitCode).toBe(0);
    expect(await activeOnEvery()).toEqual(["vm-passthrough"]);
    expect(await adapterDriver()).toBe("vfio-pci");
    expect(await virtualFunctionsOf(0)).toBe("0");
  });

  test("guests share memory with each other's node: what one side writes the other reads", async () => {
    const guest = inventory.nodes[0]?.guests[0];
    const inGuest = (...words: string[]) => remoteOf(0).run([...(guest?.commandPrefix ?? []), ...words]);
    const onNode = (...words: string[]) =>
      remoteOf(0).run(["ivshmem_latency", "--file", `/dev/shm/${guest?.sharedMemory?.name}`, ...words]);
    await inGuest("ivshmem_latency", "write", "from the guest");
    expect((await onNode("read")).stdout.trim()).toBe("from the guest");
    await onNode("write", "from the node");
    expect((await inGuest("ivshmem_latency", "read")).stdout.trim()).toBe("from the node");
  });

  test("release gives everything back as the stack declares it", async () => {
    expect((await run("npx", ["testbed", "release"])).exitCode).toBe(0);
    expect(await adapterDriver()).toBe("igb");
    expect(await virtualFunctionsOf(0)).toBe("2");
    expect(await activeOnEvery()).toEqual(["native", "container-passthrough"]);
  });
});

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
    const address = inventory.nodes[0]?.adapter.pciAddress;
    await remoteOf(0).run(["tee", `/sys/bus/pci/devices/${address}/sriov_numvfs`], { input: "0\n" });
    expect(await virtualFunctionsOf(0)).toBe("0");

    const preview = await pulumi("preview", "--refresh", "--json", "-s", stack);
    expect(touched(preview.stdout)).toEqual([expect.stringMatching(/^update n1.*virtual-functions$/)]);

    const update = await pulumi("up", "--refresh", "--yes", "-s", stack);
    expect(update.exitCode).toBe(0);
    expect(update.stdout).toMatch(/1 updated/);
    expect(await virtualFunctionsOf(0)).toBe("2");
  });
});

describe("a stack with hosts of one's own is refused at preview, with a sentence for each mistake", () => {
  const host = (index: number): HostConfiguration => {
    const node = inventory.nodes[index];
    const { hostKey = "", privateKeyPath = "", port = 0 } = node?.connection ?? {};
    return {
      name: `h${index}`,
      address: "127.0.0.1",
      port,
      user: "root",
      hostKey,
      privateKeyPath,
      fabricAddress: `198.18.0.${index + 1}`,
    };
  };
  test.each<[string, (good: HostConfiguration) => HostConfiguration, RegExp]>([
    ["that does not answer", (good) => ({ ...good, port: 9 }), /h1 .*does not answer/],
    [
      "that shows another host key",
      (good) => ({ ...good, hostKey: String(host(0).hostKey) }),
      /h1 .*host key/,
    ],
    [
      "that refuses the key",
      (good) => ({ ...good, privateKeyPath: `${good.privateKeyPath}`.replace("user", "n1-host") }),
      /h1 .*refuses the login/,
    ],
    ["without the adapter asked for", (good) => ({ ...good, adapter: "0000:7f:00.0" }), /0000:7f:00\.0/],
  ])("a host %s", async (_, change, sentence) => {
    const outcome = await previewExisting([host(0), change(host(1))]);
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toMatch(sentence);
  });

  test("more virtual functions than the adapter offers", async () => {
    const outcome = await previewExisting([host(0), host(1)], { virtualFunctions: 8 });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stdout).toMatch(/offers at most 7 virtual functions/);
  });

  test("good hosts are not refused, and the preview says what would change", async () => {
    const outcome = await previewExisting([host(0), host(1)], { virtualFunctions: 3 });
    expect(outcome.exitCode).toBe(0);
  });
});

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
