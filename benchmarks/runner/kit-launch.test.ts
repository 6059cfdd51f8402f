/** Launches of a SPEC kit on this machine: the real scripts and the real way of joining, with stand-ins for runspec and for MPI. */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Remote, RemoteResult } from "../../infra/remote/remote.ts";
import { wantedProgram } from "../catalogue/sources.ts";
import { specMpiBenchmarks } from "../catalogue/spec-mpi.ts";
import { hydra } from "../launchers/hydra.ts";
import type { Launcher } from "../launchers/launcher.ts";
import { openMpi } from "../launchers/openmpi.ts";
import { resolveSuite, suiteSchema } from "../suite.ts";
import { judgeLaunch } from "./judge.ts";
import type { LaunchResult } from "./launch.ts";
import { mpiCommand, runMpiLaunch } from "./mpi-launch.ts";
import { runPlan } from "./run.ts";
import { createRun } from "./run-directory.ts";
import { planRun } from "./schedule.ts";
import { FakeAdapters } from "./testing/adapters.ts";
import { makeKit, milcAnswer } from "./testing/fake-kit.ts";
import { testInventory } from "./testing/inventory.ts";
import { mpiSide } from "./testing/mpi-side.ts";
import { InstantRemote } from "./testing/remotes.ts";

const load = { sizesBytes: [], iterations: 20 };
const limits = { timeLimitSeconds: 4, connectLimitSeconds: 2 };
const submit = "submit = %{testbed_mpirun} $command";
/** The launcher's folder: a name that a shell would read otherwise reaches the submit line as it is. */
const programs = "it's $HOME\\t `x`";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testbed-kit-"));
  mkdirSync(join(folder, programs));
  for (const [name, standIn] of Object.entries({
    mpirun: "fake-mpirun.sh",
    "mpiexec.hydra": "fake-mpiexec.sh",
  })) {
    symlinkSync(join(import.meta.dirname, "testing", standIn), join(folder, programs, name));
  }
  writeFileSync(join(folder, "output"), milcAnswer);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly launcher?: Launcher;
  readonly behaviour?: string;
  readonly submit?: string;
  readonly change?: (kit: string) => void;
  readonly benchmark?: number;
}

/** Runs a benchmark of a new kit and judges the launch. */
async function launch(given: Given) {
  const launcher = given.launcher ?? openMpi;
  const kit = makeKit(join(folder, "kit"), given.submit ?? submit);
  given.change?.(kit.folder);
  const behaviour = given.behaviour ?? "good";
  const sites = [
    mpiSide(folder, "n2", "198.19.0.2", behaviour),
    mpiSide(folder, "n1", "198.19.0.1", behaviour),
  ] as const;
  const benchmark = specMpiBenchmarks[given.benchmark ?? 0] ?? expect.fail("no such benchmark");
  const wanted = wantedProgram(benchmark, suiteSchema.parse({ sources: { "spec-mpi": kit } }).sources);
  if ("reason" in wanted) throw new Error(wanted.reason);
  const { program } = wanted;
  const work = {
    ...{ ranksPerSite: 2, starter: join(folder, programs, launcher.startPrograms[0]), kit },
    program: program.command(join(kit.folder, "bin/runspec"), benchmark.scales.paper.problem, load),
    variables: {},
  };
  const identity = { token: "testbed-test", tcpPort: 18600 };
  const result = await runMpiLaunch(launcher, sites, work, limits, identity);
  expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(folder);
  const judgement = judgeLaunch(benchmark, program, load, counted(result), limits);
  return { result, judgement, command: mpiCommand(launcher, sites, work), kit: kit.folder };
}

/** The launch as if all ports had counted enough. */
function counted(result: LaunchResult): LaunchResult {
  const lines =
    "testbed: counters before sent_pkts=1 rcvd_pkts=1\ntestbed: counters after sent_pkts=9 rcvd_pkts=9\n";
  const side = (ended: RemoteResult): RemoteResult => ({
    ...ended,
    stderr: ended.stderr.replace(/^testbed: counters.*\n/gm, "") + lines,
  });
  return { ...result, client: side(result.client), servers: result.servers.map(side) };
}

