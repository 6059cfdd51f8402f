/** What is known of Chameleon's sites beforehand. What a site itself says goes before it. */

export interface ChameleonSite {
  /** Node types with the number of nodes (Chameleon's reference repository, mid 2026; not all of them). */
  readonly nodeTypes: Readonly<Record<string, number>>;
}

export const chameleonSites: Readonly<Record<string, ChameleonSite>> = {
  "CHI@TACC": {
    nodeTypes: {
      compute_haswell_ib: 17,
      compute_skylake: 32,
      compute_cascadelake: 24,
      compute_cascadelake_r: 56,
      compute_zen3: 32,
      compute_icelake_r650: 52,
      compute_icelake_r750: 20,
    },
  },
  "CHI@UC": {
    nodeTypes: { compute_skylake: 23, compute_cascadelake_r: 42, storage_nvme: 10, gpu_a100_nvlink: 1 },
  },
};

/** Longest lease that a user gets without asking (Chameleon's policy): seven days; it can be extended in its last two. */
export const maximumLeaseHours = 168;
