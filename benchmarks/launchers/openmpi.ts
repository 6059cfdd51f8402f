/**
 * Open MPI 5 (PRRTE) over UCX. Everything but the ranks and their places goes by environment variables, so that each side can
 * have its own device names.
 */
import type { JoinRequest, Launcher, MpiJob, RankSite } from "./launcher.ts";
import { commonNetwork } from "./network.ts";
import { ucxVariables } from "./ucx.ts";

/** What start.sh's agent says, and the host and the command that PRRTE called it with. */
const agentLine = /^testbed: join (\S+) (.+)$/;

function startCommand({ sites, ranksPerSite, starter, program }: MpiJob): string[] {
  const [, ...others] = sites;
  // PRRTE knows the starting side by no address of its own, only as localhost or by its host name.
  const hosts = ["localhost", ...others.map(({ placement }) => placement.fabricAddress)];
  return [
    ...[starter, "--allow-run-as-root", "-np", String(sites.length * ranksPerSite)],
    ...["--host", hosts.map((host) => `${host}:${ranksPerSite}`).join(",")],
    ...["--map-by", `ppr:${ranksPerSite}:node`, "--bind-to", "none"],
    ...program,
  ];
}

function variables(job: MpiJob, site: RankSite): Record<string, string> {
  return {
    // On emulated nodes every node's management device has the same address.
    PRTE_MCA_prte_if_include: commonNetwork(job.sites.map(({ placement }) => placement.fabricAddress)),
    PRTE_MCA_plm: "ssh",
    PRTE_MCA_plm_ssh_no_tree_spawn: "1",
    PRTE_MCA_ras: "^slurm,pbs,lsf,flux",
    OMPI_MCA_pml: "ucx",
    OMPI_MCA_osc: "ucx",
    OMPI_MCA_btl: "self",
    ...ucxVariables(site),
    ...job.variables,
  };
}

function joinRequest(line: string, { sites }: MpiJob): JoinRequest | null {
  const [, address, command] = agentLine.exec(line) ?? [];
  const site = sites.find(({ placement }) => placement.fabricAddress === address);
  if (site === undefined || command === undefined) return null;
  // In the foreground the daemon lives and dies with the command that we run.
  return { site, command: command.replace(" --daemonize", "") };
}

export const openMpi: Launcher = {
  name: "openmpi",
  startPrograms: ["mpirun"],
  joinPrograms: ["prted"],
  packages: "openmpi-bin (Debian 13), openmpi (EL 10)",
  packageFolders: ["/usr/lib64/openmpi/bin"],
  agentVariable: "PRTE_MCA_plm_ssh_agent",
  startCommand,
  variables,
  speaksOn: "stderr",
  joinRequest,
  ownLinePrefix: null,
};