describe("runspec starts the ranks by the testbed's launcher", () => {
  test.each([openMpi, hydra])("$name", async (launcher) => {
    const { result, judgement, command, kit } = await launch({ launcher });
    expect(judgement).toMatchObject({
      valid: true,
      headlines: [{ sizeBytes: null, value: 91.2 }],
      measurements: [
        { statistic: "104.milc_time", value: "91.2" },
        { statistic: "104.milc_ratio", value: "17.2" },
      ],
    });
    // The report has the ranks that runspec was told, and nothing else is on standard output.
    expect(result.client.stdout).toBe(readFileSync(join(kit, "result/MPIM2007.001.mref.txt"), "utf8"));
    expect(result.client.stdout).toMatch(/^104\.milc +4 +91\.2 /m);
    expect(result).toMatchObject({ servers: [{ exitCode: 0 }], serverStopped: false });
    expect(result.client.stderr).toContain("testbed: runspec: Success: 1x104.milc\n");
    expect(command.join(" ")).toBe(
      `${kit}/bin/runspec --config=testbed.cfg --ranks=4 --noreportable --nobuild --tune=base --size=mref --iterations=1 --output_format=text 104.milc`,
    );
  });
});

describe("a launch that gives no report is refused with what runspec said", () => {
  const refused = (reason: string) => ({ valid: false, reason });

  test("a dead rank", async () => {
    const { judgement } = await launch({ behaviour: "dead-rank" });
    expect(judgement).toMatchObject({
      valid: false,
      reason: expect.stringMatching(
        /^runspec 104\.milc exited with status 1 \(Error with '.*\.mpirun \.\.\/exe\/milc_base\.testbed': check file 'milc\.err'; Error: 1x104\.milc\)$/,
      ) as string,
    });
  });

  test("a wrong answer", async () => {
    const change = () => writeFileSync(join(folder, "output"), "another lattice\n");
    expect((await launch({ change })).judgement).toEqual(
      refused(
        "runspec 104.milc exited with status 1 (*** Miscompare of milc.out; for details see milc.out.mis; Error: 1x104.milc)",
      ),
    );
  });

  test("a configuration that starts the ranks in another way", async () => {
    const { judgement } = await launch({ submit: "submit = cat ; : $command" });
    expect(judgement).toEqual(
      refused(
        'runspec 104.milc exited with status 1 (config/testbed.cfg has no line "submit = %{testbed_mpirun} $command" for 104.milc, and runspec started the ranks without the testbed\'s launcher)',
      ),
    );
  });

  test("a kit without the benchmark", async () => {
    const { judgement, kit } = await launch({ benchmark: 1 });
    expect(judgement).toEqual(
      refused(`runspec 107.leslie3d exited with status 1 (${kit} has no 107.leslie3d in its benchspec)`),
    );
  });

  test.each([
    ["config/testbed.cfg", "/config has no testbed.cfg"],
    ["shrc", " has no shrc: it is no installed kit"],
  ])("a kit without %s", async (name, reason) => {
    const { judgement, kit } = await launch({
      change: (of) => renameSync(join(of, name), join(of, "elsewhere")),
    });
    expect(judgement).toEqual(refused(`runspec 104.milc exited with status 1 (${kit}${reason})`));
  });

  test("one that hangs ends at its limit, with all that runspec started", { timeout: 40_000 }, async () => {
    expect((await launch({ behaviour: "hang" })).judgement).toEqual(
      refused("runspec 104.milc did not end within 6 s"),
    );
  });
});

test("an environment without the kit is not available; the kit's source and version stand in the results", async () => {
  const kit = { kind: "kit", folder: "/opt/mpi2007", configFile: "testbed.cfg" } as const;
  class KitOnHosts extends InstantRemote {
    override async run(...words: Parameters<Remote["run"]>): ReturnType<Remote["run"]> {
      const result = await super.run(...words);
      if (words[0][0] !== "docker") return result;
      return { ...result, stdout: result.stdout.replace(/^program (\S+runspec) .*$/m, "no-program $1") };
    }
  }
  const inventory = testInventory();
  for (const placement of inventory.environments[1]?.placements ?? []) placement.commandPrefix = ["docker"];
  const input = { benchmarks: ["spec-milc"], launches: 1, retries: 0, sources: { "spec-mpi": kit } };
  const plan = planRun(resolveSuite(suiteSchema.parse(input), inventory), inventory);
  const { options: adapters } = new FakeAdapters();
  const results = await runPlan({
    directory: createRun(join(folder, "test"), plan, inventory, new Date()),
    ...{ inventory, remoteOf: () => new KitOnHosts(), ...adapters },
  });
  expect(results.cells.find(({ environment }) => environment === "container-passthrough")).toMatchObject({
    status: "not-available",
    reason:
      "container-passthrough on n2 has no bin/runspec in /opt/mpi2007: install the kit at that path in every environment, or correct the suite's sources.spec-mpi",
  });
  // It was tried on the hosts, where this remote has nothing to say.
  expect(results.counts).toMatchObject({ notAvailable: 1, valid: 0 });
  expect(results.programs).toContainEqual(
    expect.objectContaining({
      name: "runspec",
      source: "kit with config/testbed.cfg",
      environments: ["native"],
    }),
  );
});
