/** Launches on this machine: the real scripts and, where a compiler is there, the real program over shared memory. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BenchmarkProgram, PairBenchmark, PairCommand } from "../catalogue/benchmark.ts";
import { sharedMemoryBenchmarks } from "../catalogue/shared-memory.ts";
import { buildProgram, makeDevice, noCompiler, type TestBed, titled } from "../ivshmem/testing/program.ts";
import { judgeLaunch } from "./judge.ts";
import { type LaunchResult, runLaunch, type Site } from "./launch.ts";
import { LocalRemote } from "./testing/remotes.ts";

const [benchmark] = sharedMemoryBenchmarks as [PairBenchmark];
const program = benchmark.programs.builtIn as BenchmarkProgram<PairCommand>;
const limits = { timeLimitSeconds: 10, connectLimitSeconds: 1 };
const settings = { ...limits, sizesBytes: [64], iterations: 50, tcpPort: 18600 };
const identity = { token: "testbed-test", tcpPort: 18600 };

let bed: TestBed;
let memory = "";
beforeAll(() => {
  if (noCompiler) return;
  bed = buildProgram();
  memory = makeDevice(bed, "0000:08:01.0");
});
afterAll(() => {
  if (!noCompiler) rmSync(bed.folder, { recursive: true, force: true });
});

/** A guest that is not there: what it has of its own is a folder for temporary files. */
function guestSite(name: string, remote: LocalRemote): Site {
  const temporary = join(bed.folder, name);
  mkdirSync(temporary, { recursive: true });
  const commandPrefix = ["env", `TMPDIR=${temporary}`, `PATH=${bed.folder}:${process.env.PATH}`];
  const fabric = { fabricAddress: "192.168.100.1", rdmaDevice: "auto", rdmaPort: 1 };
  return {
    remote,
    placement: { node: "n1", commandPrefix, ...fabric },
    gidIndex: null,
    networkDevice: null,
    softRoce: true,
  };
}

async function launch(ofClient: Partial<typeof settings>): Promise<LaunchResult> {
  const remote = new LocalRemote();
  const [server, client] = [guestSite("g1", remote), guestSite("g2", remote)];
  const commands = {
    server: program.command(program.name, server, settings, null),
    client: program.command(
      program.name,
      client,
      { ...settings, ...ofClient },
      server.placement.fabricAddress,
    ),
  };
  return runLaunch(server, client, commands, limits, identity);
}

describe.skipIf(noCompiler)(titled("two guests on one node"), () => {
  test("both sides end by themselves and the launch counts", async () => {
    const result = await launch({});
    expect(result).toMatchObject({
      servers: [{ exitCode: 0 }],
      client: { exitCode: 0 },
      serverStopped: false,
    });
    const judgement = judgeLaunch(benchmark, program, settings, result, limits);
    expect(judgement).toMatchObject({
      valid: true,
      headlines: [{ sizeBytes: 64, value: expect.any(Number) }],
    });
  });

  test("a client that no server answers is refused in time, and the server is stopped", async () => {
    const result = await launch({ tcpPort: 18601 });
    expect(result).toMatchObject({ client: { exitCode: 1 }, serverStopped: true });
    expect(result.servers[0]?.exitCode).not.toBe(0);
    expect(judgeLaunch(benchmark, program, settings, result, limits)).toEqual({
      valid: false,
      reason: `the client could not connect to ${memory} within 1 s`,
    });
    expect(result.client.stderr).not.toContain("tries to connect");
  });

  test("what one side says about the other is the reason", async () => {
    const judgement = judgeLaunch(benchmark, program, settings, await launch({ sizesBytes: [32] }), limits);
    expect(judgement).toEqual({
      valid: false,
      reason: expect.stringMatching(
        /ivshmem_latency exited with status 2 \(.* messages of (?:32|64) bytes, this side/,
      ),
    });
  });
});
