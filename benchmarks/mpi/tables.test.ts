import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseGraph500 } from "../parsers/graph500.ts";
import { parseOsu } from "../parsers/osu.ts";
import { valuesOf } from "../parsers/testing/fixtures.ts";
import { mpiTests } from "./programs.ts";
import { buildDriver, makeFolder, noCompiler, run, titled } from "./testing/programs.ts";

const folder = makeFolder();
let driver: string;
beforeAll(() => {
  if (noCompiler === null) driver = buildDriver(folder.path, "tables");
});
afterAll(folder.remove);

describe.skipIf(noCompiler !== null)(titled("layout", noCompiler), () => {
  test.each(mpiTests)("$name: OSU's parser reads the table", async ({ name, title, family }) => {
    const { stdout } = await run(driver, "table", name);
    expect(stdout.split("\n")[0]).toBe(`# Testbed ${title} v1.0`);
    const outcome = parseOsu(stdout);
    expect(outcome.problems).toEqual([]);
    expect(outcome.program).toBe(`testbed_mpi ${name}`);
    const value = name.endsWith("bandwidth") ? "avg MB/s" : "avg us";
    const spread = family === "collective" ? { "min us": "2.74", "max us": "10.97" } : {};
    expect(valuesOf(outcome, 4)).toEqual({ [value]: "5.49", ...spread });
    expect(outcome.measurements.at(-1)?.sizeBytes).toBe(2 ** 26);
    expect(parseOsu(stdout.replace(title, `${title}s`)).problems).toHaveLength(1);
  });

  test("Graph500's parser reads the block of statistics", async () => {
    const { stdout } = await run(driver, "bfs");
    expect(stdout).toMatch(/^# Testbed BFS Test v1\.0\n# Seed: 7\nSCALE: {26}10\nedgefactor: {21}16\n/);
    const outcome = parseGraph500(stdout);
    expect([outcome.problems, outcome.warnings]).toEqual([[], []]);
    expect(valuesOf(outcome, null)).toEqual({
      // 1, 2, 5, 10 and 17 ms for 16000 edges
      ...{ "min s": "0.001", "p25 s": "0.002", "p50 s": "0.005", "p75 s": "0.01", "max s": "0.017" },
      ...{ "avg s": "0.007", "stdev s": "0.00659545" },
      ...{ "min TEPS": "941176", "p25 TEPS": "1.6e+06", "p50 TEPS": "3.2e+06", "p75 TEPS": "8e+06" },
      ...{ "max TEPS": "1.6e+07", "harmonic_mean TEPS": "2.28571e+06", "harmonic_stdev TEPS": "1.07681e+06" },
    });
  });

  test("microseconds of a step, and MB/s of 10^6 bytes", async () => {
    expect((await run(driver, "timing")).stdout).toBe("2000 32\n");
  });
});

test.skipIf(noCompiler !== null)(
  titled("a byte of a message that is wrong is found, whatever its place and the size", noCompiler),
  async () => {
    expect((await run(driver, "patterns")).exitCode).toBe(0);
  },
);

describe.skipIf(noCompiler !== null)(titled("command lines", noCompiler), () => {
  const request = async (line: string, ranks = 2): Promise<string> =>
    (await run(driver, "request", `${ranks}`, ...line.split(" "))).stdout.trimEnd();

  test.each([
    "testbed_mpi latency",
    "testbed_mpi latency --sizes 1,8,4096 --iterations 5 --warm-up 0 --window 1",
    "testbed_mpi --sizes 4 allreduce",
    "testbed_bfs --scale 10 --edge-factor 10 --searches 2 --seed 0",
    "testbed_ep",
    "testbed_ep --class A",
  ])("%s", async (line) => {
    expect(await request(line)).toBe("run");
  });

  const sizes = "up to 64 sizes from 1 to 67108864 bytes are needed, each larger than the one before";
  test.each([
    ["testbed_mpi", "no test: a TEST is needed, as in testbed_mpi latency; see --help"],
    ["testbed_mpi latencyy", "latencyy: a TEST is needed, as in testbed_mpi latency; see --help"],
    ["testbed_mpi latency bandwidth", "bandwidth: no such option or one word too many; see --help"],
    ["testbed_mpi latency --size 8", "--size: no such option or one word too many; see --help"],
    ["testbed_mpi latency --sizes", "--sizes: its value is missing; see --help"],
    ["testbed_mpi latency --sizes 8,8", `--sizes 8,8: ${sizes}, as in --sizes 1,8,4096`],
    ["testbed_mpi latency --sizes 0,8", `--sizes 0,8: ${sizes}, as in --sizes 1,8,4096`],
    ["testbed_mpi latency --sizes 8,", `--sizes 8,: ${sizes}, as in --sizes 1,8,4096`],
    ["testbed_mpi latency --sizes 8x", `--sizes 8x: ${sizes}, as in --sizes 1,8,4096`],
    ["testbed_mpi latency --iterations 0", "--iterations 0: a whole number from 1 to 10000000 is needed"],
    ["testbed_mpi latency --warm-up -1", "--warm-up -1: a whole number from 0 to 10000000 is needed"],
    ["testbed_mpi bandwidth --window 1e3", "--window 1e3: a whole number from 1 to 1024 is needed"],
    [
      "testbed_mpi allreduce --sizes 4,6",
      "--sizes: 6 is no multiple of 4, the bytes of a number that allreduce adds up",
    ],
    [
      "testbed_mpi get_bandwidth --sizes 8,67108864",
      "--sizes and --window: the window of the largest size takes 4294967296 bytes of memory, at most 1073741824 can be",
    ],
    ["testbed_bfs", "--scale is missing, as in testbed_bfs --scale 14; see --help"],
    ["testbed_bfs --scale 31", "--scale 31: a whole number from 1 to 30 is needed"],
    ["testbed_bfs --scale 8 --searches 1", "--searches 1: a whole number from 2 to 64 is needed"],
    [
      "testbed_bfs --scale 8 --seed 99999999999999999999",
      "--seed 99999999999999999999: a whole number from 0 to 18446744073709551615 is needed",
    ],
    ["testbed_ep S", "S: no such option or one word too many; see --help"],
    ["testbed_ep --class s", "--class s: one of S, W, A, B, C, D is needed"],
  ])("%s is refused", async (line, message) => {
    expect(await request(line)).toBe(`wrong: ${message}`);
  });

  test("65 sizes are too many", async () => {
    const many = Array.from({ length: 65 }, (_, index) => index + 1);
    expect(await request(`testbed_mpi latency --sizes ${many.slice(0, 64).join(",")}`)).toBe("run");
    expect(await request(`testbed_mpi latency --sizes ${many.join(",")}`)).toMatch(
      /^wrong: .*up to 64 sizes/,
    );
  });

  test("ranks: two for a pair, at least two for all together", async () => {
    expect(await request("testbed_mpi latency", 3)).toBe(
      "wrong: latency: exactly 2 ranks are needed, as in mpirun -n 2; found 3",
    );
    expect(await request("testbed_mpi broadcast", 1)).toBe(
      "wrong: broadcast: at least 2 ranks are needed, as in mpirun -n 2; found 1",
    );
    expect(await request("testbed_mpi broadcast", 3)).toBe("run");
  });

  test.each(["testbed_mpi", "testbed_bfs", "testbed_ep"])("%s --help and --version", async (program) => {
    expect(await request(`${program} --help`)).toBe("help");
    expect(await request(`${program} -h`)).toBe("help");
    expect(await request(`${program} --version`)).toBe("version");
  });
});
