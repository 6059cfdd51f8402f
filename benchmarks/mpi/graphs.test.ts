import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildDriver, makeFolder, noCompiler, run, titled } from "./testing/programs.ts";

const folder = makeFolder();
let driver: string;
beforeAll(() => {
  if (noCompiler === null) driver = buildDriver(folder.path, "graphs");
});
afterAll(folder.remove);

/** How often the most frequent of some vertices occurs among them. */
function largestShare(vertices: readonly number[]): number {
  const times = new Map<number, number>();
  for (const vertex of vertices) times.set(vertex, (times.get(vertex) ?? 0) + 1);
  return Math.max(...times.values()) / vertices.length;
}

describe.skipIf(noCompiler !== null)(titled("Kronecker graphs", noCompiler), () => {
  const edges = async (scale: number, seed: number): Promise<readonly (readonly [number, number])[]> => {
    const lines = (await run(driver, `${scale}`, `${seed}`)).stdout.trimEnd().split("\n");
    return lines.map((line) => line.split(" ").map(Number) as [number, number]);
  };

  test("a seed gives the same edges again, another seed others", async () => {
    expect(await edges(8, 1)).toEqual(await edges(8, 1));
    expect(await edges(8, 1)).not.toEqual(await edges(8, 2));
  });

  test("16 edges a vertex between vertices that there are, few of them with most of the edges", async () => {
    const all = await edges(12, 20261123);
    expect(all).toHaveLength(16 * 4096);
    expect(all.flat().every((vertex) => Number.isInteger(vertex) && vertex >= 0 && vertex < 4096)).toBe(true);
    // Together these give the four quarters: A + D = 0.62, A + B = 0.76 and A + C = 0.76.
    const near = (share: number, quarters: number): void =>
      expect(Math.abs(share / quarters ** 12 - 1)).toBeLessThan(0.1);
    near(all.filter(([from, to]) => from === to).length / all.length, 0.62);
    near(largestShare(all.map(([from]) => from)), 0.76);
    near(largestShare(all.map(([, to]) => to)), 0.76);
  });

  test("labels are a permutation at each scale", async () => {
    expect((await run(driver, "permutations")).exitCode).toBe(0);
  });
});

/** The graph is 0-1, 1-2, 2-3, 3-0, 0-4, a loop at 4, 5-6 apart, 0-1 again; the root is 0. -1: not reached. */
describe.skipIf(noCompiler !== null)(titled("trees of searches", noCompiler), () => {
  const verdict = async (parents: readonly number[], levels: readonly number[]): Promise<string> =>
    (await run(driver, "tree", ...[...parents, ...levels].map(String))).stdout.trimEnd();
  const levels = [0, 1, 2, 1, 1, -1, -1];

  test("either parent that a vertex can have is right; loops are no edges of the tree", async () => {
    expect(await verdict([0, 0, 1, 0, 0, -1, -1], levels)).toBe("sound, 6 edges");
    expect(await verdict([0, 0, 3, 0, 0, -1, -1], levels)).toBe("sound, 6 edges");
  });

  test.each([
    ["1: a cycle", [0, 2, 1, 0, 0, -1, -1], levels],
    ["1: a cycle far from the root", [0, 0, 1, 0, 0, 6, 5], [0, 1, 2, 1, 1, 2, 2]],
    ["1: a second root", [0, 0, 2, 0, 0, -1, -1], levels],
    ["1: a root that has a parent", [1, 0, 1, 0, 0, -1, -1], levels],
    ["1: a root that was not reached", [-1, 0, 1, 0, 0, -1, -1], levels],
    ["1: a parent that is no vertex", [0, 0, 7, 0, 0, -1, -1], levels],
    ["1: a parent below zero", [0, 0, -2, 0, 0, -1, -1], levels],
    ["1: a parent that was not reached", [0, 0, 5, 0, 0, -1, -1], levels],
    ["2: a level left out", [0, 0, 1, 0, 0, -1, -1], [0, 1, 3, 1, 1, -1, -1]],
    ["2: a root that is not at level 0", [0, 0, 1, 0, 0, -1, -1], [1, 2, 3, 2, 2, -1, -1]],
    ["2: a level of a vertex that was not reached", [0, 0, 1, 0, 0, -1, -1], [0, 1, 2, 1, 1, 3, -1]],
    ["3: a longer way than there is", [0, 0, 1, 2, 0, -1, -1], [0, 1, 2, 3, 1, -1, -1]],
    ["4: a neighbour that was not reached", [0, 0, 1, 0, -1, -1, -1], [0, 1, 2, 1, -1, -1, -1]],
    ["4: all but the root", [0, -1, -1, -1, -1, -1, -1], [0, -1, -1, -1, -1, -1, -1]],
    ["5: a parent without an edge", [0, 0, 4, 0, 0, -1, -1], levels],
    ["5: another component", [0, 0, 1, 0, 0, 0, 0], [0, 1, 2, 1, 1, 1, 1]],
  ])("breaks rule %s", async (rule, parents, given) => {
    expect(await verdict(parents, given)).toMatch(new RegExp(`^rule ${rule.slice(0, 1)}: `));
  });
});
