/** Variables of UCX, the transport below Open MPI and MPICH. */
import type { RankSite } from "./launcher.ts";

/**
 * The transport is said, never left to chance: reliable connections over the fabric's device. Soft-RoCE needs TCP for the
 * first contact (UCX 1.18 aborts where it may use ud_verbs on it); all else has ud for that.
 */
export function ucxVariables({ placement, networkDevice, softRoce }: RankSite): Record<string, string> {
  const rdmaDevice = `${placement.rdmaDevice}:${placement.rdmaPort}`;
  const contact = softRoce && networkDevice !== null ? [networkDevice] : [];
  return {
    // Else its warnings stand between the lines of the program.
    UCX_LOG_FILE: "stderr",
    UCX_TLS: softRoce ? "rc_v,tcp,self" : "rc,ud,sm,self",
    UCX_NET_DEVICES: [rdmaDevice, ...contact].join(","),
  };
}
