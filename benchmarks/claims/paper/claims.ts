/** The paper's 41 claims, in its order. */
import type { Claim } from "../claim.ts";
import { applicationClaims, collectiveClaims } from "./collectives-and-applications.ts";
import { conclusions } from "./conclusions.ts";
import { pointToPointClaims } from "./point-to-point.ts";
import { verbsClaims } from "./verbs.ts";

/** Zhang, Lu, Panda, "Performance Characterization of Hypervisor- and Container-based Virtualization for HPC on SR-IOV Enabled InfiniBand Clusters". */
export const paperClaims: readonly Claim[] = [
  ...verbsClaims,
  ...pointToPointClaims,
  ...collectiveClaims,
  ...applicationClaims,
  ...conclusions,
];
