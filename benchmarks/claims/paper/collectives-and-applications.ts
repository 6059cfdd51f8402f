/** Sections IV.D and IV.E, Figures 7 and 8: collectives on 192 processes, and applications on 128. */
import type { Claim } from "../claim.ts";
import { around, benefitsUpTo, better, costsUpTo, lessThan } from "../wording.ts";
import { claim, containerPt, improvement, native, overhead, vmPt, vmSriov } from "./notation.ts";

/** Percents of C29 (benefit over VM-SR-IOV) and C30 (cost against native), "respectively". */
const collectives = [
  { benchmark: "osu_bcast", benefit: 20, cost: 20 },
  { benchmark: "osu_allgather", benefit: 20, cost: 15 },
  { benchmark: "osu_allreduce", benefit: 23, cost: 15 },
  { benchmark: "osu_alltoall", benefit: 31, cost: 20 },
] as const;
const collectiveProcesses = { processes: 192 } as const;

export const collectiveClaims: readonly Claim[] = [
  claim(
    "C29",
    "IV.D Fig7(a–d)",
    "up to 20%, 20%, 23%, 31% performance improvement, respectively",
    collectives.map(({ benchmark, benefit }) =>
      improvement(benchmark, vmPt, vmSriov, benefitsUpTo(benefit), { extent: "greatest" }),
    ),
    collectiveProcesses,
  ),
  claim(
    "C30",
    "IV.D",
    "up to 20%, 15%, 15%, 20% overhead respectively",
    collectives.map(({ benchmark, cost }) =>
      overhead(benchmark, vmPt, native, costsUpTo(cost), { extent: "each" }),
    ),
    collectiveProcesses,
  ),
  claim(
    "C31",
    "IV.D",
    "only has less than 10% overhead in all four collective operations… Container-PT has less overhead than VM-PT",
    collectives.flatMap(({ benchmark }) => [
      overhead(benchmark, containerPt, native, lessThan(10), { extent: "each" }),
      improvement(benchmark, containerPt, vmPt, better, { extent: "typical" }),
    ]),
    collectiveProcesses,
  ),
];

/** The applications of Figure 8, as far as the text or its set-up name them. */
export const applications = [
  ...["graph500", "spec-milc", "spec-leslie3d"],
  ...["nas-ep", "nas-is", "nas-cg", "nas-mg", "nas-ft", "nas-lu"],
  ...["lammps-lj", "lammps-chain"],
] as const;
const applicationProcesses = { processes: 128 } as const;

/** C32 to C35 are one sentence: "up to 27%(24,10), 24%(milc), 22%(LU) and 20%(lj, …)". */
function reduces(id: string, where: string, quote: string, benchmark: string, percent: number): Claim {
  const total = improvement(benchmark, vmPt, vmSriov, benefitsUpTo(percent), { extent: "greatest" });
  return claim(id, where, quote, [total], applicationProcesses);
}

const lennardJones = reduces("C35", "IV.E", "20%(lj, 40% reduction on communication)", "lammps-lj", 20);

export const applicationClaims: readonly Claim[] = [
  reduces("C32", "IV.E Fig8, 128 procs", "up to 27%(24,10)", "graph500", 27),
  reduces("C33", "IV.E", "24%(milc)", "spec-milc", 24),
  reduces("C34", "IV.E", "22%(LU)", "nas-lu", 22),
  {
    ...lennardJones,
    statements: [
      ...lennardJones.statements,
      improvement("lammps-lj", vmPt, vmSriov, around(40), {
        extent: "typical",
        metric: { statistic: "comm", unit: "s" },
      }),
    ],
  },
  claim(
    "C36",
    "IV.E",
    "overheads are only up to 9% in all four applications… 9%(24,10), 9%(leslie3d), 5%(EP) and 9%(chain)",
    (
      [
        ["graph500", 9],
        ["spec-leslie3d", 9],
        ["nas-ep", 5],
        ["lammps-chain", 9],
      ] as const
    ).map(([benchmark, percent]) =>
      overhead(benchmark, containerPt, native, costsUpTo(percent), { extent: "each" }),
    ),
    applicationProcesses,
  ),
  claim(
    "C37",
    "IV.E",
    "Container-PT performs better",
    applications.map((benchmark) => improvement(benchmark, containerPt, vmPt, better, { extent: "typical" })),
    { ...applicationProcesses, needs: "at hand" },
  ),
];
