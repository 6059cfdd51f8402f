/** Folders of finished runs with made-up numbers: everything that a real run leaves, with every kind of cell in it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentName, Fidelity, Inventory } from "../../../infra/inventory.ts";
import { benchmarkNamed } from "../../catalogue/catalogue.ts";
import type { Evidence } from "../../evidence/evidence.ts";
import { parseEnvironment, parseNode } from "../../evidence/parse.ts";
import { type Measurement, withFidelity } from "../../measurement.ts";
import { mulberry32Words } from "../../random.ts";
import { sha256 } from "../../results.ts";
import { clientLog } from "../../runner/collect.ts";
import { type LedgerEvent, LedgerWriter } from "../../runner/ledger.ts";
import { checksumText, createRun, publishedPath, runFiles, runIdOf } from "../../runner/run-directory.ts";
import { cellsOf, type Launch, planRun } from "../../runner/schedule.ts";
import { testInventory } from "../../runner/testing/inventory.ts";
import { resolveSuite, type SuiteInput, suiteSchema } from "../../suite.ts";
import { summariseRun } from "../../summary.ts";

const environments: EnvironmentName[] = ["native", "vm-passthrough", "vm-sriov", "container-passthrough"];

/** The suite of the example: a figure over sizes with six panels, others with some, and applications. */
export const exampleSuite: SuiteInput = {
  benchmarks: [
    ...["ib_send_lat", "ib_write_lat", "ib_read_lat", "ib_send_bw", "ib_write_bw"],
    ...["osu_latency", "osu_bw", "osu_put_latency", "osu_bcast", "osu_alltoall"],
    ...["graph500", "nas-ep", "lammps-lj", "lammps-chain"],
  ],
  environments,
  sizesBytes: [8, 64, 512, 4096, 32768, 262144, 2097152],
  launches: 12,
  seed: 7,
};

export interface Example {
  readonly fidelity: Fidelity;
  readonly suite?: SuiteInput;
  /** An environment with another path MTU than the others, so that it is compared with none. */
  readonly unfair?: EnvironmentName;
  readonly stack?: string;
  /** Why some attempts were refused. */
  readonly reason?: string;
}

/** What happens to a launch of the example. */
type Fate = "valid" | "refused" | "retried" | "not-available" | "missing";

/** Every kind of cell: one refused, one not available, one missing, one with a single launch, some after refusals. */
function fateOf({ benchmark, environment, sizesBytes, block }: Launch): Fate {
  const has = (name: string, where: EnvironmentName, sizeBytes?: number): boolean =>
    benchmark === name &&
    environment === where &&
    (sizeBytes === undefined || sizesBytes.includes(sizeBytes));
  if (has("ib_read_lat", "vm-sriov", 4096)) return "refused";
  if (has("ib_write_bw", "container-passthrough")) return "not-available";
  if (has("ib_send_bw", "vm-passthrough", 64)) return "missing";
  if (has("nas-ep", "vm-sriov")) return "refused";
  if (has("ib_write_lat", "vm-passthrough", 512)) return block === 1 ? "valid" : "refused";
  if (has("osu_bw", "native") && block === 2) return "retried";
  return "valid";
}

const overheads: Readonly<Record<EnvironmentName, number>> = {
  native: 0,
  "vm-passthrough": 0.03,
  "vm-sriov": 0.26,
  "container-passthrough": 0.02,
  "container-sriov": 0.1,
  "vm-virtio": 2,
};

/** How much slower an environment is: most at small sizes, containers most at medium ones. */
function slowness(environment: EnvironmentName, sizeBytes: number | null): number {
  const overhead = overheads[environment];
  if (sizeBytes === null) return 1 + overhead;
  const medium = environment === "container-passthrough" && sizeBytes >= 256 && sizeBytes <= 8192 ? 0.15 : 0;
  return 1 + medium + overhead / (1 + sizeBytes / 20_000);
}

/** Seconds of each application without virtualization. */
const applicationSeconds: Readonly<Record<string, number>> = {
  graph500: 0.84,
  "nas-ep": 12.5,
  "lammps-lj": 41,
  "lammps-chain": 22,
};

/** The launch's number without noise. */
function typicalValue(benchmark: string, environment: EnvironmentName, sizeBytes: number | null): number {
  const slower = slowness(environment, sizeBytes);
  const { unit, better } = benchmarkNamed(benchmark).metric;
  if (sizeBytes === null || unit === "s") return (applicationSeconds[benchmark] ?? 1) * slower;
  const latencyUs = (0.9 + sizeBytes / 6000) * slower;
  return better === "lower" ? latencyUs : sizeBytes / latencyUs;
}

