/** Section IV.C, Figures 5 and 6: MPI between two ranks, two-sided and one-sided. */
import type { Claim } from "../claim.ts";
import { allSizes, eightBytes, mediumSizes, peakSizes } from "../sizes.ts";
import { achieves, around, benefitsUpTo, is, lessThan, similar, within } from "../wording.ts";
import {
  allEnvironments,
  claim,
  containerPt,
  improvement,
  native,
  overhead,
  ratio,
  value,
  virtualized,
  vmPt,
  vmSriov,
} from "./notation.ts";

/** Benchmarks with the number that the sentence gives for each. */
type Numbers = readonly (readonly [benchmark: string, percent: number])[];

const bandwidths = ["osu_bw", "osu_bibw"] as const;
const putMedium: Numbers = [
  ["osu_put_latency", 13],
  ["osu_put_bw", 18],
  ["osu_put_bibw", 13],
];
const getAndAccumulate: Numbers = [
  ["osu_get_latency", 14],
  ["osu_get_bw", 19],
  ["osu_acc_latency", 18],
];

function outperforms(id: string, where: string, quote: string, numbers: Numbers): Claim {
  return claim(
    id,
    where,
    quote,
    numbers.map(([benchmark, percent]) =>
      improvement(benchmark, vmPt, vmSriov, around(percent), { extent: "typical" }),
    ),
  );
}

const twoSidedClaims: readonly Claim[] = [
  claim(
    "C13",
    "IV.C Fig5(a)",
    "the latency of VM-PT is 1.09µs, while it is 1.41µs for VM-SR-IOV at 8 bytes",
    [
      value("osu_latency", vmPt, "us", is(1.09), "each", eightBytes),
      value("osu_latency", vmSriov, "us", is(1.41), "each", eightBytes),
    ],
  ),
  claim("C14", "IV.C", "The difference can be up to 23%", [
    improvement("osu_latency", vmPt, vmSriov, benefitsUpTo(23), { extent: "greatest" }),
  ]),
  claim("C15", "IV.C", "VM-PT has less than 4% overhead compared to the native performance", [
    overhead("osu_latency", vmPt, native, lessThan(4), { extent: "each" }),
  ]),
  claim("C16", "IV.C", "performs similarly as native environment for most message sizes", [
    ratio("osu_latency", containerPt, native, similar, { extent: "most" }),
  ]),
  claim("C17", "IV.C", "still around 12% overhead on medium message sizes", [
    overhead("osu_latency", containerPt, native, around(12), { extent: "typical", sizes: mediumSizes }),
  ]),
  claim(
    "C18",
    "IV.C",
    "overhead is similar as verbs-level numbers… no extra overhead is being introduced in MPI layer design",
    virtualized.map((environment) => ({
      quantity: {
        kind: "ratio of ratios",
        subject: [
          { benchmark: "osu_latency", environment },
          { benchmark: "osu_latency", environment: native },
        ],
        reference: [
          { benchmark: "ib_send_lat", environment },
          { benchmark: "ib_send_lat", environment: native },
        ],
      },
      extent: "typical",
      sizes: allSizes,
      allowed: similar,
    })),
  ),
  claim(
    "C19",
    "IV.C Fig5(b,c)",
    "similar performance as native environment with around 10% overhead",
    bandwidths.flatMap((benchmark) =>
      virtualized.map((environment) =>
        overhead(benchmark, environment, native, around(10), { extent: "typical" }),
      ),
    ),
  ),
  claim(
    "C20",
    "IV.C",
    "around 6 Gbytes/sec and 10 Gbytes/sec, respectively",
    bandwidths.flatMap((benchmark) =>
      allEnvironments.map((environment) =>
        value(
          benchmark,
          environment,
          "GB/s",
          achieves(benchmark === "osu_bw" ? 6 : 10),
          "greatest",
          peakSizes,
        ),
      ),
    ),
  ),
];

const oneSidedClaims: readonly Claim[] = [
  outperforms("C21", "IV.C Fig6(a)", "outperforms… by around 20%", [["osu_put_latency", 20]]),
  outperforms("C22", "IV.C Fig6(b)", "18%", [["osu_put_bw", 18]]),
  outperforms("C23", "IV.C Fig6(c)", "16%", [["osu_put_bibw", 16]]),
  claim("C24", "IV.C", "1.49µs, while it is 1.88µs for VM-SR-IOV at 8 bytes", [
    value("osu_put_latency", vmPt, "us", is(1.49), "each", eightBytes),
    value("osu_put_latency", vmSriov, "us", is(1.88), "each", eightBytes),
  ]),
  claim(
    "C25",
    "IV.C",
    "near-native performance, within 7% overhead for all message sizes",
    putMedium.map(([benchmark]) => overhead(benchmark, vmPt, native, within(7), { extent: "each" })),
  ),
  claim(
    "C26",
    "IV.C",
    "around 13%, 18% and 13% overhead for medium message sizes",
    putMedium.map(([benchmark, percent]) =>
      overhead(benchmark, containerPt, native, around(percent), { extent: "typical", sizes: mediumSizes }),
    ),
  ),
  outperforms("C27", "IV.C Fig6(d–f)", "by around 14%, 19%, 18%", getAndAccumulate),
  claim(
    "C28",
    "IV.C Fig6(d–f)",
    "near-native performance with less than 9% overhead",
    getAndAccumulate.flatMap(([benchmark]) =>
      [vmPt, containerPt].map((environment) =>
        overhead(benchmark, environment, native, lessThan(9), { extent: "each" }),
      ),
    ),
  ),
];

export const pointToPointClaims: readonly Claim[] = [...twoSidedClaims, ...oneSidedClaims];
