/** Abstract and Section VI: what the paper concludes from all of its figures. */
import type { Claim } from "../claim.ts";
import { allSizes, mediumSizes } from "../sizes.ts";
import { aLittleMore, almostAll, better, costsUpTo } from "../wording.ts";
import { applications } from "./collectives-and-applications.ts";
import { claim, containerPt, improvement, native, overhead, vmPt, vmSriov } from "./notation.ts";

const microBenchmarks = [
  ...["ib_send_lat", "ib_write_lat", "ib_read_lat", "ib_send_bw", "ib_write_bw", "ib_read_bw"],
  ...["osu_latency", "osu_bw", "osu_bibw"],
  ...["osu_put_latency", "osu_put_bw", "osu_put_bibw", "osu_get_latency", "osu_get_bw", "osu_acc_latency"],
  ...["osu_bcast", "osu_allgather", "osu_allreduce", "osu_alltoall"],
] as const;

/**
 * Where the paper gives an overhead at medium sizes (C5, C17, C26). Not the collectives: there it says the opposite, that containers have
 * less overhead than guests (C31), and both can't hold at medium sizes.
 */
const withMediumOverhead = ["ib_send_lat", "osu_latency", "osu_put_latency", "osu_put_bw", "osu_put_bibw"];

export const conclusions: readonly Claim[] = [
  claim(
    "C38",
    "Abstract, I, VI",
    "only incurs up to 9% overhead on HPC applications",
    applications.map((benchmark) =>
      overhead(benchmark, containerPt, native, costsUpTo(9), { extent: "each" }),
    ),
    { needs: "at hand" },
  ),
  claim(
    "C39",
    "VI",
    "passthrough performs better than SR-IOV in almost all micro-benchmarks and applications",
    [...microBenchmarks, ...applications].map((benchmark) =>
      improvement(benchmark, vmPt, vmSriov, better, { extent: "typical" }),
    ),
    { needs: "at hand", share: almostAll },
  ),
  claim(
    "C40",
    "VI",
    "container introduces a little more overhead on medium message sizes, compared to VM",
    withMediumOverhead.map((benchmark) =>
      overhead(benchmark, containerPt, vmPt, aLittleMore, { extent: "typical", sizes: mediumSizes }),
    ),
  ),
  claim(
    "C41",
    "Abstract, VI",
    "Overall, the container-based solution can deliver better performance than the hypervisor-based solution",
    [vmPt, vmSriov].map((reference) => ({
      quantity: {
        kind: "overall",
        benchmarks: [...microBenchmarks, ...applications],
        subject: containerPt,
        reference,
      },
      extent: "typical",
      sizes: allSizes,
      allowed: better,
    })),
    { needs: "at hand" },
  ),
];
