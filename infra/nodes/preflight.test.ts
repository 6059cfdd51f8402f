import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { Plan } from "../plan.ts";
import { findObstacles, type MachineFacts, readMachineFacts } from "./preflight.ts";

const node = (number: number) => ({
  source: "emulated" as const,
  name: `n${number}`,
  managementPort: 24199 + number,
  virtualCpus: 2,
  memoryMib: 2000,
  macAddress: `52:54:00:00:00:0${number}`,
  fabricAddress: `198.18.0.${number}`,
  rdmaDevice: "rxe0",
});
const plan = { stack: "emulated", nodes: [node(1), node(2)] } as unknown as Plan;
const programs = new Set([
  "qemu-system-x86_64",
  "qemu-img",
  "libvirtd",
  "virsh",
  "xsltproc",
  "mkisofs",
  "mmdebstrap",
]);
const good: MachineFacts = { programs, memoryMib: 24_000, listeners: [], libvirtGone: false };

describe("findObstacles", () => {
  test("nothing stands in the way of a good machine", () => {
    expect(findObstacles(plan, good)).toEqual([]);
  });

  test("a missing program is named with its package", () => {
    const facts = { ...good, programs: new Set([...programs].filter((name) => name !== "libvirtd")) };
    expect(findObstacles(plan, facts)).toEqual([expect.stringContaining("libvirtd is missing")]);
    expect(findObstacles(plan, facts)[0]).toContain("libvirt-daemon-system");
  });

  test("a private libvirtd that is gone is told with the command that starts it again", () => {
    expect(findObstacles(plan, { ...good, libvirtGone: true })).toEqual([
      expect.stringContaining("node infra/emulation/libvirtd.ts resume emulated"),
    ]);
  });

  test("nodes that do not fit the memory", () => {
    expect(findObstacles(plan, { ...good, memoryMib: 4000 })[0]).toContain("2 nodes need 4000 MiB");
  });

  test("a port that another program holds is refused, our own node's is not", () => {
    const ours = {
      port: 24200,
      commandLine: "qemu-system-x86_64 -name guest=testbed-emulated-n1,debug-threads=on",
    };
    const other = { port: 24201, commandLine: "nginx" };
    expect(findObstacles(plan, { ...good, listeners: [ours, other] })).toEqual([
      expect.stringContaining("Port 24201 on 127.0.0.1, which is to lead to n2, is taken by nginx"),
    ]);
  });
});

test("a real listener is found with its command line", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const listener = readMachineFacts("no-such-stack").listeners.find((candidate) => candidate.port === port);
  server.close();
  const own = readFileSync("/proc/self/cmdline", "utf8").replaceAll("\0", " ").trim();
  expect(listener?.commandLine).toBe(own);
});
