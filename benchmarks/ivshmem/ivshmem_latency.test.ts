import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseIvshmem } from "../parsers/ivshmem.ts";
import { buildProgram, makeDevice, makeMemory, noCompiler, type TestBed, titled } from "./testing/program.ts";

let bed: TestBed;
let files = 0;
beforeAll(() => {
  if (!noCompiler) bed = buildProgram();
});
afterAll(() => {
  if (!noCompiler) rmSync(bed.folder, { recursive: true, force: true });
});

/** Bytes of a mailbox in a memory of 65536: half of what greetings and text leave, in whole cache lines. */
const mailbox = 30_656;

const newMemory = (bytes?: number): string => makeMemory(join(bed.folder, `memory-${++files}`), bytes);

/** Long enough for a process to be in the middle of what it does. */
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

function run(...words: readonly string[]) {
  return execa(bed.program, words, { reject: false, stripFinalNewline: false });
}

interface Numbers {
  readonly size: number;
  readonly iterations: number;
  readonly warmUp: number;
  readonly token: number;
  readonly timeLimit: number;
}
const usual: Numbers = { size: 8, iterations: 200, warmUp: 20, token: 18600, timeLimit: 10 };

function side(mode: "server" | "client", file: string, numbers: Partial<Numbers> = {}, more: string[] = []) {
  const { size, iterations, warmUp, token, timeLimit } = { ...usual, ...numbers };
  return run(
    ...["--file", file, "--size", `${size}`, "--iterations", `${iterations}`, "--warm-up", `${warmUp}`],
    ...["-p", `${token}`, "--time-limit", `${timeLimit}`, ...more, mode],
  );
}
const both = (file: string, numbers: Partial<Numbers> = {}) =>
  Promise.all([side("server", file, numbers), side("client", file, numbers)]);