/** Writes the folder of a finished run below a folder, and gives its path. */
export function writeExampleRun(
  folder: string,
  { fidelity, suite: input = exampleSuite, unfair, stack = "example", reason }: Example,
): string {
  const inventory: Inventory = {
    ...testInventory([], input.environments ?? environments),
    stack,
    fidelity,
    socketDirectory: "/nonexistent",
  };
  const suite = resolveSuite(suiteSchema.parse(input), inventory);
  const plan = planRun(suite, inventory);
  const directory = createRun(join(folder, stack), plan, inventory, new Date("2026-02-03T04:05:06Z"));
  const clock = steadyClock();
  const noise = normalNoise(suite.seed);
  const refusal = reason ?? "ib_read_lat: the port counters did not move: 0 of at least 200 packets";
  const events: LedgerEvent[] = [
    { event: "session", time: clock(), kind: "begun", processId: 1, tornLine: null },
    ...plan.launches.map((launch) => ({ event: "planned" as const, time: clock(), ...launch })),
    ...suite.environments.map((environment) => ({
      event: "evidence" as const,
      time: clock(),
      environment,
      node: "n1",
      evidence: evidenceOf(environment, environment === unfair),
    })),
  ];
  const measurements: Measurement[] = [];
  for (const launch of plan.launches) {
    const fate = fateOf(launch);
    if (fate === "missing") continue;
    if (fate === "not-available") {
      const why = `${launch.benchmark} is not installed in ${launch.environment} <n1>`;
      events.push({ event: "not-available", time: clock(), launch: launch.launch, reason: why });
      continue;
    }
    const attempts = fate === "retried" ? ["refused", "valid"] : [fate];
    for (const [index, outcome] of attempts.entries()) {
      const attempt = `${String(launch.launch).padStart(4, "0")}.${index + 1}`;
      events.push(startedEvent(launch, attempt, clock()));
      const fields = {
        time: clock(),
        attempt,
        launch: launch.launch,
        seconds: 1,
        exitCodes: { client: 0, servers: [0] },
        logs: [],
      };
      if (outcome === "refused") {
        events.push({ event: "refused", ...fields, reason: refusal });
      } else {
        const transport = { client: { sent_pkts: 400 }, servers: [{ sent_pkts: 400 }] };
        events.push({ event: "valid", ...fields, transport });
        measurements.push(...valuesOf(launch, attempt, fidelity, noise));
      }
    }
  }
  events.push({ event: "finished", time: clock() });
  writeRun(directory, events, measurements);
  const results = summariseRun({
    runId: runIdOf(directory),
    path: publishedPath(directory),
    sha256: sha256(readFileSync(join(directory, runFiles.sums))),
    plan,
    inventory,
    events,
    measurements,
  });
  writeFileSync(join(directory, runFiles.results), `${JSON.stringify(results, null, 2)}\n`);
  return directory;
}

function writeRun(directory: string, events: readonly LedgerEvent[], measurements: readonly Measurement[]) {
  const writer = new LedgerWriter(join(directory, runFiles.ledger));
  writer.append(...events);
  writer.close();
  const lines = measurements.map((measurement) => `${JSON.stringify(measurement)}\n`);
  writeFileSync(join(directory, runFiles.measurements), lines.join(""));
  writeFileSync(join(directory, runFiles.sums), checksumText(directory));
}

function startedEvent(launch: Launch, attempt: string, time: string): LedgerEvent {
  const side = (node: string) => ({ node, command: [launch.benchmark] });
  return { event: "started", time, attempt, ...launch, client: side("n1"), servers: [side("n2")] };
}

/** A number for each of the launch's sizes; LAMMPS' time in communication besides. */
function valuesOf(launch: Launch, attempt: string, fidelity: Fidelity, noise: () => number): Measurement[] {
  const { benchmark, environment, block } = launch;
  const { metric, family } = benchmarkNamed(benchmark);
  const drift = 1 + 0.004 * block;
  return cellsOf(launch).flatMap(({ sizeBytes }, index) => {
    const spread = environment.startsWith("vm") ? 0.02 : 0.012;
    const wild = benchmark === "osu_latency" && block === 5 && environment === "native" ? 1.4 : 1;
    const value = typicalValue(benchmark, environment, sizeBytes) * drift * wild * Math.exp(spread * noise());
    const fields = { environment, benchmark, block, attempt, sizeBytes, tool: benchmark, toolVersion: "1.0" };
    const source = { file: clientLog(attempt), line: index + 1 };
    const rounded = Number(value.toPrecision(5));
    const { statistic, unit } = metric;
    const own = withFidelity(fidelity, { ...fields, statistic, unit, value: rounded, source });
    return family !== "lammps"
      ? [own]
      : [
          own,
          withFidelity(fidelity, { ...fields, statistic: "comm", unit: "s", value: rounded / 4, source }),
        ];
  });
}

const observed = readFileSync(new URL("../../evidence/testdata/guest.txt", import.meta.url), "utf8");

function evidenceOf(environment: EnvironmentName, unfair: boolean): Evidence {
  const kernel = environment.startsWith("vm") ? "6.12.117+deb13-amd64" : "6.12.90+deb13-amd64";
  const text = observed
    .replace("kernel 6.12.117+deb13-amd64", `kernel ${kernel}`)
    .replace("path-mtu \t\t4096", `path-mtu ${unfair ? 1024 : 4096}`)
    .replace("locked-limit unlimited", `locked-limit ${environment === "native" ? "unlimited" : "8388608"}`);
  const place = { rdmaDevice: "rxe0", rdmaPort: 1, fabricAddress: "10.0.9.1" };
  return { ...parseEnvironment(text, place).evidence, node: parseNode("") };
}

/** Times a second apart. */
function steadyClock(): () => string {
  let time = Date.parse("2026-02-03T04:05:06Z");
  return () => {
    time += 1000;
    return new Date(time).toISOString();
  };
}

/** Normal noise by Box and Muller (Annals of Mathematical Statistics 29(2), 1958), the same for the same seed. */
function normalNoise(seed: number): () => number {
  const word = mulberry32Words(seed);
  const fraction = (): number => (word() + 1) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(fraction())) * Math.cos(2 * Math.PI * fraction());
}
