/** What a deployment on leased nodes costs beside the cloud's own time, against a control plane on this machine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leasedNodes } from "../../infra/testing/plans.ts";
import { ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
import type { Variables } from "./engine.ts";
import type { Row } from "./row.ts";
import { scratchProject } from "./scratch-project.ts";

/** What a request to a cloud on another continent takes. */
const latencyMs = 200;
const bootSeconds = 60;
const fewServers = 1;
const manyServers = 8;
const goalSeconds = 90;
const previewNodes = 64;
const previewGoalSeconds = 20;

interface Cost {
  readonly seconds: number;
  readonly requests: number;
}

/** Runs pulumi once on a new project, against a new control plane. */
async function cost(
  variables: Variables,
  options: ControlPlaneOptions,
  main: string,
  config: Readonly<Record<string, unknown>>,
  words: readonly string[],
): Promise<Cost> {
  const cloud = new ControlPlane(options);
  const access = await cloud.start();
  try {
    const project = await scratchProject({ ...variables, ...access }, main, config);
    try {
      const { seconds } = await project.run(words);
      return { seconds, requests: cloud.requests };
    } finally {
      project.remove();
    }
  } finally {
    cloud.stop();
  }
}

/** `pulumi up` of eight servers that boot for a minute each, over that of one: they are waited for at the same time. */
export async function serversTogether(variables: Variables): Promise<Row> {
  const up = (count: number): Promise<Cost> =>
    cost(variables, { latencyMs, bootMs: 1000 * bootSeconds }, "tests/bench/servers/index.ts", { count }, [
      ...["up", "--yes", "--skip-preview"],
    ]);
  const one = await up(fewServers);
  const eight = await up(manyServers);
  const more = eight.seconds - one.seconds;
  return {
    what: `up of ${manyServers} servers less that of one, over ${goalSeconds} s`,
    goal: 1,
    outcome: {
      ratio: more / goalSeconds,
      from: `${eight.seconds.toFixed(1)} s less ${one.seconds.toFixed(1)} s, ${bootSeconds} s each`,
    },
  };
}

/** The first preview of a stack of 64 leased nodes. */
export async function leasedPreview(variables: Variables): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), "testbed-bench-"));
  try {
    const privateKeyPath = join(folder, "key");
    writeFileSync(`${privateKeyPath}.pub`, "ssh-ed25519 AAAA bench\n");
    const nodes = {
      ...leasedNodes,
      ...{
        site: "RegionOne",
        project: "CHI-000000",
        privateKeyPath,
        count: previewNodes,
        rdmaDevice: "mlx4_0",
      },
    };
    const config = { nodes, suite: { launches: 1, iterations: 100 } };
    const { seconds, requests } = await cost(variables, { latencyMs, bootMs: 0 }, "infra/index.ts", config, [
      "preview",
    ]);
    return {
      what: `preview of ${previewNodes} leased nodes over ${previewGoalSeconds} s`,
      goal: 1,
      outcome: {
        ratio: seconds / previewGoalSeconds,
        from: `${seconds.toFixed(1)} s, ${requests} requests of ${latencyMs} ms`,
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
