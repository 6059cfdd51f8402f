/** Section IV.B, Figure 4: verbs between two nodes. */
import type { Claim } from "../claim.ts";
import { allSizes, eightBytes, largeSizes, mediumSizes, peakSizes, smallSizes } from "../sizes.ts";
import { achieves, around, benefitsUpTo, better, is, minor, similar, within } from "../wording.ts";
import {
  allEnvironments,
  claim,
  containerPt,
  improvement,
  native,
  overhead,
  pairsOf,
  ratio,
  value,
  virtualized,
  vmPt,
  vmSriov,
} from "./notation.ts";

export const verbsClaims: readonly Claim[] = [
  claim(
    "C1",
    "IV.B Fig4(a)",
    "VM passthrough performs better than VM SR-IOV… especially in the range of small message sizes. The benefit can be up to 24%",
    [
      improvement("ib_send_lat", vmPt, vmSriov, benefitsUpTo(24), { extent: "greatest", sizes: smallSizes }),
      improvement("ib_send_lat", vmPt, vmSriov, better, { extent: "typical" }),
    ],
  ),
  claim(
    "C2",
    "IV.B",
    "the latency of VM-PT is 0.91µs, while it is 1.20µs for VM-SR-IOV at 8 bytes message size",
    [
      value("ib_send_lat", vmPt, "us", is(0.91), "each", eightBytes),
      value("ib_send_lat", vmSriov, "us", is(1.2), "each", eightBytes),
    ],
  ),
  claim("C3", "IV.B", "VM-PT has minor overhead, within 3%, compared with native performance", [
    overhead("ib_send_lat", vmPt, native, within(3), { extent: "each" }),
  ]),
  claim("C4", "IV.B", "also has minor overhead… on small and large message sizes", [
    overhead("ib_send_lat", containerPt, native, minor, { extent: "typical", sizes: smallSizes }),
    overhead("ib_send_lat", containerPt, native, minor, { extent: "typical", sizes: largeSizes }),
  ]),
  claim(
    "C5",
    "IV.B",
    "there exists more overhead, around 17% on medium message sizes ranging from 256 bytes to 8 Kbytes",
    [overhead("ib_send_lat", containerPt, native, around(17), { extent: "typical", sizes: mediumSizes })],
  ),
  claim(
    "C6",
    "IV.B Fig4(d)",
    "similar performance among Container-PT, VM-PT and VM-SR-IOV",
    pairsOf(virtualized).map(([subject, reference]) =>
      ratio("ib_send_bw", subject, reference, similar, { extent: "typical" }),
    ),
  ),
  claim(
    "C7",
    "IV.B Fig4(d)",
    "The peak bandwidth can achieve 6 Gbytes/sec",
    allEnvironments.map((environment) =>
      value("ib_send_bw", environment, "GB/s", achieves(6), "greatest", peakSizes),
    ),
  ),
  claim(
    "C8",
    "IV.B Fig4(d)",
    "they all have minor overhead, within 8%, compared to the corresponding native performance",
    virtualized.map((environment) =>
      overhead("ib_send_bw", environment, native, within(8), { extent: "each" }),
    ),
  ),
  claim(
    "C9",
    "IV.B Fig4(b,e)",
    "they show similar performance as IB-Send-Lat/BW",
    (["lat", "bw"] as const).flatMap((kind) =>
      allEnvironments.map((environment) => ({
        quantity: {
          kind: "ratio",
          subject: { benchmark: `ib_write_${kind}`, environment },
          reference: { benchmark: `ib_send_${kind}`, environment },
        },
        extent: "typical",
        sizes: allSizes,
        allowed: similar,
      })),
    ),
  ),
  claim(
    "C10",
    "IV.B Fig4(c)",
    "minor overhead, around 7%, compared with native performance",
    [containerPt, vmPt].map((environment) =>
      overhead("ib_read_lat", environment, native, around(7), { extent: "typical" }),
    ),
  ),
  claim("C11", "IV.B", "VM-PT outperforms VM-SR-IOV by around 14%", [
    improvement("ib_read_lat", vmPt, vmSriov, around(14), { extent: "typical" }),
  ]),
  claim(
    "C12",
    "IV.B Fig4(f)",
    "they have similar performance on IB-Read-BW test",
    pairsOf(allEnvironments).map(([subject, reference]) =>
      ratio("ib_read_bw", subject, reference, similar, { extent: "typical" }),
    ),
  ),
];
