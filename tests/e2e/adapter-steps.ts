/** Steps in which the adapter of a testbed goes from owner to owner: switches, one that is killed half-way, and the release. */
import { expect, test } from "vitest";
import { output, printed, run, start } from "./program.ts";
import type { Testbed } from "./testbed.ts";

/** Adds the steps to the run. The suite has been measured before them, and the stack's own state is there after them. */
export function adapterSteps(testbed: Testbed): void {
  const adapterDriver = async (): Promise<string> => {
    const path = `/sys/bus/pci/devices/${testbed.nodeAt(0).adapter.pciAddress}/driver`;
    return (await testbed.remoteOf(0).run(["readlink", path])).stdout.trim().split("/").at(-1) ?? "";
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
    await printed(activation, "stderr", "0 virtual functions");
    process.kill(-(activation.pid ?? 0), "SIGKILL");
    await activation;
    expect(await activeOnEvery()).toEqual([]);

    expect((await run("npx", ["testbed", "activate", "vm-passthrough"])).exitCode).toBe(0);
    expect(await activeOnEvery()).toEqual(["vm-passthrough"]);
    expect(await adapterDriver()).toBe("vfio-pci");
    expect(await testbed.virtualFunctionsOf(0)).toBe("0");
  });

  test("guests share memory with each other's node: what one side writes the other reads", async () => {
    const guest = testbed.nodeAt(0).guests[0];
    const inGuest = (...words: string[]) =>
      testbed.remoteOf(0).run([...(guest?.commandPrefix ?? []), ...words]);
    const onNode = (...words: string[]) =>
      testbed
        .remoteOf(0)
        .run(["ivshmem_latency", "--file", `/dev/shm/${guest?.sharedMemory?.name}`, ...words]);
    await inGuest("ivshmem_latency", "write", "from the guest");
    expect((await onNode("read")).stdout.trim()).toBe("from the guest");
    await onNode("write", "from the node");
    expect((await inGuest("ivshmem_latency", "read")).stdout.trim()).toBe("from the node");
  });

  test("release gives everything back as the stack declares it", async () => {
    expect((await run("npx", ["testbed", "release"])).exitCode).toBe(0);
    expect(await adapterDriver()).toBe("igb");
    expect(await testbed.virtualFunctionsOf(0)).toBe("2");
    expect(await activeOnEvery()).toEqual(["native", "container-passthrough"]);
  });
}
