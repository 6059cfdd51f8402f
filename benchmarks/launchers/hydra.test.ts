import { expect, test } from "vitest";
import { hydra } from "./hydra.ts";
import type { MpiJob, RankSite } from "./launcher.ts";

function site(node: string, fabricAddress: string): RankSite {
  const placement = { node, commandPrefix: [], fabricAddress, rdmaDevice: "mlx5_0", rdmaPort: 1 };
  return { placement, networkDevice: "ib0", softRoce: false };
}

const job: MpiJob = {
  sites: [site("n2", "198.19.9.1"), site("n1", "198.19.9.2")],
  ranksPerSite: 2,
  starter: "mpiexec.hydra",
  program: ["testbed_mpi", "latency"],
  variables: { MV2_SMP_USE_CMA: "0" },
};

/** What MPICH 4.0.2 printed for such a command, but for the paths. */
const said = [
  "HYDRA_LAUNCH: /usr/bin/hydra_pmi_proxy --control-port 198.19.9.1:35527 --rmk user --launcher manual --demux poll --pgid 0 --retries 10 --usize -2 --pmi-port 0 --gpus-per-proc -2 --proxy-id 0 ",
  "HYDRA_LAUNCH: /usr/bin/hydra_pmi_proxy --control-port 198.19.9.1:35527 --rmk user --launcher manual --demux poll --pgid 0 --retries 10 --usize -2 --pmi-port 0 --gpus-per-proc -2 --proxy-id 1 ",
  "HYDRA_LAUNCH_END",
];

test("hosts in the order of the sites, called back at the starting side's fabric address", () => {
  expect(hydra.startCommand(job).join(" ")).toBe(
    "mpiexec.hydra -launcher manual -genvnone -localhost 198.19.9.1 -hosts 198.19.9.1,198.19.9.2 -ppn 2 -n 4 testbed_mpi latency",
  );
});

test("each side gets its own variables, and the user's win", () => {
  expect(hydra.variables(job, site("n1", "198.19.9.2"))).toEqual({
    MV2_IBA_HCA: "mlx5_0",
    UCX_LOG_FILE: "stderr",
    UCX_TLS: "rc,ud,sm,self",
    UCX_NET_DEVICES: "mlx5_0:1",
    MV2_SMP_USE_CMA: "0",
  });
});

test("every proxy is asked for, the starting side's too, and what asks is no output of the program", () => {
  expect(said.map((line) => hydra.joinRequest(line, job)?.site.placement.node)).toEqual([
    "n2",
    "n1",
    undefined,
  ]);
  expect(hydra.joinRequest(said[1] ?? "", job)?.command).toMatch(
    /^\/usr\/bin\/hydra_pmi_proxy .* --proxy-id 1$/,
  );
  expect(said.every((line) => line.startsWith(hydra.ownLinePrefix ?? "-"))).toBe(true);
});
