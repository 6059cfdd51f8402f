import { describe, expect, test } from "vitest";
import type { Figures } from "../result-set/synthetic/figures.ts";
import type { Claim } from "./claim.ts";
import { judge } from "./judge.ts";
import { paperClaims } from "./paper/claims.ts";
import { containerPt, overhead, vmPt, vmSriov } from "./paper/notation.ts";
import { mediumSizes } from "./sizes.ts";
import {
  figuresFor,
  groundsIn,
  paperFigures,
  type Which,
  withPeak,
  withPercent,
} from "./testing/synthetic.ts";
import { aLittleMore } from "./wording.ts";

const numbers = Array.from({ length: 41 }, (_, index) => `C${index + 1}`);

function claimNamed(id: string): Claim {
  const claim = paperClaims.find((one) => one.id === id);
  if (claim === undefined) throw new Error(`there is no ${id}`);
  return claim;
}

function verdictOf(claim: Claim, figures: Figures) {
  const [verdict] = judge(groundsIn(figures), [claim]).verdicts;
  if (verdict === undefined) throw new Error("no verdict");
  return verdict;
}

test("all 41 are there once, in the paper's order", () => {
  expect(paperClaims.map(({ id }) => id)).toEqual(numbers);
});

test("every number of the figures that is said to be a claim's names one that there is", () => {
  const named = [...paperFigures.native, ...paperFigures.virtualized].flatMap(({ claims }) => claims);
  for (const id of named) expect(numbers).toContain(id);
  const stated = [...paperFigures.native, ...paperFigures.virtualized].filter(
    ({ basis }) => basis !== "invented",
  );
  expect(stated.filter(({ claims }) => claims.length === 0)).toEqual([]);
});

const judged = judge(groundsIn(paperFigures));
test.each(numbers)("%s is supported by the paper's own figures", (id) => {
  const verdict = judged.verdicts.find(({ claim }) => claim.id === id);
  expect(verdict).toMatchObject({ verdict: "supported", reason: null });
  expect(verdict?.deciding?.deciding?.value).toBeTypeOf("number");
});

type Flip = (figures: Figures) => Figures;

function percent(which: Which, value: number): Flip {
  return (figures) => withPercent(figures, which, value);
}

/** The number of each claim, moved to where its sentence is false. */
const flips: Readonly<Record<string, Flip>> = {
  C1: percent({ benchmark: "ib_send_lat", environment: vmSriov, sizes: "small" }, 10),
  C2: percent({ benchmark: "ib_send_lat", environment: vmSriov, sizes: "small" }, 10),
  C3: percent({ benchmark: "ib_send_lat", environment: vmPt }, 5),
  C4: percent({ benchmark: "ib_send_lat", environment: containerPt, sizes: "small" }, 12),
  C5: percent({ benchmark: "ib_send_lat", environment: containerPt, sizes: "medium" }, 5),
  C6: percent({ benchmark: "ib_send_bw", environment: containerPt }, 20),
  C7: (figures) => withPeak(figures, "ib_send_bw", 4),
  C8: percent({ benchmark: "ib_send_bw", environment: containerPt }, 11),
  C9: (figures) => withPeak(figures, "ib_write_bw", 4),
  C10: percent({ benchmark: "ib_read_lat", environment: vmPt }, 15),
  C11: percent({ benchmark: "ib_read_lat", environment: vmSriov }, 5),
  C12: percent({ benchmark: "ib_read_bw", environment: vmSriov }, 20),
  C13: percent({ benchmark: "osu_latency", environment: vmPt }, 20),
  C14: percent({ benchmark: "osu_latency", environment: vmSriov, sizes: "small" }, 15),
  C15: percent({ benchmark: "osu_latency", environment: vmPt }, 6),
  C16: percent({ benchmark: "osu_latency", environment: containerPt, sizes: "small" }, 20),
  C17: percent({ benchmark: "osu_latency", environment: containerPt, sizes: "medium" }, 2),
  C18: percent({ benchmark: "osu_latency", environment: containerPt }, 40),
  C19: percent({ benchmark: "osu_bibw", environment: containerPt }, 2),
  C20: (figures) => withPeak(figures, "osu_bibw", 7),
  C21: percent({ benchmark: "osu_put_latency", environment: vmSriov }, 10),
  C22: percent({ benchmark: "osu_put_bw", environment: vmSriov }, 10),
  C23: percent({ benchmark: "osu_put_bibw", environment: vmSriov }, 25),
  C24: percent({ benchmark: "osu_put_latency", environment: vmSriov }, 35),
  C25: percent({ benchmark: "osu_put_bw", environment: vmPt }, 10),
  C26: percent({ benchmark: "osu_put_bw", environment: containerPt, sizes: "medium" }, 8),
  C27: percent({ benchmark: "osu_acc_latency", environment: vmSriov }, 5),
  C28: percent({ benchmark: "osu_get_latency", environment: containerPt }, 12),
  C29: percent({ benchmark: "osu_alltoall", environment: vmSriov }, 5),
  C30: percent({ benchmark: "osu_allreduce", environment: vmPt, sizes: "large" }, 19),
  C31: percent({ benchmark: "osu_bcast", environment: containerPt }, 13),
  C32: percent({ benchmark: "graph500", environment: vmSriov }, 10),
  C33: percent({ benchmark: "spec-milc", environment: vmSriov }, 10),
  C34: percent({ benchmark: "nas-lu", environment: vmSriov }, 10),
  C35: percent({ benchmark: "lammps-lj", environment: vmSriov, statistic: "comm" }, 10),
  C36: percent({ benchmark: "nas-ep", environment: containerPt }, 8),
  C37: percent({ benchmark: "lammps-chain", environment: containerPt }, 30),
  C38: percent({ benchmark: "spec-leslie3d", environment: containerPt }, 14),
  C39: percent({ benchmark: /^nas-/, environment: vmSriov }, -5),
  C40: percent({ benchmark: "osu_put_latency", environment: containerPt, sizes: "medium" }, 1),
  C41: percent({ benchmark: /^osu_/, environment: containerPt, sizes: "all" }, 30),
};