describe.skipIf(noCompiler)(titled("ivshmem_latency"), () => {
  test.each([1, 8, 13, 4096])("%i bytes: both sides end well, and the parser reads it", async (size) => {
    const file = newMemory();
    const [server, client] = await both(file, { size });
    expect([server.stderr, client.stderr, server.stdout]).toEqual(["", "", ""]);
    expect([server.exitCode, client.exitCode]).toEqual([0, 0]);
    expect(client.stdout).toContain(`# memory ${file} 65536 bytes, 200 iterations, 20 warm-up\n`);
    const outcome = parseIvshmem(client.stdout);
    expect(outcome.problems).toEqual([]);
    expect(outcome.measurements.map(({ sizeBytes }) => sizeBytes)).toEqual([size, size, size, size, size]);
  });

  test("one launch after another in the same memory, whatever the last one left", async () => {
    const file = newMemory();
    const stale = side("server", file);
    await soon();
    stale.kill("SIGKILL");
    expect((await stale).signal).toBe("SIGKILL");
    for (let launch = 0; launch < 3; launch++) {
      // The client comes first and answers what is left of the server before, which has the same token.
      const client = side("client", file);
      await soon();
      const server = side("server", file);
      expect((await client).stderr).toBe("");
      expect([(await server).exitCode, (await client).exitCode]).toEqual([0, 0]);
    }
  });

  test("a client with another token finds no server, and the server's time limit ends it", async () => {
    const file = newMemory();
    const [server, client] = await Promise.all([
      side("server", file, { timeLimit: 1 }),
      side("client", file, { token: 18601 }, ["--connect-limit", "1"]),
    ]);
    expect(client.exitCode).toBe(1);
    expect(client.stderr).toBe(
      `ivshmem_latency: Couldn't connect to ${file} within 1 s: no server with -p 18601 is there\n`,
    );
    expect(server.exitCode).toBe(124);
    expect(server.stderr).toContain("the time limit was reached while waiting for the client");
  });

  test("sides with different sizes both refuse", async () => {
    const file = newMemory();
    const results = await Promise.all([side("server", file, { size: 16 }), side("client", file)]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([2, 2]);
    expect(results[1].stdout).toBe("");
    expect(results[1].stderr).toContain(
      "the other side has 220 messages of 16 bytes, this side 220 of 8; they must be the same",
    );
  });

  test("a peer that falls silent: the time limit ends the other in the middle", async () => {
    const file = newMemory();
    const server = side("server", file, { iterations: 10_000_000 });
    const client = side("client", file, { iterations: 10_000_000, timeLimit: 1 });
    await soon();
    server.kill("SIGKILL");
    expect((await client).exitCode).toBe(124);
    expect((await client).stderr).toContain("the time limit was reached while waiting for a message");
  });

  test.each([
    ["a message to the server", 128 + 8, /message \d+ is wrong at byte \d+ of 64: it is 0x/],
    ["a message to the client", 128 + mailbox + 8, /message \d+ is wrong at byte \d+ of 64: it is 0x/],
    ["a sequence number", 128, /something else writes to this memory/],
  ])("a third process that writes over %s is found out", async (_what, offset, sentence) => {
    const file = newMemory();
    let running = 2;
    const numbers = { size: 64, iterations: 10_000_000, timeLimit: 5 };
    const sides = (["server", "client"] as const).map((mode) => side(mode, file, numbers));
    for (const one of sides) void one.then(() => running--);
    const descriptor = openSync(file, "r+");
    while (running === 2) {
      for (let write = 0; write < 1000; write++) writeSync(descriptor, "scribbled", offset);
      await new Promise((resolve) => setImmediate(resolve));
    }
    closeSync(descriptor);
    for (const one of sides) one.kill("SIGKILL");
    const ended = (await Promise.all(sides)).find(({ exitCode }) => exitCode !== undefined);
    expect(ended?.exitCode).toBe(3);
    expect(ended?.stderr).toMatch(sentence);
  });

  test("write and read: a text arrives whole, and a launch leaves it there", async () => {
    const file = newMemory();
    expect(await run("--file", file, "read")).toMatchObject({ exitCode: 2, stdout: "" });
    const text = "written in g1: ü 1";
    expect((await run("--file", file, "write", `${text} that is longer`)).exitCode).toBe(0);
    expect((await run("--file", file, "write", text)).exitCode).toBe(0);
    const results = await both(file, { size: mailbox - 8 });
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect((await run("--file", file, "read")).stdout).toBe(`${text}\n`);
    expect((await run("--file", file, "write", "x".repeat(5000))).stderr).toContain("at most 4080 fit");
  });

  test("finds its device by vendor and device, and switches it on", async () => {
    expect((await run("read")).stderr).toContain("no IVSHMEM device (1af4:1110)");
    makeDevice(bed, "0000:00:01.0", "0x1041");
    const memory = makeDevice(bed, "0000:08:01.0", "0x1110", "0");
    expect((await run("write", "in the device")).exitCode).toBe(0);
    expect((await run("--file", memory, "read")).stdout).toBe("in the device\n");
    expect(readFileSync(join(bed.devices, "0000:08:01.0/enable"), "utf8")).toBe("1");
    makeDevice(bed, "0000:09:01.0");
    expect((await run("read")).stderr).toMatch(
      /several IVSHMEM devices; name one, as in --file \S+\/resource2/,
    );
  });

  test.each([
    [
      "a size that the memory can't hold",
      { size: 40_000 },
      65536,
      /--size 40000 does not fit: .* up to 30648\n/,
    ],
    ["a memory that is too small", {}, 4096, /has 4096 bytes; shared memory has at least 8192/],
    ["a size that is none", { size: 0 }, 65536, /--size 0: a whole number from 1 to/],
    ["a token that is none", { token: Number.NaN }, 65536, /--token NaN: a whole number from 1 to/],
  ])("refuses in a sentence: %s", async (_what, numbers, bytes, sentence) => {
    const result = await side("client", newMemory(bytes), numbers);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(sentence);
  });

  test.each([
    [["--size", "8", "server"], /--iterations is missing/],
    [[], /usage:/],
    [["write"], /usage:/],
    [["read", "more"], /usage:/],
    [["--file", "/nonexistent", "read"], /\/nonexistent can't be opened: No such file/],
  ])("refuses %j", async (words, sentence) => {
    const result = await run(...words);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toMatch(sentence);
  });

  test("says its version as the probe of an environment asks for it", async () => {
    expect(await run("-V")).toMatchObject({ exitCode: 0, stdout: "Version: 1\n" });
    expect(await run("--version")).toMatchObject({ exitCode: 0, stdout: "Version: 1\n" });
  });
});
