/**
 * Hydra, the process manager of MPICH and MVAPICH2, with its launcher `manual`: it prints the command of each proxy, the
 * starting side's own among them, and waits until all have called back.
 */
import type { JoinRequest, Launcher, MpiJob, RankSite } from "./launcher.ts";
import { ucxVariables } from "./ucx.ts";

/** A line that asks for a proxy. Proxies are numbered in the order of the hosts. */
const proxyLine = /^HYDRA_LAUNCH: (.* --proxy-id (\d+))\s*$/;

function startCommand({ sites, ranksPerSite, starter, program }: MpiJob): string[] {
  const addresses = sites.map(({ placement }) => placement.fabricAddress);
  return [
    // The starting side's variables stay its own: each proxy brings those of its side.
    ...[starter, "-launcher", "manual", "-genvnone", "-localhost", addresses[0] ?? ""],
    ...["-hosts", addresses.join(","), "-ppn", String(ranksPerSite)],
    ...["-n", String(sites.length * ranksPerSite)],
    ...program,
  ];
}

/** The variables of MVAPICH2 (MV2_, its user guide) and of MPICH over UCX (UCX_); neither minds the other's. */
function variables(job: MpiJob, site: RankSite): Record<string, string> {
  return {
    MV2_IBA_HCA: site.placement.rdmaDevice,
    ...(site.softRoce ? { MV2_USE_RoCE: "1" } : {}),
    ...ucxVariables(site),
    ...job.variables,
  };
}

function joinRequest(line: string, { sites }: MpiJob): JoinRequest | null {
  const [, command, index] = proxyLine.exec(line) ?? [];
  const site = sites[Number(index)];
  return command === undefined || site === undefined ? null : { site, command };
}

export const hydra: Launcher = {
  name: "hydra",
  startPrograms: ["mpiexec.hydra", "hydra_pmi_proxy"],
  joinPrograms: ["hydra_pmi_proxy"],
  packages: "mpich (Debian), mvapich2 or mpich (EL)",
  packageFolders: ["/usr/lib64/mvapich2/bin", "/usr/lib64/mpich/bin"],
  agentVariable: null,
  startCommand,
  variables,
  speaksOn: "stdout",
  joinRequest,
  ownLinePrefix: "HYDRA_LAUNCH",
};