test.each(numbers)("%s is contradicted when its number lies on the other side", (id) => {
  const claim = claimNamed(id);
  const flip = flips[id] as Flip;
  expect(verdictOf(claim, figuresFor(claim, flip(paperFigures)))).toMatchObject({ verdict: "contradicted" });
});

describe("what the claims need", () => {
  test("a sentence about named benchmarks is not tested without one of them, and says which", () => {
    const figures = {
      ...paperFigures,
      native: paperFigures.native.filter(({ benchmark }) => benchmark === "graph500"),
    };
    expect(verdictOf(claimNamed("C36"), figures)).toMatchObject({
      verdict: "not tested",
      reason: "spec-leslie3d, nas-ep, lammps-chain: not in the results",
    });
  });

  test("one about applications in general is judged on those that are there, and names the others", () => {
    const withoutSpec = paperFigures.native.filter(({ benchmark }) => !benchmark.startsWith("spec-"));
    expect(verdictOf(claimNamed("C38"), { ...paperFigures, native: withoutSpec })).toMatchObject({
      verdict: "supported",
      reason: "spec-milc, spec-leslie3d: not in the results",
    });
    const onlyGraph = paperFigures.native.filter(({ benchmark }) => benchmark === "graph500");
    expect(verdictOf(claimNamed("C38"), { ...paperFigures, native: onlyGraph }).verdict).toBe("not tested");
  });

  test("other numbers of processes than the sentence's are another experiment", () => {
    const claim = claimNamed("C29");
    expect(verdictOf(claim, { ...figuresFor(claim), nodes: 4 })).toMatchObject({
      verdict: "not tested",
      reason: expect.stringContaining(": ran with 96 processes, and the sentence is about 192"),
    });
  });

  test("a sentence about a curve can't be judged on one end of it", () => {
    const claim = claimNamed("C3");
    expect(verdictOf(claim, { ...figuresFor(claim), sizesBytes: [8, 64] })).toMatchObject({
      verdict: "not tested",
      reason: "ib_send_lat: no results at medium sizes (256 B to 8 KiB)",
    });
  });

  test("environments that are not comparable give no ratio, only the reason", () => {
    const claim = claimNamed("C3");
    const grounds = groundsIn(figuresFor(claim));
    const refused = grounds.set.results.comparisons.map((comparison) => ({
      ...comparison,
      comparable: false,
      reasons: ["path MTU: 4096 in native, 1024 in vm-passthrough"],
    }));
    const set = { ...grounds.set, results: { ...grounds.set.results, comparisons: refused } };
    expect(judge({ ...grounds, set }, [claim]).verdicts[0]).toMatchObject({
      verdict: "not tested",
      deciding: null,
      reason: "native and vm-passthrough: not comparable (path MTU: 4096 in native, 1024 in vm-passthrough)",
    });
  });

  test("too few launches are inconclusive, with how many it would take", () => {
    const claim = claimNamed("C3");
    expect(verdictOf(claim, { ...figuresFor(claim), blocks: 5 })).toMatchObject({
      verdict: "inconclusive",
      reason: "a ratio's interval at 95 % needs 6 complete blocks, there are 5",
    });
  });

  test("an interval that reaches over the edge is inconclusive", () => {
    const claim = claimNamed("C3");
    const figures = withPercent(figuresFor(claim), { benchmark: "ib_send_lat", environment: vmPt }, 3.5);
    expect(verdictOf(claim, figures).verdict).toBe("inconclusive");
  });
});

test("C40 is about point-to-point: on collectives C31 says the opposite, and both can't be supported", () => {
  const onCollectives: Claim = {
    ...claimNamed("C40"),
    statements: ["osu_bcast", "osu_allgather", "osu_allreduce", "osu_alltoall"].map((benchmark) =>
      overhead(benchmark, containerPt, vmPt, aLittleMore, { extent: "typical", sizes: mediumSizes }),
    ),
  };
  const figures = figuresFor(claimNamed("C31"));
  expect(verdictOf(claimNamed("C31"), figures).verdict).toBe("supported");
  expect(verdictOf(onCollectives, figures).verdict).toBe("contradicted");
});
