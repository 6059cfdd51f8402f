/**
 * A whole run of trivial launches on this machine, each of two sides that say a test's text at once: what is left of its time
 * is the runner's own. `node benchmarks/bench/trivial.ts LAUNCHES` prints JSON.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPlan } from "../runner/run.ts";
import { createRun } from "../runner/run-directory.ts";
import { planRun } from "../runner/schedule.ts";
import { FakeAdapters } from "../runner/testing/adapters.ts";
import { clientText } from "../runner/testing/fake-perftest.ts";
import { testInventory } from "../runner/testing/inventory.ts";
import { LocalRemote } from "../runner/testing/remotes.ts";
import { resolveSuite, suiteSchema } from "../suite.ts";

/** What trivial.ts prints. */
export interface TrivialRun {
  readonly launches: number;
  readonly launchesValid: number;
}

const sizeBytes = 8;

const launches = Number(process.argv[2]);
if (!Number.isInteger(launches) || launches < 1) throw new Error("usage: trivial.ts LAUNCHES");
const folder = mkdtempSync(join(tmpdir(), "testbed-trivial-"));
try {
  const program = join(folder, "ib_send_lat");
  const output = join(folder, "output.txt");
  writeFileSync(output, clientText(sizeBytes));
  // The active side is the one that is given an address.
  writeFileSync(
    program,
    `#!/bin/sh\nfor last; do :; done\ncase $last in *.*.*.*) exec cat "${output}" ;; esac\n`,
  );
  chmodSync(program, 0o755);
  const inventory = testInventory(["env", `PATH=${folder}:${process.env.PATH}`, `TMPDIR=${folder}`]);
  const suite = resolveSuite(
    suiteSchema.parse({
      ...{ benchmarks: ["ib_send_lat"], environments: ["native"], sizesBytes: [sizeBytes] },
      ...{ launches, retries: 0 },
    }),
    inventory,
  );
  const directory = createRun(join(folder, "results"), planRun(suite, inventory), inventory, new Date());
  const remote = new LocalRemote();
  const { counts } = await runPlan({
    directory,
    inventory,
    remoteOf: () => remote,
    ...new FakeAdapters().options,
  });
  const run: TrivialRun = { launches: counts.launchesPlanned, launchesValid: counts.launchesValid };
  process.stdout.write(`${JSON.stringify(run)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
